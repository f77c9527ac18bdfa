// What the engine counts while it works. Rates come from one-second buckets over the last ten seconds.
import type { TaskPriority } from '../contract/task.ts'
import type { Lane } from './lane.ts'
import { RecentRuns } from './recent-runs.ts'
import { RunJournal } from './run-journal.ts'
import type { RunState } from './run-state.ts'
import type { TaskRecord } from './task-record.ts'
import { SeriesTable } from './task-series.ts'

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
  readonly #recent: RecentRuns
  readonly #journal: RunJournal
  readonly #startedAt: number
  /** Whether waits and runs are recorded. They are, but where it is to be found out what that costs. */
  measures = true

  constructor(now: number) {
    this.#startedAt = now
    this.#recent = new RecentRuns(now)
    this.#journal = new RunJournal(this.series, this.#recent)
  }

  /** One attempt ended; `processed` is 1 when the task ended with it, 0 when it will be retried. */
  recordRun(record: TaskRecord, run: RunState, processed: 0 | 1): void {
    if (this.measures) this.#journal.add(record, run, processed)
  }

  /** To be called before figures are read. */
  bringUpToDate(lanes: readonly Lane[]): void {
    if (this.measures) this.#journal.bringUpToDate(lanes)
  }

  /** Tasks of the class that started later than its target. */
  breaches(priority: TaskPriority): number {
    return this.#journal.breaches(priority)
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
