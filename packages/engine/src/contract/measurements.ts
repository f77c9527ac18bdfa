// What an engine measures, told apart by class, lane and name, in a form from which sliding windows can be made.
import type { Distribution } from './statistics.ts'
import type { LaneName } from './task.ts'

/** What was recorded up to a moment; only the engine that made it can read it. */
export interface DurationMark {
  readonly count: number
}

/** Durations that are being recorded. */
export interface DurationRecord {
  /** Of all of them so far. */
  total(): Distribution
  /** How many were at most as long as each of the bounds, which ascend; in milliseconds, and exact to 0.2 % of a bound. */
  upTo(boundsMs: readonly number[]): number[]
  /** Remembers what there is by now, for `since`. */
  mark(): DurationMark
  /** Of those that came after the mark. Its greatest value is exact to 0.4 %. */
  since(mark: DurationMark): Distribution
}

/** Waits and runs of attempts. */
export interface TaskMeasurements {
  readonly wait: DurationRecord
  readonly execution: DurationRecord
}

export interface NameMeasurements extends TaskMeasurements {
  readonly submitted: number
  readonly completed: number
  readonly failed: number
  readonly cancelled: number
  readonly expired: number
}

/** The name under which tasks are measured whose names are too many to be told apart. */
export const OTHER_NAMES = '(other)'

export interface EngineMeasurements {
  /** By class number. */
  readonly priorities: readonly [TaskMeasurements, TaskMeasurements, TaskMeasurements, TaskMeasurements]
  readonly lanes: Readonly<Partial<Record<LaneName, TaskMeasurements>>>
  /** At most some hundreds; of the others `OTHER_NAMES`. */
  readonly names: ReadonlyMap<string, NameMeasurements>
}
