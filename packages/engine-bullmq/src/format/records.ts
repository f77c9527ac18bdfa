// What stands in a job: the arguments, the options that its definition does not say, and who wants to hear of it.
import type {
  EngineOptions,
  ResolvedTaskOptions,
  TaskCall,
  TaskLogLine,
  TaskOutcome,
  TaskPriority,
} from '@catzilla/engine'
import { packError, unpackError } from '@catzilla/engine'
import type { KeepJobs } from 'bullmq'
import { restoreValue, storeValue } from './values.ts'
import type { StoredValue } from './values.ts'

/** Raised when a worker of today could not read what is written. Tasks with a greater one are left for newer workers. */
export const RECORD_VERSION = 1

/** The data of a job. Times are epoch milliseconds, fractional. */
export interface TaskJob {
  readonly v: number
  readonly args: StoredValue
  /** Options of the call that the definition does not say, as far as they are data; left out: none. */
  readonly options?: StoredValue
  readonly createdAt: number
  readonly expiresAt?: number
  readonly retryOf?: string
  /** The arguments are columns of numbers: for the kernel, for rows in a thread or process, for rows one by one. */
  readonly columns?: 'kernel' | 'lane' | 'rows'
  /** How many of the completed and of the failed ones of the name are kept, where that is not as by default. */
  readonly most?: readonly [results: number, failures: number]
  /** The engine that hears of its end. */
  readonly from: string
}

/** Completed and failed tasks of a name that are kept at most, unless the options of the engine say something else. */
const MOST_KEPT = [1000, 10_000] as const

/** How a task ended, as the broker keeps it and as it is sent. */
export interface StoredOutcome {
  readonly status: TaskOutcome['status']
  readonly value?: StoredValue
  readonly error?: StoredValue
  /** Figures of the run that its submitter cannot know. */
  readonly startedAt?: number | null
  readonly completedAt?: number
  readonly attempt?: number
  /** It was lost with a worker before. */
  readonly recovered?: true
  readonly workerId?: number | null
  readonly memoryUsageMb?: number | null
  readonly logs?: readonly TaskLogLine[]
}

/** Options that mean something in the submitting process only, or stand in the job itself. */
const unstored: ReadonlySet<keyof ResolvedTaskOptions> = new Set(['signal', 'onSuccess', 'onFailure', 'onRetry'])

/** Of the options of a call, those that its definition does not say. Functions are found again by the name of the task. */
export function ownOptions(call: TaskCall, defined: ResolvedTaskOptions | undefined): Partial<ResolvedTaskOptions> {
  const own = Object.entries(call.options).filter(([name, value]) => {
    const key = name as keyof ResolvedTaskOptions
    return !unstored.has(key) && value !== defined?.[key] && value !== undefined && isData(value)
  })
  return Object.fromEntries(own)
}

function isData(value: unknown): boolean {
  if (typeof value === 'function') return false
  return typeof value !== 'object' || value === null || Object.values(value).every((each) => typeof each !== 'function')
}

/** @throws DataCloneError for a value that cannot travel */
export function storeOutcome(outcome: TaskOutcome): StoredOutcome {
  if (outcome.status === 'completed') return { status: 'completed', value: storeValue(outcome.value) }
  return { status: outcome.status, error: storeValue(packError(outcome.error)) }
}

export function restoreOutcome(stored: StoredOutcome): TaskOutcome {
  if (stored.status === 'completed') return { status: 'completed', value: restoreValue(stored.value) }
  return { status: stored.status, error: unpackError(restoreValue(stored.error)) }
}

/** BullMQ: jobs without a priority come first, then 1, 2, …; equal ones in the order in which they came. */
export function brokerPriority(priority: TaskPriority): number {
  return priority
}

/** For the record of a task: what its engine says of the number of ended tasks, if that is not the default. */
export function mostKept({ keepResults, keepFailures }: EngineOptions): TaskJob['most'] {
  const most = [keepResults ?? MOST_KEPT[0], keepFailures ?? MOST_KEPT[1]] as const
  return most[0] === MOST_KEPT[0] && most[1] === MOST_KEPT[1] ? undefined : most
}

/**
 * How long the broker keeps a task that has ended, by age and number.
 * @param keepResultMs BullMQ counts whole seconds
 */
export function keepingOf({ most = MOST_KEPT }: TaskJob, keepResultMs: number, completed: boolean): KeepJobs | true {
  const count = most[completed ? 0 : 1]
  if (count === 0 || keepResultMs === 0) return true
  return Number.isFinite(keepResultMs) ? { age: Math.ceil(keepResultMs / 1000), count } : { count }
}
