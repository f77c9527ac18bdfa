// Where runs are kept so that they outlive a crash: what a store must do, and nothing of how.
import type { RunEnd, RunEvent } from './decide/events.ts'

/** What a run began with. */
export interface RunRecord {
  readonly runId: string
  readonly workflow: string
  /** Of the graph: a run is taken up again only with the graph it began with. */
  readonly fingerprint: string
  readonly input: unknown
  /** Epoch milliseconds. */
  readonly createdAt: number
  /** The run of which this one is a step. */
  readonly parentRunId: string | null
  /** The run that this one repeats. */
  readonly retryOf: string | null
}

export interface StoredRun {
  readonly record: RunRecord
  /** In the order in which they were appended. */
  readonly events: readonly RunEvent[]
}

/**
 * Keeps the records of runs. Each call is atomic: after a crash it has happened or it has not. A run does nothing about an
 * event before `append` has settled, so that what is done is always known. Synchronous stores answer at once.
 */
export interface WorkflowStore {
  /** A run begins. */
  create(record: RunRecord): void | Promise<void>
  /** Adds events to the end of a run's record. */
  append(runId: string, events: readonly RunEvent[]): void | Promise<void>
  /** A run is over: it will not be taken up again. Its record, and those of its steps, stay as long as the store likes. */
  finish(runId: string, end: RunEnd): void | Promise<void>
  /** Undefined when there is none. */
  load(runId: string): StoredRun | undefined | Promise<StoredRun | undefined>
  /**
   * Runs that are not over, those that are steps of others left out. A store may put aside, with a warning, those that were
   * asked for again and again and came no further: one of their steps may be what ends the process.
   * @param all those put aside too
   */
  unfinished(all?: boolean): readonly RunRecord[] | Promise<readonly RunRecord[]>
}
