// Figures add up at any instant: four submitters at once, every way to end, on every lane that this machine has.
import { QueueFullError } from '@catzilla/engine'
import type { EngineStatistics, TaskCall, TaskEngine, TaskHandle } from '@catzilla/engine'
import { describe, expect, test } from 'vitest'
import { callOf, engineNames, startEngine, watch } from './engines.ts'
import type { EngineName } from './engines.ts'
import { noise } from './load-shapes.ts'

const SEED = Number(process.env['CATZILLA_SEED'] ?? 20_261_122)
const TASKS = 1500

const failing = (): never => {
  throw new Error('bad end')
}

/** A turn of the event loop: what has come from threads is seen, timers ring. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function callsOf(name: EngineName): TaskCall[] {
  const retried = { maxRetries: 2, retryDelayMs: 1, retryBackoff: 'fixed', retryJitter: 0 } as const
  const inline = [
    callOf('now', () => 1, { priority: 'high' }),
    callOf('soon', () => turn(), { priority: 'low' }),
    callOf('fails', failing, { priority: 'critical' }),
    callOf('fails-again', failing, retried),
    callOf('delayed', () => 1, { delayMs: 2 }),
    callOf('expires', () => 1, { expireAfterMs: 1, priority: 'low' }),
    callOf('limited', () => turn(), { concurrency: 2 }),
    callOf('slow', () => new Promise(() => {}), { timeoutMs: 1 }),
    callOf('threaded', (n: number) => n, { lane: 'thread' }),
  ]
  const kernel = { ...callOf('added', (a: number, b: number) => a + b, { lane: 'native' }), kernel: { name: 'add' } }
  const spun = { ...callOf('spun', () => 0, { lane: 'native', ...retried }), kernel: { name: 'spin' } }
  return name === 'native' ? [...inline, kernel, spun] : inline
}

function argumentsOf({ name }: TaskCall): readonly unknown[] {
  if (name === 'added') return [1, 2]
  // less than nothing: the kernel refuses, and is tried again
  return name === 'spun' ? [-1] : [1]
}

function expectSum(figures: EngineStatistics): void {
  const { totalQueued, runningTasks, completedTasks, failedTasks, cancelledTasks, expiredTasks } = figures
  const sum = totalQueued + runningTasks + completedTasks + failedTasks + cancelledTasks + expiredTasks
  expect({ submitted: sum, ...figures }).toMatchObject({ submitted: figures.submittedTasks })
  const waiting = figures.priorities.reduce((count, { queued }) => count + queued, figures.scheduledTasks)
  expect(waiting).toBe(totalQueued)
}

/** Submits at random, cancels some, and looks at the figures in between. */
async function submitter(engine: TaskEngine, calls: readonly TaskCall[], random: () => number): Promise<TaskHandle[]> {
  const handles: TaskHandle[] = []
  for (let left = TASKS; left > 0; left--) {
    const call = calls[Math.floor(random() * calls.length)]
    if (call === undefined) continue
    try {
      const handle = engine.submit(call, argumentsOf(call))
      handles.push(handle)
      if (random() < 0.1) handle.cancel()
    } catch (error) {
      if (!(error instanceof QueueFullError)) throw error
      await engine.room()
    }
    if (random() < 0.05) expectSum(engine.snapshot())
    if (random() < 0.2) await turn()
  }
  return handles
}

describe.each(engineNames)(`on the %s engine (seed ${SEED})`, (name) => {
  test('submitted tasks wait, run or have ended, at any instant', async () => {
    const engine = await startEngine(name, { queueSize: 500, inlineConcurrency: 8, maxThreads: 2 })
    const monitor = watch(engine)
    const calls = callsOf(name)
    const submitters = [1, 2, 3, 4].map((number) => submitter(engine, calls, noise(SEED + number)))
    const handles = (await Promise.all(submitters)).flat()
    await Promise.all(handles.map((handle) => handle.wait().catch(() => {})))
    await engine.drain()
    const figures = engine.snapshot()
    expectSum(figures)
    expect(figures).toMatchObject({ submittedTasks: handles.length, totalQueued: 0, runningTasks: 0 })
    const names = Object.values(monitor.getStats().names)
    for (const [of, flat] of [
      ['submitted', 'submittedTasks'],
      ['completed', 'completedTasks'],
      ['failed', 'failedTasks'],
      ['cancelled', 'cancelledTasks'],
      ['expired', 'expiredTasks'],
    ] as const) {
      expect([of, names.reduce((sum, each) => sum + each[of], 0)]).toEqual([of, figures[flat]])
    }
  })
})
