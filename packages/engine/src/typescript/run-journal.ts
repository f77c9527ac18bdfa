// What attempts took, written down as they end and counted a batch at a time: between one task and the next this costs a few
// stores. No fraction is handed over as an argument on that way: where a call is not inlined, it would take memory of its own,
// and garbage is what costs most while thousands of tasks wait. What runs now is counted when somebody asks.
import type { TaskPriority } from '../contract/task.ts'
import { DurationList } from '../support/duration-histogram.ts'
import type { Lane } from './lane.ts'
import type { RecentRuns } from './recent-runs.ts'
import type { RunState } from './run-state.ts'
import { readyAt } from './task-record.ts'
import type { TaskRecord } from './task-record.ts'
import type { SeriesTable, TaskSeries } from './task-series.ts'

const BATCH = 64

export class RunJournal {
  readonly #recent: RecentRuns
  readonly #table: SeriesTable
  readonly #series = new Int32Array(BATCH)
  readonly #waits = new DurationList(BATCH)
  readonly #runs = new DurationList(BATCH)
  readonly #ends = new Float64Array(BATCH)
  #held = 0
  readonly #breaches: [number, number, number, number] = [0, 0, 0, 0]

  constructor(table: SeriesTable, recent: RecentRuns) {
    this.#table = table
    this.#recent = recent
  }

  /** An attempt ended; `processed` is 1 when the task ended with it, 0 when it will be retried. */
  add(record: TaskRecord, run: RunState, processed: 0 | 1): void {
    if (processed === 0 || run.waitedMs !== null) return this.#addAlone(record, run, processed)
    if (this.#held === BATCH) this.#count()
    const place = this.#held++
    const isPlain = run.extrasOrNull === null && record.timer === null
    this.#series[place] = record.plan.series.index
    this.#waits.ms[place] = run.startedAt - (isPlain ? record.createdAt : readyAt(record))
    this.#runs.ms[place] = run.endedAt - run.startedAt
    this.#ends[place] = run.endedAt
  }

  /** Counts all that has ended, and the waits of what runs: figures are those of this moment from now on. */
  bringUpToDate(lanes: readonly Lane[]): void {
    this.#count()
    for (const { keepsTime, running } of lanes) {
      if (keepsTime) continue
      for (const record of running) if (record.run !== null) this.#addWait(record, record.run)
    }
  }

  /** Tasks of the class that started later than its target. */
  breaches(priority: TaskPriority): number {
    return this.#breaches[priority]
  }

  /** Once for each attempt. */
  #addWait(record: TaskRecord, run: RunState): void {
    if (run.waitedMs !== null) return
    const { priority, targetMs, wait } = record.plan.series
    run.waitedMs = Math.max(0, run.startedAt - readyAt(record))
    wait.record(run.waitedMs)
    if (run.waitedMs > targetMs) this.#breaches[priority]++
  }

  /** Few are: those that will be retried, and those whose wait was counted when somebody asked while they ran. */
  #addAlone(record: TaskRecord, run: RunState, processed: 0 | 1): void {
    const { startedAt, endedAt } = run
    this.#count()
    this.#addWait(record, run)
    record.plan.series.execution.record(endedAt - startedAt)
    this.#recent.add(endedAt, endedAt - startedAt, processed)
  }

  #count(): void {
    const held = this.#held
    this.#held = 0
    for (let from = 0; from < held;) {
      const index = this.#series[from] ?? 0
      let to = from + 1
      while (to < held && this.#series[to] === index) to++
      this.#countOf(this.#table.at(index), from, to)
      from = to
    }
    if (held > 0) this.#recent.addAll(this.#ends, this.#runs.ms, held)
  }

  #countOf({ execution, priority, targetMs, wait }: TaskSeries, from: number, to: number): void {
    execution.recordAll(this.#runs, from, to)
    if (wait.recordAll(this.#waits, from, to) <= targetMs) return
    for (let place = from; place < to; place++) if ((this.#waits.ms[place] ?? 0) > targetMs) this.#breaches[priority]++
  }
}
