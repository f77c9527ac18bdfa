// Percentiles against exact ones, worked out from what the events told of each attempt: within 1 %.
import type { EngineEvents } from '@catzilla/engine'
import { describe, expect, test } from 'vitest'
import { callOf, engineNames, startEngine, watch } from './engines.ts'

const TASKS = 400

function percentile(sorted: readonly number[], ratio: number): number {
  return sorted[Math.max(0, Math.ceil(ratio * sorted.length) - 1)] ?? 0
}

/** An event and the record may read a clock each, a moment apart. */
const READ_APART_MS = 0.002

function expectPercentiles(
  found: { p50Ms: number; p95Ms: number; p99Ms: number; maxMs: number },
  samples: number[],
): void {
  const sorted = samples.toSorted((a, b) => a - b)
  for (const [ratio, ms] of [
    [0.5, found.p50Ms],
    [0.95, found.p95Ms],
    [0.99, found.p99Ms],
    [1, found.maxMs],
  ] as const) {
    const exact = percentile(sorted, ratio)
    expect(Math.abs(ms - exact), `p${ratio * 100}: ${ms} for ${exact}`).toBeLessThanOrEqual(
      exact * 0.01 + READ_APART_MS,
    )
  }
}

const kernels = { typescript: undefined, native: { name: 'spin' } } as const

describe.each(engineNames)('on the %s engine', (name) => {
  test('waits and run times of a class, and of a name, are exact to 1 %', async () => {
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
    const { priorities, names } = monitor.getStats()
    expect([waits.length, runs.length]).toEqual([TASKS, TASKS])
    expectPercentiles(priorities.high.wait, waits)
    expectPercentiles(priorities.high.execution.total, runs)
    expectPercentiles(priorities.high.execution.recent, runs)
    expectPercentiles(names['spin']?.wait.total ?? expect.fail(), waits)
    expectPercentiles(names['spin']?.execution.total ?? expect.fail(), runs)
  })
})
