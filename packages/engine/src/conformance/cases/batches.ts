// Many tasks in one call: all or none.
import assert from 'node:assert/strict'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectThrow } from '../expectations.ts'
import { allSettled, someTurns } from '../moment.ts'

export const batches: readonly ConformanceCase[] = [
  {
    name: 'the handles of a batch come in the order of their arguments',
    run: async (t) => {
      const engine = await t.start()
      const call = t.define(engine, (a: number, b: number) => a + b)
      const handles = engine.submitMany(call, [
        [1, 2],
        [3, 4],
        [5, 6],
      ])
      assert.deepEqual(await Promise.all(handles.map((handle) => handle.wait())), [3, 7, 11])
      assert.equal(new Set(handles.map((handle) => handle.taskId)).size, 3)
    },
  },
  {
    name: 'a batch starts in the order of its arguments',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const order: number[] = []
      const call = t.define(engine, (n: number) => void order.push(n))
      const numbers = Array.from({ length: 50 }, (_, n) => n)
      await allSettled(
        engine.submitMany(
          call,
          numbers.map((n) => [n]),
        ),
      )
      assert.deepEqual(order, numbers)
    },
  },
  {
    name: 'a batch that does not fit whole is refused whole',
    run: async (t) => {
      const engine = await t.start({ queueSize: 3 })
      await engine.pause()
      let runs = 0
      const call = t.define(engine, () => runs++)
      const first = engine.submit(call, [])
      expectThrow(() => engine.submitMany(call, [[], [], []]), 'QueueFullError', '3', 'queueSize')
      const { submittedTasks, totalQueued } = engine.snapshot()
      assert.deepEqual([submittedTasks, totalQueued], [1, 1])
      assert.equal(engine.submitMany(call, [[], []]).length, 2)
      await engine.resume()
      await first.wait()
    },
  },
  {
    name: 'a batch with one payload that cannot travel is refused whole',
    run: async (t) => {
      const engine = await t.start()
      let runs = 0
      const call = t.define(engine, () => runs++)
      expectThrow(() => engine.submitMany(call, [[1], [2], [() => 3]]), 'PayloadError', 'function')
      await someTurns()
      assert.equal(runs, 0)
      assert.deepEqual((await engine.list()).tasks, [])
    },
  },
  {
    name: 'an empty batch is empty',
    run: async (t) => {
      const engine = await t.start({ queueSize: 1 })
      const call = t.define(engine, () => 1)
      assert.deepEqual(engine.submitMany(call, []), [])
      assert.equal(engine.snapshot().submittedTasks, 0)
    },
  },
  {
    name: 'the tasks of a batch fail and are cancelled one by one',
    run: async (t) => {
      const engine = await t.start()
      const body = (n: number): number => {
        if (n === 1) throw new Error('only this one')
        return n
      }
      await engine.pause()
      const handles = engine.submitMany(t.define(engine, body), [[0], [1], [2], [3]])
      handles[2]?.cancel()
      await engine.resume()
      const outcomes = await allSettled(handles)
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        ['completed', 'failed', 'cancelled', 'completed'],
      )
    },
  },
  {
    name: 'a batch of ten thousand is taken and done',
    run: async (t) => {
      const engine = await t.start({ queueSize: 10_000 })
      let sum = 0
      const call = t.define(engine, (n: number) => void (sum += n))
      await allSettled(
        engine.submitMany(
          call,
          Array.from({ length: 10_000 }, (_, n) => [n]),
        ),
      )
      assert.equal(sum, (9999 * 10_000) / 2)
    },
  },
  {
    name: 'the tasks of a delayed batch come due together',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start()
      const handles = engine.submitMany(
        t.define(engine, () => t.clock.now(), { delayMs: 100 }),
        [[], [], []],
      )
      assert.ok(handles.every(({ status }) => status === 'scheduled'))
      await t.clock.advance(100)
      assert.deepEqual(await Promise.all(handles.map((handle) => handle.wait())), [100, 100, 100])
    },
  },
]
