// One attempt of a task of the walk that an isolate runs, or is to run.
import type { RunState } from '../../typescript/run-state.ts'
import type { ThreadPool } from './thread-pool.ts'
import type { ThreadRecord } from './thread-record.ts'

/** What is to become of it: wanted as it is, called back if it has not started, or of no interest to anybody any more. */
export type AttemptFate = 'wanted' | 'recalled' | 'dropped'

export class ThreadAttempt {
  readonly record: ThreadRecord
  readonly pool: ThreadPool
  readonly slot: number
  /** Number of its code. */
  readonly code: number
  /** Number of this attempt, from 1. */
  readonly number: number
  fate: AttemptFate = 'wanted'
  /** Null until this thread knows that it runs. */
  run: RunState | null = null
  /** When its thread is ended if it still runs it and has not seen that it is given up. */
  stopAt: number = Infinity
  /** It has been told to be stalled. */
  stalled = false

  constructor(record: ThreadRecord, pool: ThreadPool, slot: number, code: number, number: number) {
    this.record = record
    this.pool = pool
    this.slot = slot
    this.code = code
    this.number = number
  }
}
