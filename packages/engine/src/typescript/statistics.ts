// What the engine counts while it works. Distributions are HDR histograms (the HdrHistogram that ships inside Node),
// in nanoseconds, with three significant figures; rates come from one-second buckets over the last ten seconds.
import { createHistogram } from 'node:perf_hooks'
import type { RecordableHistogram } from 'node:perf_hooks'
import type { ClassStatistics, Distribution } from '../contract/statistics.ts'
import { classTargetsMs } from '../contract/task.ts'

const LONGEST_NS = 86_400_000_000_000
const NS_PER_MS = 1_000_000
const WINDOW_SECONDS = 10

function newHistogram(): RecordableHistogram {
  return createHistogram({ lowest: 1, highest: LONGEST_NS, figures: 3 })
}

/** Values recorded together: a tight loop of native calls costs half of as many single ones. */
const BATCH = 256

/** The distribution of durations in milliseconds. Its histogram is made when first needed: few engines use every class. */
class Durations {
  #histogram: RecordableHistogram | undefined
  readonly #pending = new Float64Array(BATCH)
  #count = 0

  record(ms: number): void {
    this.#pending[this.#count++] = ms
    if (this.#count === BATCH) this.#flush()
  }

  /** All values so far; undefined while there are none. */
  get histogram(): RecordableHistogram | undefined {
    if (this.#count > 0) this.#flush()
    return this.#histogram
  }

  #flush(): void {
    const histogram = (this.#histogram ??= newHistogram())
    for (let index = 0; index < this.#count; index++) {
      const ns = Math.round((this.#pending[index] ?? 0) * NS_PER_MS)
      histogram.record(ns < 1 ? 1 : ns > LONGEST_NS ? LONGEST_NS : ns)
    }
    this.#count = 0
  }
}

function distribution(histogram: RecordableHistogram | undefined): Distribution {
  if (histogram === undefined) return { count: 0, meanMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 }
  return {
    count: histogram.count,
    meanMs: histogram.mean / NS_PER_MS,
    p50Ms: histogram.percentile(50) / NS_PER_MS,
    p95Ms: histogram.percentile(95) / NS_PER_MS,
    p99Ms: histogram.percentile(99) / NS_PER_MS,
    maxMs: histogram.max / NS_PER_MS,
  }
}

export class Statistics {
  submitted = 0
  completed = 0
  failed = 0
  cancelled = 0
  expired = 0
  retried = 0
  timedOut = 0
  rejected = 0
  unobservedFailures = 0
  lateRuns = 0
  readonly #execution = new Durations()
  readonly #waits = [new Durations(), new Durations(), new Durations(), new Durations()] as const
  readonly #breaches: [number, number, number, number] = [0, 0, 0, 0]
  readonly #processedPerSecond = new Float64Array(WINDOW_SECONDS)
  readonly #busyMsPerSecond = new Float64Array(WINDOW_SECONDS)
  readonly #startedAt: number
  #sum: RecordableHistogram | undefined
  #second = 0
  #secondEndsAt = 0

  constructor(now: number) {
    this.#startedAt = now
  }

  recordWait(priority: 0 | 1 | 2 | 3, waitMs: number): void {
    this.#waits[priority].record(waitMs)
    if (waitMs > (classTargetsMs[priority] ?? 0)) this.#breaches[priority]++
  }

  /** One attempt ended; `processed` is 1 when the task ended with it, 0 when it will be retried. */
  recordRun(now: number, executionMs: number, processed: 0 | 1): void {
    this.#execution.record(executionMs)
    const bucket = this.#turnTo(now)
    // a long run counts as far as the window reaches
    const busyMs = executionMs < 1000 ? executionMs : Math.min(executionMs, this.#windowMs(now))
    this.#processedPerSecond[bucket] = (this.#processedPerSecond[bucket] ?? 0) + processed
    this.#busyMsPerSecond[bucket] = (this.#busyMsPerSecond[bucket] ?? 0) + busyMs
  }

  get execution(): Distribution {
    return distribution(this.#execution.histogram)
  }

  /** All classes together: histograms add up exactly, averages would not. */
  get wait(): Distribution {
    const used = this.#waits.flatMap(({ histogram }) => (histogram === undefined ? [] : [histogram]))
    if (used.length < 2) return distribution(used[0])
    const sum = (this.#sum ??= newHistogram())
    sum.reset()
    for (const histogram of used) sum.add(histogram)
    return distribution(sum)
  }

  classWait(priority: 0 | 1 | 2 | 3): Pick<ClassStatistics, 'wait' | 'targetMs' | 'breaches'> {
    return {
      wait: distribution(this.#waits[priority].histogram),
      targetMs: classTargetsMs[priority] ?? 0,
      breaches: this.#breaches[priority],
    }
  }

  uptimeMs(now: number): number {
    return now - this.#startedAt
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
    return Math.max(1, Math.min(covered, this.uptimeMs(now)))
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
