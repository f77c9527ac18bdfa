// Run by a Node for another machine: tasks on the native engine, with kernels and with a compiled body, give what JavaScript
// gives. Prints what it saw; fails on any difference.
import assert from 'node:assert/strict'
import { createTasks } from '../../packages/api/dist/index.js'

const tasks = createTasks({ engine: 'native', workers: 2 })
const { name, reason } = tasks.engineInfo
assert.equal(name, 'native')

assert.equal(await tasks.kernel('crc32').delay(new TextEncoder().encode('123456789')).wait(), 3_421_780_262)

const xs = Float64Array.from({ length: 10_000 }, (_, row) => Math.sin(row) * 1e3)
const ys = Float64Array.from(xs, (x) => x / 3)
assert.deepEqual(
  Float64Array.from(await tasks.kernel('multiply').mapArrays(xs, ys).wait()),
  xs.map((x, row) => x * ys[row]),
)

const wave = (x, y) => Math.sin(x) * Math.exp(-y * y) + Math.pow(x, 1 / 3) + Math.round(x * 100) / 100
const compiled = tasks.task({ name: 'wave', signature: ['number', 'number'] }, wave)
while (!compiled.explain().native.compiled) {
  await compiled.delay(1.5, 0.5).wait()
  await new Promise((resolve) => setTimeout(resolve, 1))
  const { tier } = compiled.explain().native.bodies[0] ?? {}
  assert.notEqual(tier, 'javascript', compiled.explain().native.reason)
}
for (let row = 0; row < 500; row++) {
  const result = compiled.delay(xs[row], row / 100)
  assert.ok(Object.is(await result.wait(), wave(xs[row], row / 100)), `wave of row ${row}`)
}

await tasks.shutdown()
console.log(
  `Node ${process.version} on ${process.platform} ${process.arch}: ${reason}; kernels and a compiled body agree`,
)
