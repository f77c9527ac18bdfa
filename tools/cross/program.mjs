// Run by a Node for another machine: tasks on the native engine, with kernels and with a compiled body, give what JavaScript
// gives. Prints what it saw; fails on any difference.
import assert from 'node:assert/strict'
import { createTasks } from '../../packages/api/dist/index.js'
import { compileFunction, flattenArguments, readResult } from '../../packages/compiler/dist/index.js'
import { loadCore } from '../../packages/core-c/dist/index.js'

const { core } = loadCore()
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

// straight through the compiler and the interpreter: nothing here has to be done within some time
const wave = (x, y) => Math.sin(x) * Math.exp(-y * y) + Math.pow(x, 1 / 3) + Math.round(x * 100) / 100
const compilation = compileFunction(String(wave), { types: ['number', 'number'] })
assert.ok(compilation.ok)
const program = core.programs.openProgram(compilation.program)
for (let row = 0; row < 2000; row++) {
  const args = [xs[row], row / 100]
  const value = program.call(flattenArguments(compilation.signature, args), 600_000)
  assert.notEqual(value, core.programs.BAILED, program.lastBail()?.reason)
  assert.ok(Object.is(readResult(compilation.signature, value), wave(...args)), `wave of row ${row}`)
}

await tasks.shutdown()
console.log(
  `Node ${process.version} on ${process.platform} ${process.arch}: ${reason}; kernels and a compiled body agree`,
)
