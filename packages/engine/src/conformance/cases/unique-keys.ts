// At most one unsettled task of a name has a key; what happens to the second one is the caller's choice.
import assert from 'node:assert/strict'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectError, expectThrow, rejectionOf } from '../expectations.ts'
import { vary } from '../harness.ts'
import { nextEvent, settled } from '../moment.ts'

export const uniqueKeys: readonly ConformanceCase[] = [
  {
    name: "'existing' gives the task that has the key, and takes no second one",
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const blocker = await t.occupy(engine)
      const runs: number[] = []
      const call = t.define(engine, (n: number) => void runs.push(n), { uniqueKey: 'one' })
      const [first, second] = [engine.submit(call, [1]), engine.submit(call, [2])]
      assert.equal(second.taskId, first.taskId)
      blocker.release()
      await second.wait()
      assert.deepEqual(runs, [1])
      assert.equal(engine.snapshot().submittedTasks, 2, 'the blocking task and one of the two')
    },
  },
  {
    name: "'existing' finds a running task too",
    run: async (t) => {
      const engine = await t.start()
      const blocker = await t.occupy(engine, { uniqueKey: 'one' }, 'held')
      const { options } = t.define(engine, () => 1, { uniqueKey: 'one' })
      const twin = engine.submit({ name: 'held', options }, [])
      assert.equal(twin.taskId, blocker.handle.taskId)
      blocker.release('shared')
      assert.equal(await twin.wait(), 'shared')
    },
  },
  {
    name: "'reject' throws and names the key, the task that has it and its state",
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      await t.occupy(engine)
      const call = t.define(engine, () => 1, { uniqueKey: 'report:7', onConflict: 'reject' })
      const first = engine.submit(call, [])
      const parts = ['report:7', first.taskId, 'pending', /wait|onConflict/]
      expectThrow(() => engine.submit(call, []), 'UniqueKeyConflictError', ...parts)
      assert.equal(first.status, 'pending')
    },
  },
  {
    name: "'replace' cancels the waiting task and takes its place",
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const blocker = await t.occupy(engine)
      const runs: number[] = []
      const call = t.define(engine, (n: number) => void runs.push(n), { uniqueKey: 'one', onConflict: 'replace' })
      const [first, second] = [engine.submit(call, [1]), engine.submit(call, [2])]
      assert.notEqual(second.taskId, first.taskId)
      expectError(await rejectionOf(first.wait()), 'TaskCancelledError', 'replaced', 'uniqueKey')
      blocker.release()
      await second.wait()
      assert.deepEqual(runs, [2])
    },
  },
  {
    name: "'replace' cancels a running task and aborts its signal",
    run: async (t) => {
      const engine = await t.start()
      const blocker = await t.occupy(engine, { uniqueKey: 'one' }, 'replaced')
      const { options } = t.define(engine, () => 1, { uniqueKey: 'one', onConflict: 'replace' })
      const next = engine.submit({ name: 'replaced', options }, [])
      assert.equal(blocker.handle.status, 'cancelled')
      assert.equal(blocker.context.signal.aborted, true)
      blocker.release('of both: the body is the same')
      assert.equal(await next.wait(), 'of both: the body is the same')
    },
  },
  {
    name: 'a chain of replacements leaves only the last',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1, queueSize: 1 })
      const blocker = await t.occupy(engine)
      const runs: number[] = []
      const call = t.define(engine, (n: number) => void runs.push(n), { uniqueKey: 'one', onConflict: 'replace' })
      const handles = [1, 2, 3, 4].map((n) => engine.submit(call, [n]))
      blocker.release()
      await Promise.allSettled(handles.map((handle) => handle.wait()))
      assert.deepEqual(runs, [4])
      assert.equal(engine.snapshot().cancelledTasks, 3)
    },
  },
  {
    name: 'the key is free again once the task has settled, however it did',
    run: async (t) => {
      const engine = await t.start()
      const body = (fails: boolean): string => {
        if (fails) throw new Error('bad end')
        return 'good end'
      }
      const call = t.define(engine, body, { uniqueKey: 'one', onConflict: 'reject' })
      await settled(engine.submit(call, [true]))
      const later = engine.submit(vary(call, { delayMs: 60_000 }), [false])
      later.cancel()
      await settled(engine.submit(vary(call, { delayMs: 60_000, expireAfterMs: 5 }), [false]))
      assert.equal(await engine.submit(call, [false]).wait(), 'good end')
    },
  },
  {
    name: 'the key is kept while the task is scheduled or pauses for a retry',
    run: async (t) => {
      const engine = await t.start()
      const reject = { onConflict: 'reject', uniqueKey: 'one' } as const
      const delayed = t.define(engine, () => 1, { ...reject, delayMs: 60_000 })
      engine.submit(delayed, [])
      expectThrow(() => engine.submit(delayed, []), 'UniqueKeyConflictError', 'scheduled')
      const waiting = nextEvent(engine, 'retrying')
      const body = (): never => {
        throw new Error('again')
      }
      const failing = t.define(engine, body, { ...reject, maxRetries: 1, retryDelayMs: 60_000 })
      engine.submit(failing, [])
      await waiting
      expectThrow(() => engine.submit(failing, []), 'UniqueKeyConflictError', 'retrying')
    },
  },
  {
    name: 'tasks of other names, and other keys, do not conflict',
    run: async (t) => {
      const engine = await t.start()
      const options = { uniqueKey: 'one', onConflict: 'reject', delayMs: 60_000 } as const
      const [a, b] = [t.define(engine, () => 1, options), t.define(engine, () => 1, options)]
      const handles = [engine.submit(a, []), engine.submit(b, []), engine.submit(vary(a, { uniqueKey: 'two' }), [])]
      assert.equal(new Set(handles.map((handle) => handle.taskId)).size, 3)
    },
  },
]
