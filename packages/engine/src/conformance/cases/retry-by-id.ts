// Submitting a task again that did not go well.
import assert from 'node:assert/strict'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectRejection } from '../expectations.ts'
import { settled } from '../moment.ts'

export const retryById: readonly ConformanceCase[] = [
  {
    name: 'a failed task is retried as a new task with the same arguments, which knows where it comes from',
    run: async (t) => {
      const engine = await t.start()
      let runs = 0
      const body = (n: number): string => {
        if (++runs === 1) throw new Error('bad end')
        return `run ${runs} with ${n}`
      }
      const old = engine.submit(t.define(engine, body, { priority: 'high', tags: ['kept'] }), [7])
      await settled(old)
      const retried = await engine.retry(old.taskId)
      assert.notEqual(retried.taskId, old.taskId)
      assert.equal(await retried.wait(), 'run 2 with 7')
      const info = await engine.find(retried.taskId)
      assert.deepEqual([info?.retryOf, info?.priority, info?.tags, info?.retries], [old.taskId, 1, ['kept'], 0])
      assert.equal(old.status, 'failed')
    },
  },
  {
    name: 'cancelled and expired tasks can be retried',
    run: async (t) => {
      const engine = await t.start()
      await engine.pause()
      const cancelled = engine.submit(
        t.define(engine, () => 'after cancel'),
        [],
      )
      cancelled.cancel()
      const expired = engine.submit(
        t.define(engine, () => 'after expiry', { expireAfterMs: 5 }),
        [],
      )
      await settled(expired)
      await engine.resume()
      assert.equal(await (await engine.retry(cancelled.taskId)).wait(), 'after cancel')
      // it expires anew unless it starts in time: either way it is a task of its own
      assert.match((await settled(await engine.retry(expired.taskId))).status, /completed|expired/)
    },
  },
  {
    name: 'a retried task has all its own retries again',
    run: async (t) => {
      const engine = await t.start()
      let runs = 0
      const body = (): never => {
        throw new Error(`run ${++runs}`)
      }
      const old = engine.submit(t.define(engine, body, { maxRetries: 2 }), [])
      await settled(old)
      await settled(await engine.retry(old.taskId))
      assert.equal(runs, 6)
    },
  },
  {
    name: 'tasks that run, wait or went well are not retried, and the message says what they are',
    run: async (t) => {
      const engine = await t.start()
      const { handle } = await t.occupy(engine)
      const completed = engine.submit(
        t.define(engine, () => 1),
        [],
      )
      await completed.wait()
      const scheduled = engine.submit(
        t.define(engine, () => 1, { delayMs: 60_000 }),
        [],
      )
      const remedy = /failed, cancelled or expired/
      await expectRejection(engine.retry(handle.taskId), 'TaskStateError', handle.taskId, 'running', remedy)
      await expectRejection(engine.retry(completed.taskId), 'TaskStateError', 'completed', remedy)
      await expectRejection(engine.retry(scheduled.taskId), 'TaskStateError', 'scheduled', remedy)
    },
  },
  {
    name: 'a retry is a new task every time: the old one can be retried again',
    run: async (t) => {
      const engine = await t.start()
      const body = (): never => {
        throw new Error('bad end')
      }
      const old = engine.submit(t.define(engine, body), [])
      await settled(old)
      const retried = [await engine.retry(old.taskId), await engine.retry(old.taskId)]
      assert.equal(new Set([old, ...retried].map(({ taskId }) => taskId)).size, 3)
      for (const { taskId } of retried) assert.equal((await engine.find(taskId))?.retryOf, old.taskId)
    },
  },
  {
    name: 'a retry answers with a task of its own, or is refused, when its unique key is taken',
    run: async (t) => {
      const engine = await t.start()
      await engine.pause()
      const call = t.define(engine, () => 1, { uniqueKey: 'one', onConflict: 'reject' })
      const old = engine.submit(call, [])
      old.cancel()
      const holder = engine.submit(call, [])
      await expectRejection(engine.retry(old.taskId), 'UniqueKeyConflictError', 'one', holder.taskId)
      assert.equal((await engine.find(holder.taskId))?.retryOf, null)
    },
  },
  {
    name: 'an id that nobody has is refused and named',
    run: async (t) => {
      const engine = await t.start()
      await expectRejection(engine.retry('no-such-task'), 'UnknownTaskError', 'no-such-task')
    },
  },
  {
    name: 'a retry is refused like any task when the queue is full',
    run: async (t) => {
      const engine = await t.start({ queueSize: 1 })
      await engine.pause()
      const call = t.define(engine, () => 1)
      const old = engine.submit(call, [])
      old.cancel()
      engine.submit(call, [])
      await expectRejection(engine.retry(old.taskId), 'QueueFullError', 'queueSize')
    },
  },
]
