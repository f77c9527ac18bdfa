// The process that runs programs for run.mjs. It tells by descriptor 3, synchronously, what it is about to do.
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { caseText, keep } from './corpus.ts'
import { runSession, type Tally } from './session.ts'
import { shrink } from './shrink.ts'
import { openSubject } from './subjects/open-subject.ts'

interface Order {
  readonly tier: 1 | 2
  readonly seed: number
  readonly first: number
  readonly end: number | null
  readonly until: number | null
  readonly batch: number | null
  readonly inputs: number
  readonly row: 1 | 2
  /** Seconds to make a failure small in. */
  readonly shrink: number
  readonly spoiled: boolean
  readonly having: string | null
  /** So many, and it ends. */
  readonly failures: number
  readonly found: string
}

const order = JSON.parse(process.argv[2] ?? '{}') as Order
const subject = openSubject(order.tier)
const batch = order.batch ?? (order.tier === 2 ? 40 : 25)
const features = { row: order.row }
const end = order.end ?? Infinity
const { seed, inputs, spoiled, having } = order

// What a spoiled text assigns to must not change what the next one is compared with.
if (spoiled) {
  for (const shared of [Math, Number, String, String.prototype]) Object.freeze(shared)
  for (const name of ['Math', 'Number', 'String', 'Boolean', 'Object', 'parseInt', 'parseFloat', 'isNaN', 'isFinite']) {
    Object.defineProperty(globalThis, name, { writable: false, configurable: false })
  }
}

const tell = (message: unknown) => writeSync(3, `${JSON.stringify(message)}\n`)

let found = 0
for (let first = order.first; first < end && Date.now() < (order.until ?? Infinity) && found < order.failures;) {
  const count = Math.min(batch, end - first)
  tell({ begins: first, size: count })
  const tally = runSession({ seed, first, count, batch, inputs, features, spoiled, having }, subject)
  found += tally.failures.length
  show(tally)
  first += count
  tell({ next: first, tally: { ...tally, failures: tally.failures.map(({ index }) => index) } })
}

function show({ failures }: Tally): void {
  for (const each of failures) {
    const about = `${each.failure.kind}: tier ${order.tier}, seed ${order.seed}, program ${each.index}, row ${order.row}${spoiled ? ', spoiled' : ''}`
    const small = shrink(each, subject, order.shrink * 1000)
    const path = join(order.found, `${order.seed}-${each.index}.json`)
    keep(path, about, small)
    console.log(`FAILURE ${about}`)
    console.log(small.program.source)
    console.log(caseText(about, small))
    console.log('expected', small.failure.expected, 'but got', small.failure.actual)
  }
}
