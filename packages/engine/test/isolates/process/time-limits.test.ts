// Attempts that run too long or are cancelled: a body that gives way keeps its process, any other loses it.
import { afterEach, describe, expect, test } from 'vitest'
import { TaskCancelledError, TaskTimeoutError } from '@catzilla/engine'
import { childrenOf, errorOf, gone, nextEvent, startProcesses, stopAll, workerOf } from './process-engine.ts'

afterEach(stopAll)

const pidOf = (): number => process.pid

const loop = (): never => {
  for (;;) continue
}

/** Ends when its signal aborts, with what it was told. */
const obedient = (): Promise<unknown> => {
  const storage = (globalThis as Record<symbol, unknown>)[Symbol.for('@catzilla/engine/task-context')] as {
    getStore(): { context: { signal: AbortSignal } }
  }
  const { signal } = storage.getStore().context
  const state = globalThis as { reason?: unknown }
  return new Promise((resolve) => {
    const timer = setInterval(() => {}, 1000)
    signal.addEventListener('abort', () => {
      clearInterval(timer)
      state.reason = [(signal.reason as Error).name, (signal.reason as Error).message]
      resolve('given up')
    })
  })
}

/** Neither ends nor blocks. */
const deaf = (): Promise<never> => new Promise(() => setInterval(() => {}, 1000))

describe('an endless loop', () => {
  test('is killed at its deadline, and its process replaced', async () => {
    const { engine, run } = await startProcesses({ maxProcesses: 1 })
    const before = await run(pidOf).wait()
    const handle = run(loop, [], { timeoutMs: 50 })
    const next = run(pidOf)
    const error = await errorOf(handle)
    expect(error).toBeInstanceOf(TaskTimeoutError)
    expect(error.message).toContain('50')
    expect(await next.wait()).not.toBe(before)
    expect(childrenOf(process.pid)).not.toContain(before)
    expect(engine.snapshot()).toMatchObject({ timeoutCount: 1, failedTasks: 1, lateRuns: 0 })
  })

  test('is killed when it is cancelled', async () => {
    const { engine, run } = await startProcesses({ maxProcesses: 1 })
    const started = nextEvent(engine, 'started')
    const handle = run(loop)
    await started
    const pid = workerOf(handle)
    expect(handle.cancel('enough')).toBe(true)
    expect(await errorOf(handle)).toBeInstanceOf(TaskCancelledError)
    await gone(pid)
    expect(await run(pidOf).wait()).not.toBe(pid)
    expect(engine.snapshot()).toMatchObject({ cancelledTasks: 1, lateRuns: 0 })
  })

  test('is killed when it is cancelled before the engine has heard that it began', async () => {
    const { engine, run } = await startProcesses({ maxProcesses: 1 })
    const pid = (await run(pidOf).wait()) as number
    const handle = run(loop, [], { concurrency: 1 }, 'limited')
    // two microtasks: it was sent, and nothing can have come back
    await Promise.resolve()
    await Promise.resolve()
    expect(handle.status).toBe('pending')
    expect(handle.cancel()).toBe(true)
    await gone(pid)
    expect(await run(pidOf, [], { concurrency: 1 }, 'limited').wait()).not.toBe(pid)
    expect(engine.snapshot()).toMatchObject({ cancelledTasks: 1, lateRuns: 0 })
  })

  test('ends with its engine', async () => {
    const { engine, run } = await startProcesses({ maxProcesses: 1 })
    const started = nextEvent(engine, 'started')
    const handle = run(loop, [], { timeoutMs: Infinity })
    await started
    const { abandoned } = await engine.stop({ waitForCompletion: true, timeoutMs: 1 })
    expect(abandoned.map(({ taskId }) => taskId)).toEqual([handle.taskId])
    expect(childrenOf(process.pid)).toEqual([])
  })
})

// a busy machine is no reason to be taken for blocked
const patient = { ackMs: 20_000 }

describe('a body that looks at its signal', () => {
  test('keeps its process, and is told why', async () => {
    const { engine, run } = await startProcesses({ maxProcesses: 1 }, patient)
    const before = await run(pidOf).wait()
    const handle = run(obedient, [], { timeoutMs: 50, cancelGraceMs: 20_000 })
    expect(await errorOf(handle)).toBeInstanceOf(TaskTimeoutError)
    const look = (): unknown => [process.pid, (globalThis as { reason?: unknown }).reason]
    const [pid, [name, message]] = (await run(look).wait()) as [number, [string, string]]
    expect([pid, name]).toEqual([before, 'TaskTimeoutError'])
    expect(message).toContain('50')
    expect(engine.snapshot().lateRuns).toBe(0)
  })

  test('hears of a cancellation', async () => {
    const { engine, run } = await startProcesses({ maxProcesses: 1 }, patient)
    const before = await run(pidOf).wait()
    const started = nextEvent(engine, 'started')
    const handle = run(obedient, [], { cancelGraceMs: 20_000 })
    await started
    handle.cancel('enough')
    expect(await run(pidOf).wait()).toBe(before)
  })
})

test('a body that neither ends nor blocks has its grace, and no more', async () => {
  const { engine, run } = await startProcesses({ maxProcesses: 1 })
  const before = await run(pidOf).wait()
  const handle = run(deaf, [], { timeoutMs: 20, cancelGraceMs: 30 })
  expect(await errorOf(handle)).toBeInstanceOf(TaskTimeoutError)
  expect(engine.snapshot().lateRuns).toBe(1)
  expect(await run(pidOf).wait()).not.toBe(before)
  expect(engine.snapshot().lateRuns).toBe(0)
})

test('a result that came in time counts, however busy the event loop was that should have read it', async () => {
  const { run } = await startProcesses({ maxProcesses: 1 })
  await run(pidOf).wait()
  const handle = run(() => 'in time', [], { timeoutMs: 500 })
  // sent, and then nothing is read for longer than the limit
  await Promise.resolve()
  await Promise.resolve()
  const until = performance.now() + 700
  while (performance.now() < until) continue
  expect(await handle.wait()).toBe('in time')
  expect(handle.stats().executionTimeMs).toBeLessThan(500)
})
