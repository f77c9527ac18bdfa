// Every error of the product: one class per row of the table.
import { isError } from './is-error.ts'
import { describeValue } from './describe-value.ts'
import { errorTable } from './error-table.ts'
import type { ErrorCode, ErrorName } from './error-table.ts'

export { describeValue, errorTable }
export type { ErrorCode, ErrorName, ErrorRow } from './error-table.ts'

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

/** A task is submitted while `queueSize` tasks are queued or scheduled. */
export class QueueFullError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('QueueFullError', message, options)
  }
}

/** An attempt ran longer than `timeoutMs`. */
export class TaskTimeoutError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('TaskTimeoutError', message, options)
  }
}

/** `wait(timeoutMs)` gave up waiting. The task itself goes on. */
export class WaitTimeoutError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('WaitTimeoutError', message, options)
  }
}

/** The task was cancelled, by its handle, its id, its `signal`, or a replacement with the same `uniqueKey`. */
export class TaskCancelledError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('TaskCancelledError', message, options)
  }
}

/** The task had not started `expireAfterMs` after its submission. */
export class TaskExpiredError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('TaskExpiredError', message, options)
  }
}

/** A task used more memory than `memoryLimitMb` in a lane that measures it. */
export class MemoryLimitError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('MemoryLimitError', message, options)
  }
}

/** The thread or process that ran the task ended: `process.exit`, a signal, an uncaught exception of code it had started. */
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

/** An argument cannot be copied to another thread or process, or arguments or a result do not fit their schema. */
export class PayloadError extends CatzillaError {
  readonly issues: readonly PayloadIssue[]

  constructor(message: string, issues: readonly PayloadIssue[] = [], options?: ErrorOptions) {
    super('PayloadError', message, options)
    this.issues = issues
  }
}

/** A task is defined or used in a way that cannot work: a name taken twice, a handler that is no function, … */
export class TaskDefinitionError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('TaskDefinitionError', message, options)
  }
}

/** A task with `compile: 'require'` cannot be compiled. */
export class CompileError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('CompileError', message, options)
  }
}

/** The engine asked for is not installed, does not load, or cannot be reached. */
export class EngineUnavailableError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('EngineUnavailableError', message, options)
  }
}

/** A task is submitted to an engine that is shutting down, or had not started when the engine closed. */
export class EngineClosedError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('EngineClosedError', message, options)
  }
}

/** This engine cannot do what was asked; nothing is silently ignored. */
export class UnsupportedByEngineError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('UnsupportedByEngineError', message, options)
  }
}

/** No task is defined with that name, or no task is kept with that id. */
export class UnknownTaskError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('UnknownTaskError', message, options)
  }
}

/** The task is in a state in which this cannot be done, such as retrying one that still runs. */
export class TaskStateError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('TaskStateError', message, options)
  }
}

/** A task with the same `uniqueKey` has not settled yet and `onConflict` is 'reject'. */
export class UniqueKeyConflictError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('UniqueKeyConflictError', message, options)
  }
}

/** `app.tasks` or `app.addTask` is used before background tasks were enabled on the app. */
export class BackgroundTasksNotEnabledError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('BackgroundTasksNotEnabledError', message, options)
  }
}

/** Thrown by a task to fail at once, whatever retries are left. */
export class NonRetryableError extends CatzillaError {
  constructor(message: string, options?: ErrorOptions) {
    super('NonRetryableError', message, options)
  }
}

/** An option is unknown, has a value it does not accept, or contradicts another one. */
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

/**
 * A workflow is wired in a way that cannot run (a cycle, an unknown or duplicate id, a step out of reach), or a step of a run
 * failed.
 */
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

/** The directory of a durable engine cannot be opened, read or written; `reason` says which of the known causes it is. */
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
