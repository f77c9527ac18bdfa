// The submitter's side of a task: status, outcome, listeners, waiting and figures.
import assert from 'node:assert/strict'
import type { TaskOutcome } from '../../contract/task.ts'
import type { ConformanceCase } from '../conformance-case.ts'
import { settled, someTurns } from '../moment.ts'

export const handles: readonly ConformanceCase[] = [
  {
    name: 'the status follows the task: pending, running, completed',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const blocker = await t.occupy(engine)
      const started = t.moment('the second task started')
      const over = t.moment('the second task may end')
      const body = (): Promise<void> => {
        started.reach()
        return over.reached
      }
      const handle = engine.submit(t.define(engine, body), [])
      assert.equal(handle.status, 'pending')
      blocker.release()
      await started.reached
      assert.equal(handle.status, 'running')
      over.reach()
      await handle.wait()
      assert.equal(handle.status, 'completed')
    },
  },
  {
    name: 'the outcome is undefined until the task settles, and stays the same then',
    run: async (t) => {
      const engine = await t.start()
      const blocker = await t.occupy(engine)
      assert.equal(blocker.handle.outcome, undefined)
      blocker.release('end')
      await blocker.handle.wait()
      assert.deepEqual(blocker.handle.outcome, { status: 'completed', value: 'end' })
      assert.deepEqual(blocker.handle.outcome, { status: 'completed', value: 'end' })
    },
  },
  {
    name: 'waiting gives the same promise each time while the task is unsettled',
    run: async (t) => {
      const engine = await t.start()
      const blocker = await t.occupy(engine)
      const first = blocker.handle.wait()
      assert.equal(blocker.handle.wait(), first)
      blocker.release('end')
      assert.equal(await first, 'end')
    },
  },
  {
    name: 'waiting works after the task settled, any number of times',
    run: async (t) => {
      const engine = await t.start()
      const handle = engine.submit(
        t.define(engine, () => 'end'),
        [],
      )
      await settled(handle)
      assert.deepEqual(await Promise.all([handle.wait(), handle.wait()]), ['end', 'end'])
    },
  },
  {
    name: 'every wait for a failure rejects, before and after it settled',
    run: async (t) => {
      const engine = await t.start()
      const blocker = await t.occupy(engine)
      const early = assert.rejects(blocker.handle.wait(), /bad end/)
      blocker.fail(new Error('bad end'))
      await early
      await assert.rejects(blocker.handle.wait(), /bad end/)
    },
  },
  {
    name: 'a listener is called once, in a later microtask',
    run: async (t) => {
      const engine = await t.start()
      const blocker = await t.occupy(engine)
      const heard: TaskOutcome[] = []
      blocker.handle.onSettled((outcome) => heard.push(outcome))
      blocker.release('end')
      await blocker.handle.wait()
      await someTurns()
      assert.deepEqual(heard, [{ status: 'completed', value: 'end' }])
    },
  },
  {
    name: 'a listener that comes after the end is called once too, and not at once',
    run: async (t) => {
      const engine = await t.start()
      const handle = engine.submit(
        t.define(engine, () => 'end'),
        [],
      )
      await handle.wait()
      const heard: TaskOutcome[] = []
      handle.onSettled((outcome) => heard.push(outcome))
      assert.equal(heard.length, 0)
      await someTurns()
      assert.deepEqual(heard, [{ status: 'completed', value: 'end' }])
    },
  },
  {
    name: 'listeners are called in the order in which they came',
    run: async (t) => {
      const engine = await t.start()
      const blocker = await t.occupy(engine)
      const heard: number[] = []
      for (const n of [1, 2, 3]) blocker.handle.onSettled(() => heard.push(n))
      blocker.release()
      await settled(blocker.handle)
      assert.deepEqual(heard, [1, 2, 3])
    },
  },
  {
    name: 'a listener that throws is a warning, and the others are called all the same',
    run: async (t) => {
      const engine = await t.start()
      const blocker = await t.occupy(engine)
      const warning = t.expectWarning()
      blocker.handle.onSettled(() => {
        throw new Error('listener broke')
      })
      const heard = settled(blocker.handle)
      blocker.release('end')
      assert.deepEqual(await heard, { status: 'completed', value: 'end' })
      assert.match((await warning).message, /listener broke/)
    },
  },
  {
    name: 'when a listener is told, the status has changed already',
    run: async (t) => {
      const engine = await t.start()
      const handle = engine.submit(
        t.define(engine, () => 1),
        [],
      )
      const status = await new Promise((resolve) => handle.onSettled(() => resolve(handle.status)))
      assert.equal(status, 'completed')
    },
  },
  {
    name: 'the figures of a waiting task say that it has not started',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      await t.occupy(engine)
      const handle = engine.submit(
        t.define(engine, () => 1, { priority: 'low' }),
        [],
      )
      const stats = handle.stats()
      const { status, priority, startedAt, completedAt, executionTimeMs, retries, lane, engine: name } = stats
      assert.deepEqual(
        { status, priority, startedAt, completedAt, executionTimeMs, retries, lane, name },
        {
          status: 'pending',
          priority: 3,
          startedAt: null,
          completedAt: null,
          executionTimeMs: null,
          retries: 0,
          lane: 'inline',
          name: engine.name,
        },
      )
      assert.equal(stats.taskId, handle.taskId)
      assert.ok(stats.waitTimeMs >= 0)
    },
  },
  {
    name: 'the figures of a settled task are in the order of time and do not change any more',
    run: async (t) => {
      const engine = await t.start()
      const handle = engine.submit(
        t.define(engine, async () => someTurns(1)),
        [],
      )
      await handle.wait()
      const stats = handle.stats()
      assert.ok(stats.startedAt !== null && stats.completedAt !== null && stats.executionTimeMs !== null)
      assert.ok(stats.createdAt <= stats.startedAt && stats.startedAt <= stats.completedAt)
      assert.ok(stats.waitTimeMs >= 0 && stats.executionTimeMs >= 0)
      assert.ok(Math.abs(stats.createdAt - Date.now()) < 60_000, 'times are epoch milliseconds')
      await someTurns()
      assert.deepEqual(handle.stats(), stats)
    },
  },
  {
    name: 'waiting and running times are exact',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const blocker = await t.occupy(engine)
      const over = t.moment('the second task may end')
      const handle = engine.submit(
        t.define(engine, () => over.reached),
        [],
      )
      await t.clock.advance(250)
      assert.equal(handle.stats().waitTimeMs, 250)
      blocker.release()
      await t.clock.advance(40)
      assert.equal(handle.stats().executionTimeMs, 40)
      over.reach()
      await handle.wait()
      await t.clock.advance(1000)
      const { waitTimeMs, executionTimeMs, createdAt, startedAt, completedAt } = handle.stats()
      assert.deepEqual({ waitTimeMs, executionTimeMs }, { waitTimeMs: 250, executionTimeMs: 40 })
      assert.deepEqual([(startedAt ?? 0) - createdAt, (completedAt ?? 0) - createdAt], [250, 290])
    },
  },
  {
    name: 'while a task waits for its retry its wait is that of the attempt that failed',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const blocker = await t.occupy(engine)
      const options = { maxRetries: 2, retryBackoff: 'fixed', retryDelayMs: 1000, retryJitter: 0 } as const
      const call = t.define(
        engine,
        () => {
          throw new Error('not yet')
        },
        options,
      )
      const handle = engine.submit(call, [])
      await t.clock.advance(250)
      blocker.release()
      await t.clock.advance(40)
      assert.deepEqual([handle.status, handle.stats().waitTimeMs], ['retrying', 250])
      const next = await t.occupy(engine)
      await t.clock.advance(960 + 30)
      assert.deepEqual([handle.status, handle.stats().waitTimeMs], ['pending', 30])
      next.release()
      await t.clock.advance(0)
      assert.deepEqual([handle.status, handle.stats().waitTimeMs], ['retrying', 30])
      handle.cancel()
      await handle.wait().catch(() => {})
    },
  },
]
