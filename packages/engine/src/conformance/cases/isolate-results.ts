// Bodies that run off the event loop: what goes in, what comes out, and what they see and say meanwhile.
import assert from 'node:assert/strict'
import type { TaskContext } from '../../contract/task.ts'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectError, expectThrow, rejectionOf } from '../expectations.ts'
import { isolateCase, loopForEver, startIsolates } from '../isolate-cases.ts'
import type { IsolateLane } from '../isolate-cases.ts'
import { nextEvent, recordEvents, someTurns } from '../moment.ts'

export function isolateResults(lane: IsolateLane): ConformanceCase[] {
  const only = (wanted: IsolateLane, each: ConformanceCase): ConformanceCase[] => (lane === wanted ? [each] : [])
  return [
    ...payloadCases(lane),
    ...errorCases(lane),
    ...contextCases(lane),
    ...only(
      'process',
      isolateCase(lane, 'memory that would be shared is refused, with its path', async (t) => {
        const engine = await startIsolates(t)
        const call = t.define(engine, (given: unknown) => typeof given, { lane })
        const memory = new SharedArrayBuffer(8)
        expectThrow(() => engine.submit(call, [{ deep: [memory] }]), 'PayloadError', 'args[0].deep[0]')
        expectThrow(() => engine.submit(call, [new Uint8Array(memory)]), 'PayloadError', 'args[0]')
        assert.equal(engine.snapshot().submittedTasks, 0)
      }),
    ),
    ...only(
      'process',
      isolateCase(lane, 'nobody can hold this thread up for it: its handles have no waitSync', async (t) => {
        const engine = await startIsolates(t)
        const handle = engine.submit(
          t.define(engine, () => 1, { lane }),
          [],
        )
        assert.equal('waitSync' in handle, false)
        assert.equal(await handle.wait(), 1)
      }),
    ),
  ]
}

function payloadCases(lane: IsolateLane): ConformanceCase[] {
  return [
    isolateCase(lane, 'arguments and results keep what structured clone keeps', async (t) => {
      const engine = await startIsolates(t)
      const one = { deep: true }
      const payload = [
        new Map<unknown, unknown>([[1, { big: 2n ** 70n }]]),
        new Set(['a', undefined]),
        [undefined, null, -0, Number.NaN, Infinity, '', 'ü💚'],
        Float64Array.of(1, 2, 3),
        Uint8Array.of(4, 5).buffer,
        new Date(0),
        /a+/gi,
        { one, again: one },
      ]
      const echo = t.define(engine, (...given: unknown[]) => given, { lane })
      const back = (await engine.submit(echo, payload).wait()) as unknown[]
      assert.deepEqual(back, payload)
      const last = back.at(-1) as { one: unknown; again: unknown }
      assert.equal(last.one, last.again)
      assert.equal((back[3] as Float64Array).buffer.byteLength, 24)
    }),
    isolateCase(lane, 'a body that takes a variable from outside is refused where it is defined', async (t) => {
      const engine = await startIsolates(t)
      const outside = { factor: 2 }
      const body = (n: number): number => n * outside.factor
      expectThrow(() => t.define(engine, body, { lane }), 'TaskDefinitionError', 'outside', /module/)
    }),
    isolateCase(lane, 'a promise is waited for, and undefined is a result', async (t) => {
      const engine = await startIsolates(t)
      const later = async (): Promise<string> => {
        await new Promise((resolve) => setTimeout(resolve, 1))
        return 'later'
      }
      assert.equal(await engine.submit(t.define(engine, later, { lane }), []).wait(), 'later')
      const nothing = t.define(engine, () => {}, { lane })
      assert.equal(await engine.submit(nothing, []).wait(), undefined)
    }),
    isolateCase(lane, 'a result that cannot travel fails its task and names the path', async (t) => {
      const engine = await startIsolates(t)
      const body = (): unknown => ({ rows: [1, () => 2] })
      const handle = engine.submit(t.define(engine, body, { lane }), [])
      expectError(await rejectionOf(handle.wait()), 'PayloadError', 'result.rows[1]')
      const next = t.define(engine, () => 'next', { lane })
      assert.equal(await engine.submit(next, []).wait(), 'next')
    }),
  ]
}

function errorCases(lane: IsolateLane): ConformanceCase[] {
  return [
    isolateCase(lane, 'what a body throws keeps its class, message, stack, cause and fields', async (t) => {
      const engine = await startIsolates(t)
      const body = (): never => {
        const error = new RangeError('too far', { cause: new TypeError('the cause') })
        throw Object.assign(error, { code: 'E_FAR', detail: { by: 3 } })
      }
      const handle = engine.submit(t.define(engine, body, { lane }), [])
      const error = (await rejectionOf(handle.wait())) as RangeError & { code: string; detail: unknown }
      assert.ok(error instanceof RangeError)
      assert.deepEqual(
        [error.name, error.message, error.code, error.detail],
        ['RangeError', 'too far', 'E_FAR', { by: 3 }],
      )
      assert.ok(error.cause instanceof TypeError && error.cause.message === 'the cause')
      assert.match(error.stack ?? '', /too far/)
    }),
    isolateCase(lane, 'what is no error, and what cannot travel in one, fails the task all the same', async (t) => {
      const engine = await startIsolates(t)
      const text = (): never => {
        // oxlint-disable-next-line typescript/only-throw-error -- that is the point
        throw 'a text'
      }
      const handle = engine.submit(t.define(engine, text, { lane }), [])
      assert.match(((await rejectionOf(handle.wait())) as Error).message, /a text/)
      const opaque = (): never => {
        throw Object.assign(new Error('with more'), { call: () => 1, fine: 2 })
      }
      const failed = await rejectionOf(engine.submit(t.define(engine, opaque, { lane }), []).wait())
      assert.deepEqual([(failed as Error).message, (failed as { fine?: unknown }).fine], ['with more', 2])
    }),
    isolateCase(lane, 'a body that throws is retried', async (t) => {
      const engine = await startIsolates(t)
      const body = (): never => {
        throw new Error('again')
      }
      const handle = engine.submit(t.define(engine, body, { lane, maxRetries: 2 }), [])
      assert.equal(((await rejectionOf(handle.wait())) as Error).message, 'again')
      assert.equal(handle.stats().retries, 2)
    }),
  ]
}

function contextCases(lane: IsolateLane): ConformanceCase[] {
  return [
    isolateCase(lane, 'a body that blocks does not hold this event loop up', async (t) => {
      const engine = await startIsolates(t)
      const started = nextEvent(engine, 'started')
      const handle = engine.submit(t.define(engine, loopForEver, { lane, timeoutMs: Infinity }), [])
      await started
      await someTurns()
      assert.equal(handle.status, 'running')
      assert.equal(engine.snapshot().lanes[lane]?.active, 1)
      handle.cancel()
    }),
    isolateCase(lane, 'the current task is known inside, and tells of progress, lines and life', async (t) => {
      const engine = await startIsolates(t)
      const told = recordEvents(engine, ['progress'])
      const body = (): unknown => {
        // what currentTask() reads: a body without free variables cannot import it
        const key = Symbol.for('@catzilla/engine/task-context')
        const storage = (globalThis as Record<symbol, unknown>)[key] as { getStore(): { context: TaskContext } }
        const { taskId, name, attempt, signal, progress, log, heartbeat } = storage.getStore().context
        progress(0.25)
        progress(0.5, 'half')
        log('a line', { n: 1 })
        heartbeat()
        return { taskId, name, attempt, aborted: signal.aborted }
      }
      const handle = engine.submit(t.define(engine, body, { lane }), [])
      const { taskId, name } = handle
      assert.deepEqual(await handle.wait(), { taskId, name, attempt: 1, aborted: false })
      await someTurns()
      assert.deepEqual(
        told.map(({ ratio, message }) => [ratio, message]),
        [
          [0.25, undefined],
          [0.5, 'half'],
        ],
      )
      const info = await engine.find(taskId)
      assert.deepEqual([info?.logs[0]?.message, info?.logs[0]?.fields], ['a line', { n: 1 }])
      assert.equal(typeof info?.lastHeartbeatAt, 'number')
      assert.deepEqual(info?.progress, { ratio: 0.5, message: 'half' })
    }),
    isolateCase(lane, 'tasks that wait for it are queued, wherever they are on their way', async (t) => {
      const engine = await startIsolates(t)
      const started = nextEvent(engine, 'started')
      const blocker = engine.submit(t.define(engine, loopForEver, { lane, timeoutMs: Infinity }), [])
      await started
      const handles = [1, 2, 3].map(() =>
        engine.submit(
          t.define(engine, () => 1, { lane, priority: 'high' }),
          [],
        ),
      )
      await someTurns()
      const { highQueueSize, totalQueued, scheduledTasks, runningTasks, priorities, lanes } = engine.snapshot()
      assert.deepEqual(
        { highQueueSize, totalQueued, scheduledTasks, runningTasks, queued: lanes[lane]?.queued },
        { highQueueSize: 3, totalQueued: 3, scheduledTasks: 0, runningTasks: 1, queued: 3 },
      )
      assert.ok(priorities[1].oldestAgeMs > 0)
      blocker.cancel()
      for (const handle of handles) handle.cancel()
    }),
    isolateCase(lane, 'statistics say where it ran', async (t) => {
      const engine = await startIsolates(t)
      const handle = engine.submit(
        t.define(engine, () => 1, { lane }),
        [],
      )
      await handle.wait()
      const stats = handle.stats()
      assert.equal(stats.lane, lane)
      assert.equal(typeof stats.workerId, 'number')
      assert.ok((stats.memoryUsageMb ?? 0) >= 0)
      assert.ok((stats.executionTimeMs ?? -1) >= 0)
    }),
  ]
}
