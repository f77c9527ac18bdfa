// The nouns of a task: priority, status, lane, call, handle, outcome, and what can be read of it.
import type { TaskGroup } from '../support/task-group.ts'
import type { BodyFacts, MachineCode } from './body-compiler.ts'
import type { ResolvedTaskOptions } from './resolved-task-options.ts'

/** The four classes, most urgent first. Their lower-case names are accepted wherever a priority is. */
export const TaskPriority = { CRITICAL: 0, HIGH: 1, NORMAL: 2, LOW: 3 } as const
export type TaskPriority = (typeof TaskPriority)[keyof typeof TaskPriority]

/** The names of the classes, at the index of their number. */
export const priorityNames = ['critical', 'high', 'normal', 'low'] as const
export type PriorityName = (typeof priorityNames)[number]

/** Longest wait, in milliseconds, that each class aims at; past it the starvation guard steps in. */
export const classTargetsMs: readonly [number, number, number, number] = [1, 10, 100, 1000]

/** Where a task's body runs. */
export const laneNames = ['native', 'inline', 'thread', 'process'] as const
export type LaneName = (typeof laneNames)[number]

export const taskStatuses = [
  'scheduled',
  'pending',
  'running',
  'retrying',
  'completed',
  'failed',
  'cancelled',
  'expired',
] as const
export type TaskStatus = (typeof taskStatuses)[number]
export type SettledStatus = 'completed' | 'failed' | 'cancelled' | 'expired'

/** A task's body. It is called with the payload's arguments and may return a promise. */
export type TaskHandler = (...args: never[]) => unknown

/**
 * A body in C, for the native lane: one of those that come with the engine, or one of a library of the user's.
 * Where a handler is given as well, both mean the same.
 */
export interface KernelReference {
  readonly name: string
  /** Path of the shared library that has it; without it, it comes with the engine. */
  readonly library?: string
  /** It is a compiled body, made by the engine itself. */
  readonly program?: ProgramKernel
}

/** A body that was compiled. What it cannot do exactly it gives up, and the handler of the call does it. */
export interface ProgramKernel {
  readonly bytes: Uint8Array
  /** Runs in place of the interpreter. */
  readonly code: MachineCode | null
  readonly encode: ((args: readonly unknown[]) => readonly unknown[]) | null
  readonly decode: ((given: unknown) => unknown) | null
  /** Does what a run has written to the console, once it counts. */
  readonly effects: ((given: unknown) => void) | null
  /** Told when it gives up; of columns, how many rows; of graphs, how many steps. */
  bailed(times: number): void
  /** Told of runs that were not handed over one by one: steps of graphs. */
  ran(times: number): void
}

/** A named task as an engine knows it. */
export interface TaskDefinition {
  readonly name: string
  readonly handler: TaskHandler
  readonly options: ResolvedTaskOptions
  /** What runs on the native lane. */
  readonly kernel?: KernelReference
  /** Of its handler. */
  readonly facts?: BodyFacts
}

/**
 * What is submitted besides the arguments. One frozen call serves any number of submissions.
 * `handler` is given for a task that is not registered (capability `adHocTasks`).
 */
export interface TaskCall {
  readonly name: string
  readonly options: ResolvedTaskOptions
  readonly handler?: TaskHandler
  /** What runs on the native lane. */
  readonly kernel?: KernelReference
  /** The body may get the arguments as they are: whoever submits says that nobody changes them. The inline lane copies nothing then. */
  readonly byReference?: true
  /** Of its handler. */
  readonly facts?: BodyFacts
  /** Native lane: the arguments are whole columns of numbers, taken by reference; the result is the column of results. */
  readonly columns?: true
  /** Native lane, made by the engine itself: the one argument is a `CallGraph`, the result a `CallGraphEnd`. */
  readonly graph?: true
  /**
   * A function that is no defined task, submitted under its own name: it has nothing to do with the task that is defined with
   * that name, neither its limits nor its unique keys, nor its pause.
   */
  readonly plain?: true
  /**
   * Thread and process lanes: the arguments are columns of numbers, the body is called for each of their rows, and the result
   * is the column of its results.
   */
  readonly rows?: true
}

/** How a task ended. `error` of an engine that closed before the task ran is an `EngineClosedError`. */
export type TaskOutcome<T = unknown> =
  | { readonly status: 'completed'; readonly value: T }
  | { readonly status: Exclude<SettledStatus, 'completed'>; readonly error: Error }

/** One line about progress, as the task last reported it; `ratio` is 0..1. */
export interface TaskProgress {
  readonly ratio: number
  readonly message?: string
}

/** A line that a task wrote with `currentTask().log`; `at` is epoch milliseconds. */
export interface TaskLogLine {
  readonly at: number
  readonly message: string
  readonly fields?: Readonly<Record<string, unknown>>
}

/** What a task has told of itself through `currentTask()`, beside its progress. */
export interface TaskDiary {
  readonly logs: readonly TaskLogLine[]
  /** Epoch milliseconds of the latest `heartbeat()`; null when there was none. */
  readonly lastHeartbeatAt: number | null
}

/** Figures of one task. Times are epoch milliseconds (fractional), durations milliseconds; null: not (yet) known. */
export interface TaskStats {
  readonly taskId: string
  readonly name: string
  readonly status: TaskStatus
  readonly priority: TaskPriority
  readonly lane: LaneName
  readonly engine: string
  readonly createdAt: number
  /** Start of the latest attempt. */
  readonly startedAt: number | null
  readonly completedAt: number | null
  /** From the moment the latest attempt could have started to its start; still growing while it waits. */
  readonly waitTimeMs: number
  /** Run time of the latest attempt; still growing while it runs. */
  readonly executionTimeMs: number | null
  /** Measured by lanes with their own memory; null on the inline lane, which shares the heap of the process. */
  readonly memoryUsageMb: number | null
  /** Retries begun, 0 on the first attempt. */
  readonly retries: number
  /**
   * Number of the worker thread or process; null on the inline lane. 0: a kernel that took less than waking a worker, and ran on the
   * thread that submitted it.
   */
  readonly workerId: number | null
  readonly progress: TaskProgress | null
}

/** An attempt that failed and was followed by another. Times are epoch milliseconds. */
export interface PastAttempt {
  /** 1 for the first. */
  readonly attempt: number
  readonly startedAt: number
  readonly endedAt: number
  /** How long it had waited before it started. */
  readonly waitTimeMs: number
  readonly error: Error
  /** The pause before the next one. */
  readonly delayMs: number
}

/** What `find` and `list` answer: the statistics and what was asked for. */
export interface TaskInfo extends TaskStats {
  readonly args: readonly unknown[]
  readonly tags: readonly string[]
  readonly metadata: Readonly<Record<string, unknown>>
  readonly logs: readonly TaskLogLine[]
  readonly outcome: TaskOutcome | null
  /** Epoch milliseconds at which a scheduled or retrying task comes due; null otherwise. */
  readonly dueAt: number | null
  /** Why a pending task has not started yet, in one sentence; null when it is not pending. */
  readonly waitingFor: string | null
  /** Epoch milliseconds of the latest `heartbeat()`; null when there was none. */
  readonly lastHeartbeatAt: number | null
  /** The task this one was made from by `retry`. */
  readonly retryOf: string | null
  /** The latest 20 that were followed by another, the oldest first; missing where there were none, or none are kept. */
  readonly pastAttempts?: readonly PastAttempt[]
  /** Durable engines: an earlier process died while it ran, and that attempt counts. */
  readonly recovered?: true
}

/** The short form used in reports. */
export type TaskSummary = Pick<TaskStats, 'taskId' | 'name' | 'status' | 'priority' | 'createdAt' | 'startedAt'>

/** The engine's side of a submitted task. It settles exactly once, whatever happens. */
export interface TaskHandle<T = unknown> {
  readonly taskId: string
  readonly name: string
  readonly status: TaskStatus
  /** Settles when the engine holds the task (on disk or on the broker, for durable engines); rejects when it cannot. */
  readonly accepted: Promise<void>
  /** How it ended; undefined while it has not. Reading a failure here counts as having looked at it. */
  readonly outcome: TaskOutcome<T> | undefined
  /** The result, or a rejection with the error of the outcome. The same promise each time while unsettled. */
  wait(): Promise<T>
  /** Calls `listener` once, in a later microtask, also when already settled. */
  onSettled(listener: (outcome: TaskOutcome<T>) => void): void
  /** As `onSettled`, for the tasks that somebody waits for together; without it `onSettled` is called. */
  join?(group: TaskGroup): void
  stats(): TaskStats
  /** Local engines: what the task has told so far; null when it has told nothing. */
  readonly diary?: TaskDiary | null
  /**
   * Holds this thread up until the task has settled; false when `timeoutMs` was over first. Only handles of lanes that do
   * not need this thread have it.
   */
  waitSync?(timeoutMs: number): boolean
  /** True when this call ended the task; false when it had settled already. */
  cancel(reason?: string): boolean
}

/** What a running task sees of itself: `currentTask()`. */
export interface TaskContext {
  readonly taskId: string
  readonly name: string
  /** 1 on the first run. */
  readonly attempt: number
  /** Aborts on cancellation, on timeout and when the engine gives the task up at shutdown. */
  readonly signal: AbortSignal
  /**
   * Reports how far the task is.
   * @param ratio 0..1
   * @throws ConfigurationError when `ratio` is outside 0..1
   */
  progress(this: void, ratio: number, message?: string): void
  /** Keeps a line with the task; the latest 100 are kept. */
  log(this: void, message: string, fields?: Record<string, unknown>): void
  /** Tells the engine that the task is alive; engines with leases extend the lease. */
  heartbeat(this: void): void
}
