// What the engine counts while it works. Rates come from one-second buckets over the last ten seconds.
import type { TaskMeasurements } from '../contract/measurements.ts'
import { classTargetsMs } from '../contract/task.ts'
import type { TaskPriority } from '../contract/task.ts'
import { DurationHistogram, bucketOf } from '../support/duration-histogram.ts'
import type { ForeignBuckets } from '../support/duration-histogram.ts'
import { RecentRuns } from './recent-runs.ts'
import { SeriesTable } from './task-series.ts'
import type { TaskSeries } from './task-series.ts'

type ByClass = readonly [DurationHistogram, DurationHistogram, DurationHistogram, DurationHistogram]

/** Histograms, by class, of a lane that keeps its own books. */
type Others = readonly ForeignBuckets[]

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
  /** By name, lane and class; of lanes with their own books too. */
  readonly series: SeriesTable = new SeriesTable()
  readonly #waits: ByClass = histogramsByClass()
  readonly #runs: ByClass = histogramsByClass()
  readonly #breaches: [number, number, number, number] = [0, 0, 0, 0]
  readonly #recent: RecentRuns
  readonly #startedAt: number

  constructor(now: number) {
    this.#startedAt = now
    this.#recent = new RecentRuns(now)
  }

  recordWait(series: TaskSeries, waitMs: number): void {
    const { priority, wait } = series
    const bucket = bucketOf(waitMs)
    wait.recordAt(bucket, waitMs)
    this.#waits[priority].recordAt(bucket, waitMs)
    if (waitMs > (classTargetsMs[priority] ?? 0)) this.#breaches[priority]++
  }

  /** One attempt ended; `processed` is 1 when the task ended with it, 0 when it will be retried. */
  recordRun(series: TaskSeries, now: number, executionMs: number, processed: 0 | 1): void {
    const bucket = bucketOf(executionMs)
    series.execution.recordAt(bucket, executionMs)
    this.#runs[series.priority].recordAt(bucket, executionMs)
    this.#recent.add(now, executionMs, processed)
  }

  execution(others: Others = []): DurationHistogram {
    return together(this.#runs, others)
  }

  wait(others: Others = []): DurationHistogram {
    return together(this.#waits, others)
  }

  classWait(priority: TaskPriority, others: Others = []): DurationHistogram {
    return withOther(this.#waits[priority], others[priority])
  }

  classMeasurements(priority: TaskPriority, waits: Others = [], runs: Others = []): TaskMeasurements {
    return { wait: this.classWait(priority, waits), execution: withOther(this.#runs[priority], runs[priority]) }
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

function histogramsByClass(): ByClass {
  return [new DurationHistogram(), new DurationHistogram(), new DurationHistogram(), new DurationHistogram()]
}

/** All classes together: histograms add up exactly, averages would not. */
function together(own: ByClass, others: Others): DurationHistogram {
  const used = own.filter(({ count }) => count > 0)
  const filled = others.filter(({ count }) => count > 0)
  const [only] = used
  if (only !== undefined && used.length === 1 && filled.length === 0) return only
  const sum = new DurationHistogram()
  for (const each of used) sum.add(each)
  for (const each of filled) sum.addForeign(each)
  return sum
}

function withOther(own: DurationHistogram, other: ForeignBuckets | undefined): DurationHistogram {
  return other === undefined || other.count === 0 ? own : own.mark().addForeign(other)
}
