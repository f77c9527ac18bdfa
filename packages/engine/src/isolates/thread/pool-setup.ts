// What the pools of one thread lane have in common, and whom they tell what happens in them.
import type { ThreadAttempt } from './thread-attempt.ts'
import type { ThreadCodes } from './thread-codes.ts'
import type { ThreadEnd, ThreadIsolate } from './thread-isolate.ts'
import type { ThreadPool } from './thread-pool.ts'
import type { WakeBell } from './wake-bell.ts'

/** What pools of one lane share. */
export interface PoolSetup {
  readonly maxThreads: number
  readonly idPrefix: string
  /** How far threads give way to others. */
  readonly nice: number
  readonly codes: ThreadCodes
  /** Threads of all pools, at most `maxThreads`. */
  readonly budget: ThreadBudget
  readonly receiver: PoolReceiver
  /** By which threads of all pools wake this one. */
  readonly bell: WakeBell
}

/** Threads there are, of all pools together. */
export interface ThreadBudget {
  threads: number
  /** Grows with each thread that is started. */
  started: number
}

export interface PoolReceiver {
  /** An isolate has given the slot of an attempt back. */
  returned(pool: ThreadPool, attempt: ThreadAttempt): void
  heard(pool: ThreadPool, isolate: ThreadIsolate, message: unknown): void
  /** A thread could not even be made. */
  notStarted(pool: ThreadPool, error: Error): void
  /** Threads become ready, as far as is known. */
  readonly startsWell: boolean
  /** A thread has ended; its attempts are to be seen to. */
  ended(pool: ThreadPool, isolate: ThreadIsolate, end: ThreadEnd): void
  endRound(): void
}
