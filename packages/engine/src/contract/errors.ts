// Every error of the product: one table, one class per row. The documentation of errors is generated from the table.
import { isError } from './is-error.ts'
import { describeValue } from './describe-value.ts'

export { describeValue }

export type ErrorName =
  | 'QueueFullError'
  | 'TaskTimeoutError'
  | 'WaitTimeoutError'
  | 'TaskCancelledError'
  | 'TaskExpiredError'
  | 'MemoryLimitError'
  | 'TaskCrashedError'
  | 'PayloadError'
  | 'TaskDefinitionError'
  | 'CompileError'
  | 'EngineUnavailableError'
  | 'EngineClosedError'
  | 'UnsupportedByEngineError'
  | 'UnknownTaskError'
  | 'TaskStateError'
  | 'UniqueKeyConflictError'
  | 'BackgroundTasksNotEnabledError'
  | 'NonRetryableError'
  | 'ConfigurationError'
  | 'WorkflowError'
  | 'StoreError'

export type ErrorCode = `ERR_CATZILLA_${string}`

export interface ErrorRow {
  readonly code: ErrorCode
  /** When it is thrown. */
  readonly when: string
  /** What to do about it. */
  readonly remedy: string
}

export const errorTable: Readonly<Record<ErrorName, ErrorRow>> = {
  QueueFullError: {
    code: 'ERR_CATZILLA_QUEUE_FULL',
    when: 'A task is submitted while `queueSize` tasks are queued or scheduled.',
    remedy: 'Wait for room with `await task.enqueue(...)`, raise `queueSize`, or shed load at the caller.',
  },
  TaskTimeoutError: {
    code: 'ERR_CATZILLA_TASK_TIMEOUT',
    when: 'An attempt ran longer than `timeoutMs`.',
    remedy: 'Raise `timeoutMs`, do less per task, or pass `currentTask().signal` to what the task waits for.',
  },
  WaitTimeoutError: {
    code: 'ERR_CATZILLA_WAIT_TIMEOUT',
    when: '`wait(timeoutMs)` gave up waiting. The task itself goes on.',
    remedy: 'Wait longer, or cancel the task if its result is no longer wanted.',
  },
  TaskCancelledError: {
    code: 'ERR_CATZILLA_TASK_CANCELLED',
    when: 'The task was cancelled, by its handle, its id, its `signal`, or a replacement with the same `uniqueKey`.',
    remedy: 'Nothing to mend: the message carries the reason given. Submit again if the work is still wanted.',
  },
  TaskExpiredError: {
    code: 'ERR_CATZILLA_TASK_EXPIRED',
    when: 'The task had not started `expireAfterMs` after its submission.',
    remedy: 'Raise `expireAfterMs` or the priority, or find out with `getStats()` why the queue is slow.',
  },
  MemoryLimitError: {
    code: 'ERR_CATZILLA_MEMORY_LIMIT',
    when: 'A task used more memory than `memoryLimitMb` in a lane that measures it.',
    remedy: 'Raise `memoryLimitMb` or work on smaller pieces.',
  },
  TaskCrashedError: {
    code: 'ERR_CATZILLA_TASK_CRASHED',
    when: 'The thread or process that ran the task ended: `process.exit`, a signal, an uncaught exception of code it had started.',
    remedy:
      'The message says what ended it; catch errors of timers and events in the body, and do not call `process.exit`.',
  },
  PayloadError: {
    code: 'ERR_CATZILLA_PAYLOAD',
    when: 'An argument cannot be copied to another thread or process, or arguments or a result do not fit their schema.',
    remedy: 'Pass plain data; `issues` lists each path and what is wrong there.',
  },
  TaskDefinitionError: {
    code: 'ERR_CATZILLA_TASK_DEFINITION',
    when: 'A task is defined or used in a way that cannot work: a name taken twice, a handler that is no function, …',
    remedy: 'The message names the task and what to change.',
  },
  CompileError: {
    code: 'ERR_CATZILLA_COMPILE',
    when: "A task with `compile: 'require'` cannot be compiled.",
    remedy: "See `task.explain()` for each blocker, or use `compile: 'auto'`.",
  },
  EngineUnavailableError: {
    code: 'ERR_CATZILLA_ENGINE_UNAVAILABLE',
    when: 'The engine asked for is not installed, does not load, or cannot be reached.',
    remedy: "Install the package that the message names, or use `engine: 'auto'`.",
  },
  EngineClosedError: {
    code: 'ERR_CATZILLA_ENGINE_CLOSED',
    when: 'A task is submitted to an engine that is shutting down, or had not started when the engine closed.',
    remedy: 'Submit before `shutdown()`, or make a new engine.',
  },
  UnsupportedByEngineError: {
    code: 'ERR_CATZILLA_UNSUPPORTED_BY_ENGINE',
    when: 'This engine cannot do what was asked; nothing is silently ignored.',
    remedy: 'Choose an engine whose `capabilities` include it, or leave the option out.',
  },
  UnknownTaskError: {
    code: 'ERR_CATZILLA_UNKNOWN_TASK',
    when: 'No task is defined with that name, or no task is kept with that id.',
    remedy: 'Define the task before it is used by name; raise `keepResultMs` to look up settled tasks for longer.',
  },
  TaskStateError: {
    code: 'ERR_CATZILLA_TASK_STATE',
    when: 'The task is in a state in which this cannot be done, such as retrying one that still runs.',
    remedy: 'Look at its `status` first; retry only failed, cancelled or expired tasks.',
  },
  UniqueKeyConflictError: {
    code: 'ERR_CATZILLA_UNIQUE_KEY_CONFLICT',
    when: "A task with the same `uniqueKey` has not settled yet and `onConflict` is 'reject'.",
    remedy: "Wait for the other task, or use `onConflict: 'existing'` or `'replace'`.",
  },
  BackgroundTasksNotEnabledError: {
    code: 'ERR_CATZILLA_BACKGROUND_TASKS_NOT_ENABLED',
    when: '`app.tasks` or `app.addTask` is used before background tasks were enabled on the app.',
    remedy: 'Call `enableBackgroundTasks(app, options)` first.',
  },
  NonRetryableError: {
    code: 'ERR_CATZILLA_NON_RETRYABLE',
    when: 'Thrown by a task to fail at once, whatever retries are left.',
    remedy: 'Nothing to mend in the engine: the task decided so.',
  },
  ConfigurationError: {
    code: 'ERR_CATZILLA_CONFIGURATION',
    when: 'An option is unknown, has a value it does not accept, or contradicts another one.',
    remedy: 'The message names the option, the value it got and what it accepts.',
  },
  WorkflowError: {
    code: 'ERR_CATZILLA_WORKFLOW',
    when: 'A workflow is wired in a way that cannot run (a cycle, an unknown or duplicate id, a step out of reach), or a step of a run failed.',
    remedy:
      'The message names the workflow and the step; `cause` is what the step threw, and `retry()` of the run goes on from there.',
  },
  StoreError: {
    code: 'ERR_CATZILLA_STORE',
    when: 'The directory of a durable engine cannot be opened, read or written; `reason` says which of the known causes it is.',
    remedy:
      'The message names the directory, the cause and what to do: free space, rights, another owner, a newer version, a damaged file.',
  },
}

/** The base of all errors of the product; catch it to tell them from your own. */
export class CatzillaError extends Error {
  readonly code: ErrorCode

  /**
   * Told by name and code where it is of another copy of this package: an application of modules may load parts of it that
   * are CommonJS, and what comes back from a store was made elsewhere.
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (Function.prototype[Symbol.hasInstance].call(this, value)) return true
    const name = nameOfOurs(value)
    return name !== undefined && (this === CatzillaError || name === this.name)
  }

  constructor(name: ErrorName, message: string, options?: ErrorOptions) {
    super(message, options)
    Object.defineProperty(this, 'name', { value: name, configurable: true, writable: true })
    this.code = errorTable[name].code
  }
}

/** The name of an error of the product, of whichever copy; undefined for others, and for what cannot be read. */
function nameOfOurs(value: unknown): string | undefined {
  try {
    const { code, name } = (value ?? {}) as { readonly code?: unknown; readonly name?: unknown }
    return typeof code === 'string' && code.startsWith('ERR_CATZILLA_') ? String(name) : undefined
  } catch {
    return undefined
  }
}

export class QueueFullError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('QueueFullError', message, options)
  }
}

export class TaskTimeoutError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('TaskTimeoutError', message, options)
  }
}

export class WaitTimeoutError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('WaitTimeoutError', message, options)
  }
}

export class TaskCancelledError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('TaskCancelledError', message, options)
  }
}

export class TaskExpiredError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('TaskExpiredError', message, options)
  }
}

export class MemoryLimitError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('MemoryLimitError', message, options)
  }
}

export class TaskCrashedError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('TaskCrashedError', message, options)
  }
}

/** One thing wrong with a payload: where, from the list of arguments (or the result) inwards, and what. */
export interface PayloadIssue {
  readonly path: readonly (string | number)[]
  readonly message: string
}

export class PayloadError extends CatzillaError {
  readonly issues: readonly PayloadIssue[]

  constructor(message: string, issues: readonly PayloadIssue[] = [], options?: ErrorOptions) {
    super('PayloadError', message, options)
    this.issues = issues
  }
}

export class TaskDefinitionError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('TaskDefinitionError', message, options)
  }
}

export class CompileError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('CompileError', message, options)
  }
}

export class EngineUnavailableError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('EngineUnavailableError', message, options)
  }
}

export class EngineClosedError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('EngineClosedError', message, options)
  }
}

export class UnsupportedByEngineError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('UnsupportedByEngineError', message, options)
  }
}

export class UnknownTaskError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('UnknownTaskError', message, options)
  }
}

export class TaskStateError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('TaskStateError', message, options)
  }
}

export class UniqueKeyConflictError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('UniqueKeyConflictError', message, options)
  }
}

export class BackgroundTasksNotEnabledError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('BackgroundTasksNotEnabledError', message, options)
  }
}

/** Thrown by a task that knows that trying again is no use. */
export class NonRetryableError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('NonRetryableError', message, options)
  }
}

export class ConfigurationError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('ConfigurationError', message, options)
  }
}

/** Where in which workflow. */
export interface WorkflowPlace {
  readonly workflow?: string
  readonly runId?: string
  /** The id of a step. */
  readonly step?: string
}

export class WorkflowError extends CatzillaError implements WorkflowPlace {
  declare readonly workflow?: string
  declare readonly runId?: string
  declare readonly step?: string

  constructor(message: string, { cause, ...place }: ErrorOptions & WorkflowPlace = {}) {
    super('WorkflowError', message, cause === undefined ? undefined : { cause })
    Object.assign(this, place)
  }
}

/** What is wrong with the files of a store. */
type BadFiles = 'permission' | 'read-only' | 'full' | 'corrupt' | 'foreign' | 'version'

/** Why a store does not work. */
export type StoreFailure = BadFiles | 'locked' | 'key' | 'closed' | 'failed'

export class StoreError extends CatzillaError {
  readonly reason: StoreFailure

  constructor(message: string, options: ErrorOptions & { readonly reason?: StoreFailure } = {}) {
    super('StoreError', message, options)
    this.reason = options.reason ?? 'failed'
  }
}

/** Whatever was thrown, as an `Error`: other values become the cause of one, with their text as its message. */
export function toError(thrown: unknown): Error {
  if (isError(thrown)) return thrown
  return new Error(`a value that is no Error was thrown: ${describeValue(thrown)}`, { cause: thrown })
}
