// The options of a task as engines read them: every one with its value.
import type { LaneName, TaskPriority, TaskStats } from './task.ts'

export type RetryBackoff = 'exponential' | 'linear' | 'fixed' | 'none' | ((attempt: number, error: Error) => number)
export type ConflictPolicy = 'existing' | 'reject' | 'replace'

/** Limits on how many tasks start and run, over all tasks of the name, or per key when `key` is given. */
export interface TaskLimits {
  /** At most `max` starts in any window of `perMs` milliseconds. */
  readonly rate?: { readonly max: number; readonly perMs: number }
  /** At most so many running at once. */
  readonly concurrency?: number
  /** A fixed key, or one computed from the arguments at submission; each key has limits of its own. */
  // the arguments differ from task to task: the typed form stands in the API
  readonly key?: string | ((...args: never[]) => string)
}

/** Every option with its value: what engines read. Frozen. */
export interface ResolvedTaskOptions {
  readonly priority: TaskPriority
  readonly delayMs: number
  /** Epoch milliseconds. */
  readonly runAt: number | undefined
  readonly maxRetries: number
  readonly retryBackoff: RetryBackoff
  readonly retryDelayMs: number
  readonly retryMaxDelayMs: number
  readonly retryJitter: number
  readonly timeoutMs: number
  readonly expireAfterMs: number | undefined
  readonly memoryLimitMb: number
  readonly lane: LaneName
  readonly compile: 'auto' | 'require' | false
  readonly concurrency: number | undefined
  readonly limits: TaskLimits | undefined
  readonly uniqueKey: string | undefined
  readonly onConflict: ConflictPolicy
  readonly tags: readonly string[]
  readonly metadata: Readonly<Record<string, unknown>>
  readonly signal: AbortSignal | undefined
  readonly onSuccess: ((value: never, stats: TaskStats) => void) | undefined
  readonly onFailure: ((error: Error, stats: TaskStats) => void) | undefined
  readonly onRetry: ((attempt: number, error: Error, delayMs: number) => void) | undefined
  readonly keepResultMs: number
  /** A file: URL, or an absolute path. */
  readonly module: string | undefined
  readonly transfer: boolean
  readonly cancelGraceMs: number
}
