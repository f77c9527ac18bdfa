// Compiled bodies: an ordinary function whose types are known moves to C, with the very results that JavaScript gives. Where
// it cannot, it says why, by line and column.
import { createTasks } from '@catzilla/api'
import { compileFunction, describeBlocker } from '@catzilla/compiler'

const tasks = createTasks({ engine: 'native' })

const instalment = tasks.task(
  { name: 'instalment', signature: ['number', 'number'] },
  (cents: number, months: number) => {
    const growth = (1 + 0.0425 / 12) ** months
    return Math.round((cents * (0.0425 / 12) * growth) / (growth - 1))
  },
)

// it starts as JavaScript; what C gives is compared with it before C takes over
while (!instalment.explain().native.compiled) {
  await instalment.delay(25_000_000, 240).wait()
  await new Promise((resolve) => setTimeout(resolve, 1))
}
const result = instalment.delay(25_000_000, 240)
console.log('in C:', await result.wait(), 'on the lane', result.getStats().lane)
console.log('in JavaScript:', instalment(25_000_000, 240))

// what cannot be compiled stays JavaScript; `explain()` of a task says the same, and so does `npx catzilla explain`
const count = (text: string): number => new Map(Object.entries(text)).size
const compilation = compileFunction(String(count), { types: ['string'] })
console.log(compilation.ok ? 'compiled' : compilation.blockers.map(describeBlocker).join('\n'))

await tasks.shutdown()

// It prints:
// in C: 154809 on the lane native
// in JavaScript: 154809
// CZ1006: `new Map` is not compiled (line 1, column 7)
