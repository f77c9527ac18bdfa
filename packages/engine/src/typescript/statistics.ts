// What the engine counts while it works. Distributions are HDR histograms (the HdrHistogram that ships inside Node),
// in nanoseconds, with three significant figures; rates come from one-second buckets over the last ten seconds.
import { createHistogram } from 'node:perf_hooks'
import type { RecordableHistogram } from 'node:perf_hooks'
import type { Distribution } from '../contract/statistics.ts'
import { classTargetsMs } from '../contract/task.ts'
import type { TaskPriority } from '../contract/task.ts'
import { distributionOf } from './distribution.ts'
import type { BucketHistogram } from './distribution.ts'
import { RecentRuns } from './recent-runs.ts'

const LONGEST_NS = 86_400_000_000_000
const NS_PER_MS = 1_000_000

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
  readonly #recent: RecentRuns
  readonly #startedAt: number
  #sum: RecordableHistogram | undefined

  constructor(now: number) {
    this.#startedAt = now
    this.#recent = new RecentRuns(now)
  }

  recordWait(priority: TaskPriority, waitMs: number): void {
    this.#waits[priority].record(waitMs)
    if (waitMs > (classTargetsMs[priority] ?? 0)) this.#breaches[priority]++
  }

  /** One attempt ended; `processed` is 1 when the task ended with it, 0 when it will be retried. */
  recordRun(now: number, executionMs: number, processed: 0 | 1): void {
    this.#execution.record(executionMs)
    this.#recent.add(now, executionMs, processed)
  }

  /** @param others histograms of lanes that keep their own books */
  execution(others: readonly BucketHistogram[] = []): Distribution {
    return distributionOf(this.#execution.histogram, others)
  }

  /** All classes together: histograms add up exactly, averages would not. */
  wait(others: readonly BucketHistogram[] = []): Distribution {
    const used = this.#waits.flatMap(({ histogram }) => (histogram === undefined ? [] : [histogram]))
    if (used.length < 2) return distributionOf(used[0], others)
    const sum = (this.#sum ??= newHistogram())
    sum.reset()
    for (const histogram of used) sum.add(histogram)
    return distributionOf(sum, others)
  }

  classWait(priority: TaskPriority, others: readonly BucketHistogram[] = []): Distribution {
    return distributionOf(this.#waits[priority].histogram, others)
  }

  /** Tasks of the class that started later than its target. */
  breaches(priority: TaskPriority): number {
    return this.#breaches[priority]
  }

  tasksPerSecond(now: number): number {
    return this.#recent.tasksPerSecond(now)
  }

  /** @param runningSince when each attempt that still runs was started */
  utilization(now: number, slots: number, runningSince: readonly number[]): number {
    return this.#recent.utilization(now, slots, runningSince)
  }

  uptimeMs(now: number): number {
    return now - this.#startedAt
  }
}
