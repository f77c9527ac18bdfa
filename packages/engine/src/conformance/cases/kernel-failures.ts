// Kernels that fail, run too long, are cancelled or expire.
import assert from 'node:assert/strict'
import type { EngineEvents } from '../../contract/events.ts'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectError, rejectionOf } from '../expectations.ts'
import { FOR_EVER, free, needs, occupyWorkers, onBothWays, startEngine } from '../kernel-cases.ts'
import { allSettled, nextEvent, recordEvents, settled, someTurns } from '../moment.ts'

export const kernelFailures: readonly ConformanceCase[] = [
  {
    name: 'a kernel that fails gives an Error with its name and message, and is retried',
    needs,
    run: async (t) => {
      const engine = await startEngine(t)
      const retries = recordEvents(engine, ['retrying'])
      const dot = t.defineKernel(engine, 'dot', { maxRetries: 2, retryDelayMs: 1 })
      const handle = engine.submit(dot, [Float64Array.of(1), Float64Array.of(1, 2)])
      const error = (await rejectionOf(handle.wait())) as Error
      assert.ok(error instanceof Error)
      assert.deepEqual([error.name, /same length/.test(error.message)], ['RangeError', true])
      assert.equal(handle.stats().retries, 2)
      assert.deepEqual(
        retries.map(({ attempt }) => attempt),
        [1, 2],
      )
      assert.equal(engine.snapshot().retryCount, 2)
    },
  },
  ...onBothWays('a kernel is retried with its pauses, and each pause is told', async (t, more) => {
    const engine = await startEngine(t)
    const told: EngineEvents['retrying'][] = recordEvents(engine, ['retrying'])
    // so long that even a busy main thread looks while it pauses
    const spin = t.defineKernel(engine, 'spin', { ...more, maxRetries: 2, retryBackoff: 'linear', retryDelayMs: 150 })
    const handle = engine.submit(spin, [-1])
    const error = (await rejectionOf(handle.wait())) as Error
    assert.equal(error.name, 'RangeError')
    assert.equal(handle.stats().retries, 2)
    await someTurns()
    assert.deepEqual(
      told.map(({ attempt, delayMs }) => [attempt, Math.round(delayMs)]),
      [
        [1, 150],
        [2, 300],
      ],
    )
  }),
  ...onBothWays('a kernel that runs too long is stopped', async (t, more) => {
    const engine = await startEngine(t)
    const handle = engine.submit(t.defineKernel(engine, 'spin', { ...more, timeoutMs: 15 }), [FOR_EVER])
    expectError(await rejectionOf(handle.wait()), 'TaskTimeoutError', '15')
    const { timeoutCount, failedTasks } = engine.snapshot()
    assert.deepEqual([timeoutCount, failedTasks], [1, 1])
    // the worker is free again
    assert.equal(await engine.submit(t.defineKernel(engine, 'add'), [1, 1]).wait(), 2)
  }),
  ...onBothWays('a running kernel is cancelled, and its worker is free again', async (t, more) => {
    const engine = await startEngine(t)
    const started = nextEvent(engine, 'started')
    const handle = engine.submit(t.defineKernel(engine, 'spin', more), [FOR_EVER])
    await started
    assert.equal(handle.status, 'running')
    assert.equal(handle.cancel('enough'), true)
    assert.equal(handle.status, 'cancelled')
    assert.equal(handle.cancel(), false)
    expectError(await rejectionOf(handle.wait()), 'TaskCancelledError', 'enough')
    assert.equal(await engine.submit(t.defineKernel(engine, 'add', more), [1, 1]).wait(), 2)
    const { cancelledTasks, completedTasks, lateRuns } = engine.snapshot()
    assert.deepEqual([cancelledTasks, completedTasks, lateRuns], [1, 1, 0])
  }),
  ...onBothWays('a waiting kernel is cancelled and never runs', async (t, more) => {
    const engine = await startEngine(t)
    const blockers = await occupyWorkers(t, engine, 1)
    const started = recordEvents(engine, ['started'])
    const handle = engine.submit(t.defineKernel(engine, 'add', more), [1, 1])
    const delayed = engine.submit(t.defineKernel(engine, 'add', { ...more, delayMs: 60_000 }), [1, 1])
    assert.equal(delayed.status, 'scheduled')
    assert.deepEqual([handle.cancel(), delayed.cancel()], [true, true])
    free(blockers)
    assert.deepEqual(
      (await allSettled([handle, delayed])).map(({ status }) => status),
      ['cancelled', 'cancelled'],
    )
    await engine.submit(t.defineKernel(engine, 'add'), [1, 1]).wait()
    assert.equal(started.filter(({ taskId }) => taskId === handle.taskId).length, 0)
    assert.equal(engine.snapshot().cancelledTasks, 3)
  }),
  {
    name: 'a kernel that is not started in time expires',
    needs,
    run: async (t) => {
      const engine = await startEngine(t)
      const blockers = await occupyWorkers(t, engine, 1)
      const handle = engine.submit(t.defineKernel(engine, 'add', { expireAfterMs: 10 }), [1, 1])
      const outcome = await settled(handle)
      assert.equal(outcome.status, 'expired')
      free(blockers)
    },
  },
]
