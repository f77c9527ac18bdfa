// What keeps the tasks of a local engine across crashes, as that engine sees it; and what it tells of a task of the past.
import type { TaskHandle } from './task.ts'

/** Whoever keeps the tasks of an engine. Given to it before it starts. */
export interface TaskKeeper {
  /** Begins the id of every task: the same in each process that keeps its tasks in the same place. */
  readonly idPrefix: string
  /** The tasks of this process are numbered from the next one on. */
  readonly lastSequence: number
  /** Told at once before the body of an attempt is called, on lanes of other threads and processes when it is known to run. */
  starting(taskId: string, attempt: number): void
}

/** The handle of a task of an engine that can be kept: what its id, `<prefix>-<sequence>-<slot>` in base 36, is put together of. */
export interface NumberedHandle extends TaskHandle {
  /** Its place in the order of submission. */
  readonly sequence: number
  readonly slot: number
}

/** What is known of a task that an earlier process accepted and did not end. */
export interface TaskPast {
  /** The id that it keeps. It begins with the keeper's prefix. */
  readonly taskId: string
  /** Epoch milliseconds. */
  readonly createdAt: number
  /** Attempts begun so far; the next one counts on. */
  readonly attempts: number
  /** Epoch milliseconds before which it does not start; null: at once. */
  readonly dueAt: number | null
  readonly retryOf: string | null
}
