// What the engine does to an attempt that it has given up: it stops that attempt, and nothing that comes after it, in the
// same slot, the same thread or the same task.
import { rejectionOf } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { TaskCancelledError, TaskTimeoutError } from '../../../src/contract/errors.ts'
import type { TaskEngine } from '../../../src/contract/task-engine.ts'
import type { TaskCall } from '../../../src/contract/task.ts'
import { blockAtGate, openGate, shutGates, until, waitAtGate } from './gates.ts'
import { bodyOf, engineKinds, startWith, threadCall } from './thread-engines.ts'

const double = (n: number): number => n * 2
const endless = (): never => {
  for (;;);
}
/** Its event loop turns, but it does not care for its signal. */
const deaf = (): Promise<never> => new Promise(() => setInterval(() => {}, 1000))
const atOnce = { maxRetries: 1, retryBackoff: 'none', retryDelayMs: 0 } as const

describe.each(engineKinds)('the thread lane of the %s engine', (_, make) => {
  const start = (options = {}): Promise<TaskEngine> => startWith(make, options)

  const polite: TaskCall = bodyOf('./bodies.mjs', 'endsWhenAborted', { cancelGraceMs: 100 })
  const blocked = threadCall(blockAtGate, { cancelGraceMs: 100 })
  test.each([
    ['heard of it and ended', polite, deaf],
    ['did not hear of it but ended', blocked, endless],
  ])('a cancelled body that %s leaves alone what runs next in its place', async (__, call, witness) => {
    const engine = await start({ maxThreads: 2 })
    const gates = shutGates(3)
    const first = engine.submit(call, [gates, 0])
    const later = engine.submit(threadCall(witness, { cancelGraceMs: 100 }), [])
    await until(() => first.status === 'running' && later.status === 'running')
    first.cancel()
    openGate(gates, 0)
    await until(() => engine.snapshot().lateRuns === 0)
    const next = engine.submit(threadCall(waitAtGate), [gates, 1, 2])
    await until(() => next.status === 'running')
    // one that was cancelled later is stopped: the moment to stop the first one is over
    later.cancel()
    await until(() => engine.snapshot().lateRuns === 0)
    openGate(gates, 1)
    expect(await next.wait()).toBe('let through')
    expect(Atomics.load(gates, 2)).toBe(1)
  })

  test('a task that is cancelled while it waits for its second attempt never runs again, and settles once', async () => {
    const engine = await start({ maxThreads: 1 })
    const gates = shutGates(3)
    const failing = threadCall((words: Int32Array) => {
      if (Atomics.add(words, 2, 1) > 0) return
      Atomics.wait(words, 0, 0)
      throw new Error('the first attempt')
    }, atOnce)
    const handle = engine.submit(failing, [gates])
    const settled: string[] = []
    handle.onSettled(({ status }) => settled.push(status))
    await until(() => Atomics.load(gates, 2) === 1)
    const urgent = engine.submit(threadCall(blockAtGate, { priority: 'critical' }), [gates, 1])
    openGate(gates, 0)
    await until(() => urgent.status === 'running' && handle.status === 'pending')
    expect(handle.cancel()).toBe(true)
    openGate(gates, 1)
    await urgent.wait()
    await engine.submit(threadCall(double, { priority: 'low' }), [1]).wait()
    expect(await rejectionOf(handle.wait())).toBeInstanceOf(TaskCancelledError)
    expect([settled, handle.status, Atomics.load(gates, 2)]).toEqual([['cancelled'], 'cancelled', 1])
    const { completedTasks, cancelledTasks, failedTasks, totalQueued } = engine.snapshot()
    expect([completedTasks, cancelledTasks, failedTasks, totalQueued]).toEqual([2, 1, 0, 0])
  })

  test('a second attempt that follows at once is ended when its time is over', async () => {
    const engine = await start({ maxThreads: 1 })
    const handle = engine.submit(bodyOf('./bodies.mjs', 'throwsThenLoops', { ...atOnce, timeoutMs: 50 }), [])
    expect(await rejectionOf(handle.wait())).toBeInstanceOf(TaskTimeoutError)
    expect(handle.stats().retries).toBe(1)
    expect(await engine.submit(threadCall(double), [4]).wait()).toBe(8)
  })

  test('waitSync gets the result of a task that waits behind one whose thread has to be ended', async () => {
    const engine = await start({ maxThreads: 1 })
    await engine.submit(threadCall(double), [1]).wait()
    const stuck = engine.submit(threadCall(endless, { timeoutMs: 50 }), [])
    const next = engine.submit(threadCall(double), [21])
    expect(next.waitSync?.(50_000)).toBe(true)
    expect(next.outcome).toEqual({ status: 'completed', value: 42 })
    expect(await rejectionOf(stuck.wait())).toBeInstanceOf(TaskTimeoutError)
  })
})
