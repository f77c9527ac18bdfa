// Kernels on the native lane: what they give, and arguments that C could not read are refused.
import assert from 'node:assert/strict'
import type { TaskCall } from '../../contract/task.ts'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectThrow } from '../expectations.ts'
import { vary } from '../harness.ts'
import type { Harness } from '../harness.ts'
import { needs, startEngine } from '../kernel-cases.ts'

export const kernels: readonly ConformanceCase[] = [
  {
    name: 'a kernel gives its result: numbers, nothing, arrays, objects of numbers',
    needs,
    run: async (t) => {
      const engine = await startEngine(t, 2)
      const run = (name: Parameters<Harness['defineKernel']>[1], ...args: unknown[]): Promise<unknown> =>
        engine.submit(t.defineKernel(engine, name), args).wait()
      assert.equal(await run('add', 0.1, 0.2), 0.1 + 0.2)
      assert.equal(await run('multiply', -3, 1e300), -3e300)
      assert.equal(await run('noop'), undefined)
      assert.equal(await run('crc32', new TextEncoder().encode('123456789')), 0xcb_f4_39_26)
      assert.equal(await run('bytes-of', 'grüß'), 6)
      assert.equal(await run('sum', Float64Array.of(1, 2, 3.5)), 6.5)
      assert.deepEqual(await run('scale', Float64Array.of(1, -2), 2), Float64Array.of(2, -4))
      const stats = (await run('stats', Float64Array.of(1, 3))) as Record<string, number>
      assert.deepEqual({ count: stats['count'], mean: stats['mean'] }, { count: 2, mean: 2 })
    },
  },
  {
    name: 'numbers reach a kernel and come back as they are: NaN, infinities, minus zero, the smallest',
    needs,
    run: async (t) => {
      const engine = await startEngine(t)
      const add = t.defineKernel(engine, 'add')
      for (const value of [Number.NaN, Infinity, -Infinity, -0, Number.MIN_VALUE, Number.MAX_SAFE_INTEGER]) {
        const sum = await engine.submit(add, [value, -0]).wait()
        assert.ok(Object.is(sum, value), `${String(sum)} should be ${value}`)
      }
    },
  },
  {
    name: 'a thousand kernels at once each give their own result, in handles that keep it',
    needs,
    run: async (t) => {
      const engine = await t.start({ workers: 2, maxWorkers: 4, keepResults: 10 })
      const add = t.defineKernel(engine, 'add')
      const handles = Array.from({ length: 1000 }, (_, n) => engine.submit(add, [n, 0.5]))
      const values = await Promise.all(handles.map((handle) => handle.wait()))
      assert.deepEqual(
        values,
        handles.map((_, n) => n + 0.5),
      )
      await Promise.all(Array.from({ length: 1000 }, (_, n) => engine.submit(add, [n, n]).wait()))
      assert.deepEqual(await Promise.all(handles.map((handle) => handle.wait())), values)
      const { status, completedAt, workerId } = handles[0]?.stats() ?? assert.fail()
      assert.deepEqual([status, typeof completedAt, typeof workerId], ['completed', 'number', 'number'])
      assert.equal(engine.snapshot().retainedTasks, 10)
    },
  },
  {
    name: 'columns are worked through as a whole, and read where they are',
    needs,
    run: async (t) => {
      const engine = await startEngine(t, 2)
      const call: TaskCall = Object.freeze({ ...t.defineKernel(engine, 'multiply'), columns: true as const })
      const rows = 100_003
      const [xs, ys] = [Float64Array.from({ length: rows }, (_, n) => n), new Float64Array(rows).fill(0.5)]
      const products = (await engine.submit(call, [xs, ys]).wait()) as Float64Array
      assert.equal(products.length, rows)
      assert.equal(
        products.findIndex((product, row) => product !== row * 0.5),
        -1,
      )
      expectThrow(() => engine.submit(call, [xs, ys.subarray(1)]), 'PayloadError', 'args[1]')
      expectThrow(() => engine.submit(call, [xs]), 'PayloadError', '2 columns')
      expectThrow(() => engine.submit(call, [xs, [1, 2]]), 'PayloadError', 'args[1]')
    },
  },
  {
    name: 'arguments that do not fit the signature are refused at submission, with their path',
    needs,
    run: async (t) => {
      const engine = await startEngine(t)
      const add = t.defineKernel(engine, 'add')
      const limited = vary(add, { concurrency: 5 })
      for (const call of [add, limited]) {
        for (const [args, where] of [
          [[1, '2'], 'args[1]'],
          [[null, 2], 'args[0]'],
          [[1n, 2], 'args[0]'],
          [[1, true], 'args[1]'],
          [[1], '2'],
          [[1, 2, 3], '2'],
        ] as const) {
          expectThrow(() => engine.submit(call, args), 'PayloadError', where)
          expectThrow(() => engine.submitMany(call, [[1, 2], args]), 'PayloadError', where)
        }
      }
      expectThrow(() => engine.submit(t.defineKernel(engine, 'sum'), [[1, 2]]), 'PayloadError', 'args[0]')
      expectThrow(() => engine.submit(t.defineKernel(engine, 'bytes-of'), [5]), 'PayloadError', 'args[0]')
      assert.equal(engine.snapshot().submittedTasks, 0)
    },
  },
  {
    name: 'a task of the native lane needs a kernel, and one that is there',
    needs,
    run: async (t) => {
      const engine = await startEngine(t)
      const bare = (): unknown => t.define(engine, () => 1, { lane: 'native' })
      expectThrow(bare, 'UnsupportedByEngineError', 'kernel')
      const unknown = { kernel: { name: 'ad' } }
      const define = (): unknown => t.define(engine, () => 1, { lane: 'native' }, t.newName(), unknown)
      expectThrow(define, 'TaskDefinitionError', "did you mean 'add'")
      const elsewhere = { kernel: { name: 'add', library: '/nowhere/at/all.so' } }
      const load = (): unknown => t.define(engine, () => 1, { lane: 'native' }, t.newName(), elsewhere)
      expectThrow(load, 'TaskDefinitionError', '/nowhere/at/all.so')
    },
  },
  {
    name: 'arrays of a kernel task are copied when it is submitted, and those that are shown are copies',
    needs,
    run: async (t) => {
      const engine = await startEngine(t)
      await engine.pause()
      const values = Float64Array.of(1, 2, 3)
      const handle = engine.submit(t.defineKernel(engine, 'sum'), [values])
      values[0] = 100
      const shown = (await engine.find(handle.taskId))?.args[0] as Float64Array
      shown[1] = 100
      await engine.resume()
      assert.equal(await handle.wait(), 6)
    },
  },
]
