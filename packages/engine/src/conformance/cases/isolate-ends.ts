// How attempts off the event loop end when they do not end by themselves: time, cancellation, crashes, memory, the engine.
import assert from 'node:assert/strict'
import type { TaskContext } from '../../contract/task.ts'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectError, rejectionOf } from '../expectations.ts'
import { isolateCase, loopForEver, pidAndNumber, startIsolates } from '../isolate-cases.ts'
import type { IsolateLane } from '../isolate-cases.ts'
import { allSettled, nextEvent, recordEvents, someTurns } from '../moment.ts'

export function isolateEnds(lane: IsolateLane): ConformanceCase[] {
  return [...stopCases(lane), ...crashCases(lane), ...turnCases(lane)]
}

function stopCases(lane: IsolateLane): ConformanceCase[] {
  return [
    isolateCase(lane, 'an endless loop is stopped at its time limit, and the next task runs', async (t) => {
      const engine = await startIsolates(t)
      const handle = engine.submit(t.define(engine, loopForEver, { lane, timeoutMs: 30 }), [])
      const next = engine.submit(t.define(engine, pidAndNumber, { lane }), [7])
      expectError(await rejectionOf(handle.wait()), 'TaskTimeoutError', '30', handle.name)
      assert.equal(((await next.wait()) as number[])[1], 7)
      while (engine.snapshot().lateRuns > 0) await someTurns(1)
      const { timeoutCount, failedTasks, completedTasks } = engine.snapshot()
      assert.deepEqual([timeoutCount, failedTasks, completedTasks], [1, 1, 1])
    }),
    isolateCase(lane, 'an endless loop is stopped when it is cancelled, and the next task runs', async (t) => {
      const engine = await startIsolates(t)
      const started = nextEvent(engine, 'started')
      const handle = engine.submit(t.define(engine, loopForEver, { lane }), [])
      await started
      assert.equal(handle.cancel('enough'), true)
      assert.equal(handle.status, 'cancelled')
      expectError(await rejectionOf(handle.wait()), 'TaskCancelledError', 'enough')
      const next = engine.submit(t.define(engine, pidAndNumber, { lane }), [7])
      assert.equal(((await next.wait()) as number[])[1], 7)
      assert.equal(engine.snapshot().lateRuns, 0)
    }),
    isolateCase(lane, 'a body hears from its signal that it is cancelled, and why', async (t) => {
      const engine = await startIsolates(t)
      const body = (): Promise<void> => {
        const key = Symbol.for('@catzilla/engine/task-context')
        const storage = (globalThis as Record<symbol, unknown>)[key] as { getStore(): { context: TaskContext } }
        const { signal } = storage.getStore().context
        return new Promise((resolve) => {
          const alive = setInterval(() => {}, 1000)
          signal.addEventListener('abort', () => {
            clearInterval(alive)
            const { name, message } = signal.reason as Error
            ;(globalThis as { heard?: unknown }).heard = [name, message]
            resolve()
          })
        })
      }
      const call = t.define(engine, body, { lane, cancelGraceMs: 60_000 })
      const look = t.define(engine, () => (globalThis as { heard?: unknown }).heard, { lane })
      let heard: unknown
      // in the same isolate: a body that gives way keeps it. On a busy machine it may be too slow to answer, and lose it
      for (let round = 0; round < 20 && heard === undefined; round++) {
        const started = nextEvent(engine, 'started')
        const handle = engine.submit(call, [])
        await started
        handle.cancel('enough')
        heard = await engine.submit(look, []).wait()
      }
      const [name, message] = heard as [string, string]
      assert.equal(name, 'TaskCancelledError')
      assert.match(message, /enough/)
    }),
    isolateCase(lane, 'stop() gives up what runs, and leaves nothing running', async (t) => {
      const engine = await startIsolates(t)
      const started = nextEvent(engine, 'started')
      const handle = engine.submit(t.define(engine, loopForEver, { lane, timeoutMs: Infinity }), [])
      await started
      const { abandoned } = await engine.stop({ waitForCompletion: true, timeoutMs: 1 })
      assert.deepEqual(
        abandoned.map(({ taskId }) => taskId),
        [handle.taskId],
      )
      expectError(await rejectionOf(handle.wait()), 'EngineClosedError')
      assert.equal(engine.snapshot().lanes[lane]?.slots, 0)
    }),
    isolateCase(lane, 'a body that takes more memory than its limit fails, and the next task runs', async (t) => {
      const engine = await startIsolates(t)
      const hoard = (): never => {
        const kept: unknown[] = []
        for (;;) kept.push(Array.from({ length: 1000 }, (_, n) => ({ n })))
      }
      const handle = engine.submit(t.define(engine, hoard, { lane, memoryLimitMb: 40 }), [])
      const next = engine.submit(t.define(engine, pidAndNumber, { lane }), [7])
      expectError(await rejectionOf(handle.wait()), 'MemoryLimitError', '40', handle.name)
      assert.equal(((await next.wait()) as number[])[1], 7)
    }),
  ]
}

function crashCases(lane: IsolateLane): ConformanceCase[] {
  return [
    isolateCase(lane, 'a body that exits crashes its task alone', async (t) => {
      const engine = await startIsolates(t, 2)
      const started = nextEvent(engine, 'started')
      const other = engine.submit(t.define(engine, loopForEver, { lane, timeoutMs: Infinity }), [])
      await started
      const handle = engine.submit(
        t.define(engine, () => process.exit(3), { lane }),
        [],
      )
      expectError(await rejectionOf(handle.wait()), 'TaskCrashedError', handle.name, /\b3\b/)
      assert.equal(other.status, 'running')
      const next = engine.submit(t.define(engine, pidAndNumber, { lane }), [7])
      assert.equal(((await next.wait()) as number[])[1], 7)
      assert.equal(engine.snapshot().failedTasks, 1)
    }),
    isolateCase(lane, 'an exception that nobody catches crashes the task, and is the cause', async (t) => {
      const engine = await startIsolates(t)
      const body = (): Promise<never> =>
        new Promise(() => {
          setTimeout(() => {
            throw new RangeError('out of reach')
          }, 1)
        })
      const error = await rejectionOf(engine.submit(t.define(engine, body, { lane }), []).wait())
      expectError(error, 'TaskCrashedError', 'out of reach')
      assert.equal(((error as Error).cause as Error).message, 'out of reach')
    }),
    isolateCase(lane, 'a crash is a failure like any other: it is retried', async (t) => {
      const engine = await startIsolates(t)
      const retries = recordEvents(engine, ['retrying'])
      const body = (): number => {
        const key = Symbol.for('@catzilla/engine/task-context')
        const storage = (globalThis as Record<symbol, unknown>)[key] as { getStore(): { context: TaskContext } }
        const { attempt } = storage.getStore().context
        if (attempt === 1) process.exit(1)
        return attempt
      }
      assert.equal(await engine.submit(t.define(engine, body, { lane, maxRetries: 1 }), []).wait(), 2)
      assert.deepEqual(
        retries.map(({ error }) => error.name),
        ['TaskCrashedError'],
      )
    }),
  ]
}

function turnCases(lane: IsolateLane): ConformanceCase[] {
  return [
    isolateCase(lane, 'tasks start by class, then in the order of their submission', async (t) => {
      const engine = await startIsolates(t)
      await engine.pause()
      const started = recordEvents(engine, ['started'])
      const call = t.define(engine, pidAndNumber, { lane })
      const low = t.define(engine, pidAndNumber, { lane, priority: 'low' })
      const critical = t.define(engine, pidAndNumber, { lane, priority: 'critical' })
      const handles = [low, call, call, critical].map((each, n) => engine.submit(each, [n]))
      await Promise.all(handles.map(({ accepted }) => accepted))
      await engine.resume()
      await allSettled(handles)
      assert.deepEqual(
        started.map(({ taskId }) => handles.findIndex((handle) => handle.taskId === taskId)),
        [3, 1, 2, 0],
      )
    }),
    isolateCase(lane, 'a limit on how many run holds here too', async (t) => {
      const engine = await startIsolates(t, 2)
      const call = t.define(engine, loopForEver, { lane, concurrency: 1, timeoutMs: 50 })
      const events = recordEvents(engine, ['started', 'failed'])
      await allSettled([engine.submit(call, []), engine.submit(call, [])])
      assert.deepEqual(
        events.map(({ type }) => type),
        ['started', 'failed', 'started', 'failed'],
      )
    }),
    isolateCase(lane, 'many tasks in few isolates are each done once', async (t) => {
      const engine = await startIsolates(t, 2)
      const call = t.define(engine, pidAndNumber, { lane })
      const handles = engine.submitMany(
        call,
        Array.from({ length: 60 }, (_, n) => [n]),
      )
      const values = (await Promise.all(handles.map((handle) => handle.wait()))) as number[][]
      assert.deepEqual(
        values.map(([, n]) => n),
        handles.map((_, n) => n),
      )
      assert.equal(engine.snapshot().completedTasks, 60)
    }),
  ]
}
