// What happened in the last ten seconds, in buckets of a second: rates and utilisation are worked out from it.

const WINDOW_SECONDS = 10

export class RecentRuns {
  readonly #processedPerSecond = new Float64Array(WINDOW_SECONDS)
  readonly #busyMsPerSecond = new Float64Array(WINDOW_SECONDS)
  readonly #startedAt: number
  #second = 0
  #secondEndsAt = 0

  /** @param now when there was nothing to count yet */
  constructor(now: number) {
    this.#startedAt = now
  }

  /** Runs ended: `processed` tasks ended with them, the others will be retried. */
  add(now: number, executionMs: number, processed: number): void {
    const bucket = this.#turnTo(now)
    // a long run counts as far as the window reaches
    const busyMs = executionMs < 1000 ? executionMs : Math.min(executionMs, this.#windowMs(now))
    this.#processedPerSecond[bucket] = (this.#processedPerSecond[bucket] ?? 0) + processed
    this.#busyMsPerSecond[bucket] = (this.#busyMsPerSecond[bucket] ?? 0) + busyMs
  }

  /** The first `many` runs of two lists, in the order in which they ended. Each ended its task. */
  addAll(ends: Float64Array, runs: Float64Array, many: number): void {
    const last = ends[many - 1] ?? 0
    if (last >= this.#secondEndsAt) {
      for (let each = 0; each < many; each++) this.add(ends[each] ?? 0, runs[each] ?? 0, 1)
      return
    }
    const bucket = this.#turnTo(last)
    let busyMs = 0
    for (let each = 0; each < many; each++) {
      const executionMs = runs[each] ?? 0
      busyMs += executionMs < 1000 ? executionMs : Math.min(executionMs, this.#windowMs(last))
    }
    this.#processedPerSecond[bucket] = (this.#processedPerSecond[bucket] ?? 0) + many
    this.#busyMsPerSecond[bucket] = (this.#busyMsPerSecond[bucket] ?? 0) + busyMs
  }

  tasksPerSecond(now: number): number {
    this.#turnTo(now)
    return (total(this.#processedPerSecond) * 1000) / this.#windowMs(now)
  }

  /** @param runningSince when each attempt that still runs was started */
  utilization(now: number, slots: number, runningSince: readonly number[]): number {
    this.#turnTo(now)
    const windowMs = this.#windowMs(now)
    const running = runningSince.reduce((sum, startedAt) => sum + Math.min(now - startedAt, windowMs), 0)
    return Math.min(1, (total(this.#busyMsPerSecond) + running) / (slots * windowMs))
  }

  /** The time the buckets cover: nine full seconds and the present one, less when the engine is younger. */
  #windowMs(now: number): number {
    const covered = (WINDOW_SECONDS - 1) * 1000 + (now % 1000)
    return Math.max(1, Math.min(covered, now - this.#startedAt))
  }

  /** Empties the buckets of seconds that have passed and gives the present one. */
  #turnTo(now: number): number {
    if (now < this.#secondEndsAt) return this.#second % WINDOW_SECONDS
    const second = Math.floor(now / 1000)
    for (let step = Math.min(second - this.#second, WINDOW_SECONDS); step > 0; step--) {
      const bucket = (second - step + 1) % WINDOW_SECONDS
      this.#processedPerSecond[bucket] = 0
      this.#busyMsPerSecond[bucket] = 0
    }
    this.#second = second
    this.#secondEndsAt = (second + 1) * 1000
    return second % WINDOW_SECONDS
  }
}

function total(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}
