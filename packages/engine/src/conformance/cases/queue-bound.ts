// The bound of the queue: what counts towards it, and what is said when it is reached.
import assert from 'node:assert/strict'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectThrow } from '../expectations.ts'
import { vary } from '../harness.ts'
import { nextEvent } from '../moment.ts'

export const queueBound: readonly ConformanceCase[] = [
  {
    name: 'a full queue refuses the next task, naming the bound and what to do',
    run: async (t) => {
      const engine = await t.start({ queueSize: 3 })
      await engine.pause()
      const call = t.define(engine, () => 1)
      for (let n = 0; n < 3; n++) engine.submit(call, [])
      expectThrow(() => engine.submit(call, []), 'QueueFullError', '3', 'queueSize', /enqueue|raise/)
    },
  },
  {
    name: 'a refused task leaves no trace but the count of refusals',
    run: async (t) => {
      const engine = await t.start({ queueSize: 1 })
      await engine.pause()
      let runs = 0
      const call = t.define(engine, () => runs++)
      const handle = engine.submit(call, [])
      expectThrow(() => engine.submit(call, []), 'QueueFullError')
      const { submittedTasks, rejectedTasks, totalQueued } = engine.snapshot()
      assert.deepEqual([submittedTasks, rejectedTasks, totalQueued], [1, 1, 1])
      assert.equal((await engine.list()).tasks.length, 1)
      await engine.resume()
      await handle.wait()
      assert.equal(runs, 1)
    },
  },
  {
    name: 'running tasks do not count',
    run: async (t) => {
      const engine = await t.start({ queueSize: 1, inlineConcurrency: 2 })
      await t.occupy(engine)
      await t.occupy(engine)
      const call = t.define(engine, () => 1)
      engine.submit(call, [])
      expectThrow(() => engine.submit(call, []), 'QueueFullError')
    },
  },
  {
    name: 'scheduled tasks count',
    run: async (t) => {
      const engine = await t.start({ queueSize: 2 })
      const call = t.define(engine, () => 1, { delayMs: 60_000 })
      engine.submit(call, [])
      engine.submit(call, [])
      expectThrow(() => engine.submit(vary(call, { delayMs: 0 }), []), 'QueueFullError')
    },
  },
  {
    name: 'tasks held back by a limit count',
    run: async (t) => {
      const engine = await t.start({ queueSize: 2 })
      const call = t.define(engine, () => 1)
      await engine.pause(call.name)
      engine.submit(call, [])
      engine.submit(call, [])
      expectThrow(
        () =>
          engine.submit(
            t.define(engine, () => 1),
            [],
          ),
        'QueueFullError',
      )
    },
  },
  {
    name: 'a retry is never refused for want of room',
    run: async (t) => {
      const engine = await t.start({ queueSize: 1, inlineConcurrency: 1 })
      const waiting = nextEvent(engine, 'retrying')
      const blocker = await t.occupy(engine, { maxRetries: 1, retryDelayMs: 60_000 })
      await engine.pause()
      const next = engine.submit(
        t.define(engine, () => 'next'),
        [],
      )
      blocker.fail(new Error('again'))
      await waiting
      assert.equal(blocker.handle.status, 'retrying')
      await engine.resume()
      assert.equal(await next.wait(), 'next')
    },
  },
  {
    name: 'each start makes room for one more',
    run: async (t) => {
      const engine = await t.start({ queueSize: 1, inlineConcurrency: 1 })
      const call = t.define(engine, (n: number) => n)
      for (let n = 0; n < 20; n++) assert.equal(await engine.submit(call, [n]).wait(), n)
    },
  },
  {
    name: 'the pressure of the queue is the share of it that is taken',
    run: async (t) => {
      const engine = await t.start({ queueSize: 4 })
      await engine.pause()
      const call = t.define(engine, () => 1)
      assert.equal(engine.snapshot().queuePressure, 0)
      engine.submit(call, [])
      assert.equal(engine.snapshot().queuePressure, 0.25)
      for (let n = 0; n < 3; n++) engine.submit(vary(call, { delayMs: 60_000 }), [])
      assert.equal(engine.snapshot().queuePressure, 1)
    },
  },
]
