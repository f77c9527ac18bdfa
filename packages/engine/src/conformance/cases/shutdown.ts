// How an engine ends: what still runs, what is cancelled, what is abandoned, and the report that counts them.
import assert from 'node:assert/strict'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectError, rejectionOf } from '../expectations.ts'
import { vary } from '../harness.ts'
import { allSettled, nextEvent, someTurns } from '../moment.ts'

const patiently = { waitForCompletion: true, timeoutMs: 60_000 }
const atOnce = { waitForCompletion: false, timeoutMs: 60_000 }

export const shutdown: readonly ConformanceCase[] = [
  {
    name: 'waiting for completion runs what is queued and what comes due in time',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const call = t.define(engine, (n: number) => n)
      const handles = [1, 2, 3].map((n) => engine.submit(call, [n]))
      handles.push(engine.submit(vary(call, { delayMs: 15 }), [4]))
      assert.deepEqual(await engine.stop(patiently), { completed: 4, cancelled: 0, requeued: 0, abandoned: [] })
      assert.deepEqual(await Promise.all(handles.map((handle) => handle.wait())), [1, 2, 3, 4])
    },
  },
  {
    name: 'waiting for completion lets running tasks end, retries included',
    run: async (t) => {
      const engine = await t.start()
      let runs = 0
      const body = async (): Promise<string> => {
        await someTurns(1)
        if (++runs < 3) throw new Error('again')
        return 'third time'
      }
      const handle = engine.submit(t.define(engine, body, { maxRetries: 2 }), [])
      const report = await engine.stop(patiently)
      assert.deepEqual([report.completed, report.cancelled, report.abandoned.length], [1, 0, 0])
      assert.equal(await handle.wait(), 'third time')
    },
  },
  {
    name: 'tasks that failed count as completed in the report: they ran to an end',
    run: async (t) => {
      const engine = await t.start()
      const body = (): never => {
        throw new Error('bad end')
      }
      const call = t.define(engine, body)
      const outcomes = allSettled([engine.submit(call, []), engine.submit(call, [])])
      assert.equal((await engine.stop(patiently)).completed, 2)
      assert.ok((await outcomes).every(({ status }) => status === 'failed'))
    },
  },
  {
    name: 'the report counts only what was unsettled when stop was called',
    run: async (t) => {
      const engine = await t.start()
      const call = t.define(engine, () => 1)
      await allSettled([engine.submit(call, []), engine.submit(call, [])])
      assert.deepEqual(await engine.stop(patiently), { completed: 0, cancelled: 0, requeued: 0, abandoned: [] })
    },
  },
  {
    name: 'without waiting, what has not started is closed and says so',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      await engine.pause()
      let runs = 0
      const call = t.define(engine, () => runs++)
      const handles = [engine.submit(call, []), engine.submit(vary(call, { delayMs: 5 }), [])]
      const errors = handles.map((handle) => rejectionOf(handle.wait()))
      const report = await engine.stop(atOnce)
      if (!t.capabilities.durable) assert.equal(report.cancelled, 2)
      assert.equal(report.cancelled + report.requeued, 2)
      for (const error of await Promise.all(errors)) expectError(error, 'EngineClosedError', call.name)
      assert.equal(runs, 0)
    },
  },
  {
    name: 'what still runs when the time is over is abandoned: its signal aborts, its result is closed, it is named',
    run: async (t) => {
      const engine = await t.start()
      const { handle, context } = await t.occupy(engine, { priority: 'high' })
      const error = rejectionOf(handle.wait())
      const { abandoned, completed } = await engine.stop({ waitForCompletion: true, timeoutMs: 20 })
      assert.equal(completed, 0)
      const [summary] = abandoned
      assert.deepEqual(
        [abandoned.length, summary?.taskId, summary?.name, summary?.status, summary?.priority],
        [1, handle.taskId, handle.name, 'running', 1],
      )
      assert.ok(summary?.startedAt !== null)
      assert.equal(context.signal.aborted, true)
      expectError(await error, 'EngineClosedError', handle.name, '20')
    },
  },
  {
    name: 'stop without waiting abandons what runs',
    run: async (t) => {
      const engine = await t.start()
      const blocker = await t.occupy(engine)
      const error = rejectionOf(blocker.handle.wait())
      assert.equal((await engine.stop(atOnce)).abandoned.length, 1)
      expectError(await error, 'EngineClosedError', blocker.handle.name)
      blocker.release('too late')
      await someTurns()
      assert.notEqual(blocker.handle.status, 'completed')
    },
  },
  {
    name: 'stop waits no longer than it has to, and no longer than it may',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start()
      const blocker = await t.occupy(engine, { timeoutMs: Infinity })
      let stopped = false
      const report = engine.stop({ waitForCompletion: true, timeoutMs: 500 }).then((each) => {
        stopped = true
        return each
      })
      await t.clock.advance(499)
      assert.deepEqual([stopped, blocker.handle.status], [false, 'running'])
      await t.clock.advance(1)
      assert.equal((await report).abandoned.length, 1)
    },
  },
  {
    name: 'what comes due only after the time is over is closed at once',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start()
      const call = t.define(engine, () => 'ran')
      const [before, after] = [
        engine.submit(vary(call, { delayMs: 100 }), []),
        engine.submit(vary(call, { delayMs: 101 }), []),
      ]
      const error = rejectionOf(after.wait())
      const report = engine.stop({ waitForCompletion: true, timeoutMs: 100 })
      expectError(await error, 'EngineClosedError')
      assert.equal(before.status, 'scheduled')
      await t.clock.advance(100)
      const { completed, cancelled, requeued } = await report
      assert.deepEqual([completed, cancelled + requeued], [1, 1])
      assert.equal(await before.wait(), 'ran')
    },
  },
  {
    name: 'a paused engine does not wait for what it will not start',
    run: async (t) => {
      const engine = await t.start()
      const blocker = await t.occupy(engine)
      await engine.pause()
      const error = rejectionOf(
        engine
          .submit(
            t.define(engine, () => 1),
            [],
          )
          .wait(),
      )
      const stopped = engine.stop(patiently)
      expectError(await error, 'EngineClosedError')
      blocker.release('runs to its end all the same')
      const { completed, cancelled, requeued } = await stopped
      assert.deepEqual([completed, cancelled + requeued], [1, 1])
    },
  },
  {
    name: 'tasks of a paused name are not waited for either',
    run: async (t) => {
      const engine = await t.start()
      const call = t.define(engine, () => 1)
      await engine.pause(call.name)
      const error = rejectionOf(engine.submit(call, []).wait())
      assert.equal((await engine.stop(patiently)).completed, 0)
      expectError(await error, 'EngineClosedError')
    },
  },
  {
    name: 'tasks that are due for a retry after the time is over are closed',
    run: async (t) => {
      const engine = await t.start()
      const body = (): never => {
        throw new Error('again')
      }
      const waiting = nextEvent(engine, 'retrying')
      const handle = engine.submit(t.define(engine, body, { maxRetries: 1, retryDelayMs: 60_000 }), [])
      await waiting
      const error = rejectionOf(handle.wait())
      await engine.stop({ waitForCompletion: true, timeoutMs: 1000 })
      expectError(await error, 'EngineClosedError', 'retrying')
    },
  },
  {
    name: 'a stop with everything at once: each task is counted once',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 2 })
      const [ends, stays] = [await t.occupy(engine), await t.occupy(engine)]
      const call = t.define(engine, () => 1)
      const handles = [1, 2, 3].map(() => engine.submit(call, []))
      handles.push(engine.submit(vary(call, { delayMs: 60_000 }), []))
      const outcomes = allSettled([...handles, ends.handle, stays.handle])
      // what may still end has to do so in this time, and what stays takes all of it
      const stopped = engine.stop({ waitForCompletion: true, timeoutMs: t.capabilities.durable ? 3000 : 50 })
      ends.release()
      const { completed, cancelled, requeued, abandoned } = await stopped
      assert.deepEqual([completed, cancelled + requeued, abandoned.length], [4, 1, 1])
      assert.equal((await outcomes).filter(({ status }) => status === 'completed').length, 4)
    },
  },
]
