// Percentiles against exact ones, worked out from what the events told of each attempt: within 1 %.
import type { Distribution, EngineEvents } from '@catzilla/engine'
import type { MeasuredTasks } from '@catzilla/monitor'
import { describe, expect, test } from 'vitest'
import { callOf, engineNames, startEngine, watch } from './engines.ts'

const TASKS = 400

/** What events tell is rounded to fractions of a microsecond. */
const ROUNDING_MS = 0.002

function expectPercentiles(found: Distribution, samples: readonly number[]): void {
  const sorted = samples.toSorted((a, b) => a - b)
  for (const [ratio, ms] of [
    [0.5, found.p50Ms],
    [0.95, found.p95Ms],
    [0.99, found.p99Ms],
    [1, found.maxMs],
  ] as const) {
    const rank = Math.ceil(ratio * sorted.length) - 1
    const exact = sorted[rank] ?? 0
    expect(ms, `p${ratio * 100} of ${exact}`).toBeGreaterThanOrEqual(exact * 0.99 - ROUNDING_MS)
    expect(ms, `p${ratio * 100} of ${exact}`).toBeLessThanOrEqual(exact * 1.01 + ROUNDING_MS)
  }
}

function given(found: Partial<MeasuredTasks> | undefined): MeasuredTasks {
  const { wait, execution } = found ?? {}
  if (wait === undefined || execution === undefined) throw new Error('nothing was measured')
  return { wait, execution }
}

const kernels = { typescript: undefined, native: { name: 'spin' } } as const

describe.each(engineNames)('on the %s engine', (name) => {
  test('waits and run times of a class, a lane and a name are exact to 1 %, of late and since the start', async () => {
    const engine = await startEngine(name, { inlineConcurrency: 4 })
    const monitor = watch(engine)
    const waits: number[] = []
    const runs: number[] = []
    engine.subscribe(['started', 'completed'], (event: EngineEvents['started'] | EngineEvents['completed']) => {
      if (event.type === 'started') waits.push(event.waitTimeMs)
      else runs.push(event.executionTimeMs)
    })
    const kernel = kernels[name]
    const spin = (us: number): void => {
      for (const until = performance.now() + us / 1000; performance.now() < until;) continue
    }
    const base = callOf('spin', spin, { priority: 'high', ...(kernel === undefined ? {} : { lane: 'native' }) })
    const call = kernel === undefined ? base : { ...base, kernel }
    const handles = engine.submitMany(
      call,
      Array.from({ length: TASKS }, (_, n) => [(n % 20) * 20]),
    )
    await Promise.all(handles.map((handle) => handle.wait()))
    await new Promise((resolve) => setImmediate(resolve))
    const { priorities, lanes, names } = monitor.getStats()
    expect([waits.length, runs.length]).toEqual([TASKS, TASKS])
    const { high } = priorities
    const ofClass = { wait: { total: high.wait, recent: high.recentWait }, execution: high.execution }
    for (const { wait, execution } of [ofClass, lanes[kernel === undefined ? 'inline' : 'native'], names['spin']].map(
      given,
    )) {
      for (const found of [wait.total, wait.recent]) expectPercentiles(found, waits)
      for (const found of [execution.total, execution.recent]) expectPercentiles(found, runs)
    }
  })
})
