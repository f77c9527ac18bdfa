// The state of one attempt, kept small, and what few tasks need besides.
import { ConfigurationError, describeValue } from '../contract/errors.ts'
import type { PastAttempt, TaskContext, TaskLogLine, TaskProgress } from '../contract/task.ts'
import type { Gate } from './gate.ts'
import type { TaskRecord } from './task-record.ts'
import type { TimerEntry } from './timer-queue.ts'

/** Log lines kept per task. */
const LOG_LINES_KEPT = 100
/** Attempts remembered per task, besides the latest. */
const ATTEMPTS_KEPT = 20

/** What few tasks need; it goes from attempt to attempt. Times are monotonic milliseconds. */
export class Extras {
  /** When the present wait began, if neither the submission nor the latest timer says so: a retry without a pause. */
  readyAt: number | null = null
  /** When the task ended, if that was not the end of its attempt. */
  settledAt: number | null = null
  /** The delay of the call, once the timer does not tell it any more: it is that of retry pauses then. */
  delayMs: number | null = null
  expiry: TimerEntry | null = null
  keyGate: Gate | null = null
  /** Gates that the running attempt has entered. */
  entered: readonly Gate[] | null = null
  uniqueKey: string | null = null
  stopListening: (() => void) | null = null
  progress: TaskProgress | null = null
  logs: TaskLogLine[] | null = null
  /** Those that were followed by another, the oldest first. */
  pastAttempts: PastAttempt[] | null = null
  heartbeatAt: number | null = null
  retryOf: string | null = null
  /** Of the latest attempt, on lanes that have workers and memory of their own. */
  workerId: number | null = null
  memoryMb: number | null = null
}

/**
 * One attempt. Made when a task starts, or needs more than its record holds; each retry gets a new one, so that a body that
 * was given up and still runs sees its own, aborted attempt. Times are monotonic milliseconds, NaN while unknown.
 */
export class RunState {
  readonly record: TaskRecord
  /** 0 until the first start. */
  attempt = 0
  startedAt: number = Number.NaN
  endedAt: number = Number.NaN
  /** How long it had waited, known once the task waits for its next attempt or somebody asked for figures: seldom. */
  waitedMs: number | null = null
  /** A failure somebody has looked at. */
  observed = false
  extrasOrNull: Extras | null = null
  #controller: AbortController | null = null
  #context: TaskContext | null = null

  constructor(record: TaskRecord) {
    this.record = record
  }

  /** The attempt after this one. */
  following(): RunState {
    const next = new RunState(this.record)
    next.attempt = this.attempt
    next.extrasOrNull = this.extrasOrNull
    return next
  }

  /** Keeps what only a task that is tried again has to tell. */
  remember(attempt: PastAttempt): void {
    const past = (this.extras.pastAttempts ??= [])
    if (past.push(attempt) > ATTEMPTS_KEPT) past.shift()
  }

  get extras(): Extras {
    return (this.extrasOrNull ??= new Extras())
  }

  /** What the body sees of itself; made when it first looks, and safe to take apart. */
  get context(): TaskContext {
    return (this.#context ??= contextOf(this))
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

  /** False once the attempt was given up: what it still says is dropped. */
  get current(): boolean {
    return this.record.run === this && this.record.status === 'running'
  }
}

function contextOf(run: RunState): TaskContext {
  const { record, attempt } = run
  const { home } = record.plan
  return {
    taskId: record.taskId,
    name: record.name,
    attempt,
    get signal() {
      return run.signal
    },
    progress(ratio, message) {
      if (typeof ratio !== 'number' || !(ratio >= 0 && ratio <= 1)) {
        throw new ConfigurationError(`progress(ratio) accepts a ratio 0..1, got ${describeValue(ratio)}`)
      }
      if (!run.current) return
      run.extras.progress = message === undefined ? { ratio } : { ratio, message }
      home.reportProgress(record, run.extras.progress)
    },
    log(message, fields) {
      if (!run.current) return
      const at = home.toEpoch(home.now())
      const logs = (run.extras.logs ??= [])
      logs.push(fields === undefined ? { at, message } : { at, message, fields })
      if (logs.length > LOG_LINES_KEPT) logs.shift()
    },
    heartbeat() {
      if (run.current) run.extras.heartbeatAt = home.now()
    },
  }
}
