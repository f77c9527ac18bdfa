// A pool of workers on a virtual clock, which the decisions of the auto-scaler drive: a queue, and workers that take from it.
import type { ScalingDecision } from '@catzilla/engine'
import { resolveScalingOptions } from '../src/options.ts'
import type { ScalingOptions } from '../src/options.ts'
import { decide, freshState } from '../src/scaling/decide.ts'

/** Tasks that a worker does in a second. */
export const TASKS_PER_WORKER = 10
const QUEUE_SIZE = 1000
/** Seconds over which utilisation is seen, as by engines. */
const SEEN_SECONDS = 10

export interface Simulated {
  readonly changes: readonly (ScalingDecision & { readonly second: number })[]
  /** Workers by second. */
  readonly workers: readonly number[]
  /** Waiting tasks by second. */
  readonly queued: readonly number[]
}

interface Bounds {
  readonly least: number
  readonly most: number
}

/** Runs the load, and then idles for five minutes. */
export function simulate(
  arrivals: readonly number[],
  { least, most }: Bounds,
  options: ScalingOptions = {},
): Simulated {
  const terms = resolveScalingOptions({ cpuCount: 64, ...options })
  const changes: Simulated['changes'][number][] = []
  const [workersAt, queuedAt, busyAt]: [number[], number[], number[]] = [[], [], []]
  let [workers, queued, state] = [least, 0, freshState]
  for (const [second, coming] of [...arrivals, ...Array.from({ length: 300 }, () => 0)].entries()) {
    const capacity = workers * TASKS_PER_WORKER
    const done = Math.min(queued + coming, capacity)
    const late = queued > 0 ? 1 : 0
    queued = Math.min(QUEUE_SIZE, queued + coming - done)
    busyAt.push(done / capacity)
    const seen = busyAt.slice(-SEEN_SECONDS)
    const sample = {
      now: second * 1000,
      at: second * 1000,
      workers,
      paused: false,
      active: Math.ceil(done / TASKS_PER_WORKER),
      queued: Math.round(queued),
      queuePressure: queued / QUEUE_SIZE,
      breachRatio: done > 0 ? late : 0,
      utilization: seen.reduce((sum, busy) => sum + busy, 0) / seen.length,
      least,
      most,
    }
    const decided = decide(state, sample, terms)
    state = decided.state
    if (decided.decision.action !== 'stay') changes.push({ ...decided.decision, second })
    workers = decided.decision.to
    workersAt.push(workers)
    queuedAt.push(queued)
  }
  return { changes, workers: workersAt, queued: queuedAt }
}
