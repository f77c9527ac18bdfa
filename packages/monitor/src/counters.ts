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
  readonly #kept: Counters[] = []

  constructor(first: Counters) {
    this.#kept.push(first)
  }

  add(counters: Counters): void {
    this.#kept.push(counters)
    // one more than a minute of them, so that the oldest is a minute old
    if (this.#kept.length > KEPT + 1) this.#kept.shift()
  }

  /** The latest that are at least so many milliseconds old, or the first ones. */
  before(now: number, ageMs: number): Counters {
    const found = this.#kept.findLast(({ at }) => at <= now - ageMs) ?? this.#kept[0]
    if (found === undefined) throw new Error('there is always a first one')
    return found
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
