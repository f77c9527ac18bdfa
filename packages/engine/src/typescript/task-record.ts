// One task: what the table holds, the queues link and the submitter gets as its handle. Kept small, since a million
// may wait: what only a running task needs hangs off `run`, what only few tasks need off `run.extras`.
import { ConfigurationError, describeValue } from '../contract/errors.ts'
import type {
  TaskContext,
  TaskHandle,
  TaskLogLine,
  TaskOutcome,
  TaskProgress,
  TaskStats,
  TaskStatus,
} from '../contract/task.ts'
import { isSettled } from '../contract/task-state.ts'
import { callSafely } from '../support/event-stream.ts'
import type { Gate } from './gate.ts'
import type { IntrusiveList } from './intrusive-list.ts'
import type { Plan } from './plan.ts'
import type { TimerEntry } from './timer-queue.ts'

/** Log lines kept per task. */
const LOG_LINES_KEPT = 100

const acceptedAtOnce: Promise<void> = Promise.resolve()

/** Everything few tasks need. */
export class Extras {
  expiry: TimerEntry | null = null
  keyGate: Gate | null = null
  uniqueKey: string | null = null
  stopListening: (() => void) | null = null
  progress: TaskProgress | null = null
  logs: TaskLogLine[] | null = null
  heartbeatAt: number | null = null
  retryOf: string | null = null
}

/**
 * One attempt, and what the task's body sees of it as `currentTask()`. Made when a task is scheduled or first started;
 * each retry gets a new one, so that a body that was given up and still runs sees its own, aborted attempt.
 * Times are monotonic milliseconds, NaN while unknown.
 */
export class RunState implements TaskContext {
  readonly record: TaskRecord
  /** 0 until the first start. */
  attempt = 0
  readyAt: number
  startedAt: number = Number.NaN
  endedAt: number = Number.NaN
  settledAt: number = Number.NaN
  /** The pending delay, retry or timeout. */
  timer: TimerEntry | null = null
  /** Gates this attempt has entered. */
  enteredGate: Gate | null = null
  enteredKeyGate: Gate | null = null
  /** A failure somebody has looked at. */
  observed = false
  #controller: AbortController | null = null
  #extras: Extras | null = null

  constructor(record: TaskRecord, readyAt: number) {
    this.record = record
    this.readyAt = readyAt
  }

  /** The attempt after this one. */
  following(): RunState {
    const next = new RunState(this.record, this.readyAt)
    next.attempt = this.attempt
    next.#extras = this.#extras
    return next
  }

  get extras(): Extras {
    this.#extras ??= new Extras()
    return this.#extras
  }

  get extrasOrNull(): Extras | null {
    return this.#extras
  }

  get taskId(): string {
    return this.record.taskId
  }

  get name(): string {
    return this.record.name
  }

  /** Made when first asked for: most tasks never look at it. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    return this.#controller.signal
  }

  abort(reason: Error): void {
    this.#controller ??= new AbortController()
    this.#controller.abort(reason)
  }

  progress(ratio: number, message?: string): void {
    if (typeof ratio !== 'number' || !(ratio >= 0 && ratio <= 1)) {
      throw new ConfigurationError(`progress(ratio) accepts a ratio 0..1, got ${describeValue(ratio)}`)
    }
    if (!this.#current) return
    this.extras.progress = message === undefined ? { ratio } : { ratio, message }
    this.record.plan.home.reportProgress(this.record, this.extras.progress)
  }

  log(message: string, fields?: Record<string, unknown>): void {
    if (!this.#current) return
    const { home } = this.record.plan
    const at = home.toEpoch(home.now())
    this.extras.logs ??= []
    this.extras.logs.push(fields === undefined ? { at, message } : { at, message, fields })
    if (this.extras.logs.length > LOG_LINES_KEPT) this.extras.logs.shift()
  }

  heartbeat(): void {
    if (this.#current) this.extras.heartbeatAt = this.record.plan.home.now()
  }

  /** False once the attempt was given up: what it still says is dropped. */
  get #current(): boolean {
    return this.record.run === this && this.record.status === 'running'
  }
}

/** Who waits for the end of a task. */
class Waiter {
  promise: Promise<unknown> | null = null
  resolve: ((value: unknown) => void) | null = null
  reject: ((error: Error) => void) | null = null
  listeners: ((outcome: TaskOutcome) => void)[] | null = null
}

export class TaskRecord implements TaskHandle {
  readonly plan: Plan
  readonly args: readonly unknown[]
  /** Order of submission, and the generation of the slot. */
  readonly sequence: number
  readonly slot: number
  /** Monotonic milliseconds. */
  readonly createdAt: number
  status: TaskStatus = 'pending'
  list: IntrusiveList | null = null
  prev: TaskRecord | null = null
  next: TaskRecord | null = null
  run: RunState | null = null
  #waiter: Waiter | null = null
  /** The result, or the error, once settled. */
  #end: unknown = undefined

  constructor(plan: Plan, args: readonly unknown[], sequence: number, slot: number, createdAt: number) {
    this.plan = plan
    this.args = args
    this.sequence = sequence
    this.slot = slot
    this.createdAt = createdAt
  }

  get taskId(): string {
    return this.plan.home.taskId(this)
  }

  get name(): string {
    return this.plan.call.name
  }

  get accepted(): Promise<void> {
    return acceptedAtOnce
  }

  get outcome(): TaskOutcome | undefined {
    const outcome = this.peekOutcome()
    if (outcome?.status === 'failed') this.#observe()
    return outcome
  }

  /** The outcome for inspection, which is not looking at the result. */
  peekOutcome(): TaskOutcome | undefined {
    if (!isSettled(this.status)) return undefined
    if (this.status === 'completed') return { status: 'completed', value: this.#end }
    return { status: this.status, error: this.#end as Error }
  }

  /** Whether anybody waits for the result or listens to it. */
  get awaited(): boolean {
    return this.#waiter !== null
  }

  wait(): Promise<unknown> {
    if (this.status === 'completed') return Promise.resolve(this.#end)
    if (isSettled(this.status)) {
      this.#observe()
      return Promise.reject(this.#end as Error)
    }
    const waiter = (this.#waiter ??= new Waiter())
    return (waiter.promise ??= new Promise((resolve, reject) => {
      waiter.resolve = resolve
      waiter.reject = reject
    }))
  }

  onSettled(listener: (outcome: TaskOutcome) => void): void {
    const outcome = this.outcome
    if (outcome !== undefined) return this.#tellListeners([listener])
    const waiter = (this.#waiter ??= new Waiter())
    if (waiter.listeners === null) waiter.listeners = [listener]
    else waiter.listeners.push(listener)
  }

  /** Ends the task and tells everyone who waits. The caller has seen to it that the move is allowed. */
  settle(status: TaskStatus, end: unknown): void {
    this.status = status
    this.#end = end
    const waiter = this.#waiter
    if (waiter === null) return
    if (status === 'failed') this.#observe()
    if (status === 'completed') waiter.resolve?.(end)
    else waiter.reject?.(end as Error)
    if (waiter.listeners !== null) this.#tellListeners(waiter.listeners)
    this.#waiter = null
  }

  stats(): TaskStats {
    const { home, options } = this.plan
    const { run } = this
    return {
      taskId: this.taskId,
      name: this.name,
      status: this.status,
      priority: options.priority,
      lane: options.lane,
      engine: home.engineName,
      createdAt: home.toEpoch(this.createdAt),
      startedAt: known(run?.startedAt, home.toEpoch),
      completedAt: known(run?.settledAt, home.toEpoch),
      waitTimeMs: this.#waitTime(),
      executionTimeMs: known(run?.startedAt, (startedAt) => firstKnown(run?.endedAt, home.now()) - startedAt),
      memoryUsageMb: null,
      retries: Math.max(0, (run?.attempt ?? 0) - 1),
      workerId: null,
      progress: run?.extrasOrNull?.progress ?? null,
    }
  }

  cancel(reason?: string): boolean {
    return this.plan.home.cancel(this, reason)
  }

  #waitTime(): number {
    const now = this.plan.home.now()
    const { run } = this
    if (run === null) return now - this.createdAt
    // a task waits in `pending`, or until it ended without having started; else its latest start tells
    const until = this.status === 'pending' ? now : firstKnown(run.startedAt, firstKnown(run.settledAt, now))
    return Math.max(0, until - run.readyAt)
  }

  #tellListeners(listeners: ((outcome: TaskOutcome) => void)[]): void {
    const outcome = this.outcome
    if (outcome === undefined) return
    this.plan.home.defer(() => {
      for (const listener of listeners) callSafely(() => listener(outcome), `listener of task '${this.name}'`)
    })
  }

  #observe(): void {
    if (this.run === null || this.run.observed) return
    this.run.observed = true
    this.plan.home.observeFailure()
  }
}

/** When the record's present wait began: its submission, the end of its delay, or the end of a retry pause. */
export function readyAt(record: TaskRecord): number {
  return record.run === null ? record.createdAt : record.run.readyAt
}

function known(monotonicMs: number | undefined, convert: (ms: number) => number): number | null {
  return monotonicMs === undefined || Number.isNaN(monotonicMs) ? null : convert(monotonicMs)
}

function firstKnown(monotonicMs: number | undefined, otherwise: number): number {
  return monotonicMs === undefined || Number.isNaN(monotonicMs) ? otherwise : monotonicMs
}
