// Counters as they were at each second of the last minute: rates are differences between two of them.
import type { EngineStatistics, Rates } from '@catzilla/engine'

/** Seconds that are kept. */
const KEPT = 60

export interface Counters {
  /** Monotonic milliseconds. */
  readonly at: number
  readonly submitted: number
  readonly completed: number
  readonly failed: number
  readonly retried: number
}

export function countersOf(stats: EngineStatistics, at: number): Counters {
  return {
    at,
    submitted: stats.submittedTasks,
    completed: stats.completedTasks,
    failed: stats.failedTasks,
    retried: stats.retryCount,
  }
}

export class CounterHistory {
  readonly #kept: [Counters, ...Counters[]]

  /**
   * Counters begin with their engine, at 0: what happened before anybody looked is known as a whole.
   * @param uptimeMs age of the engine
   */
  constructor(first: Counters, uptimeMs: number) {
    this.#kept = [{ at: first.at - uptimeMs, submitted: 0, completed: 0, failed: 0, retried: 0 }, first]
  }

  add(counters: Counters): void {
    this.#kept.push(counters)
    // one more than a minute of them, so that the oldest is a minute old
    if (this.#kept.length > KEPT + 1) this.#kept.shift()
  }

  /** Those whose age is nearest to so many milliseconds; of two, the older ones. */
  near(now: number, ageMs: number): Counters {
    const off = ({ at }: Counters): number => Math.abs(now - ageMs - at)
    return this.#kept.reduce((nearest, each) => (off(each) < off(nearest) ? each : nearest))
  }
}

/** What happened from one moment to another. All rates are 0 where no time has passed. */
export function ratesBetween(from: Counters, to: Counters): Rates {
  const seconds = (to.at - from.at) / 1000
  const rate = (key: 'submitted' | 'completed' | 'failed' | 'retried'): number =>
    seconds > 0 ? (to[key] - from[key]) / seconds : 0
  return {
    submitted: rate('submitted'),
    completed: rate('completed'),
    failed: rate('failed'),
    retried: rate('retried'),
  }
}
