// A task as its submitter sees it, or a task of another process while it runs here: what is known of it, and its end once
// the broker has it.
import { Settling, deferred, isSettled, rejected } from '@catzilla/engine'
import type {
  Deferred,
  TaskCall,
  TaskHandle,
  TaskLogLine,
  TaskOutcome,
  TaskProgress,
  TaskStats,
  TaskStatus,
} from '@catzilla/engine'
import { restoreValue } from '../format/values.ts'
import type { StoredValue } from '../format/values.ts'

/** What a handle asks of the engine that made it. */
export interface HandleHome {
  readonly engineName: string
  now(): number
  /** Ends the task from outside; false when it has ended. */
  cancel(handle: BrokerHandle, reason: string | undefined): boolean
  /** Ends a task of another process. */
  cancelJob(name: string, jobId: string, reason: string | undefined): void
  /** Somebody has asked for a failure that nobody had looked at. */
  observed(): void
}

export type WaitingPhase = 'scheduled' | 'pending' | 'running' | 'retrying'

/** What another process tells of a run. Times are epoch milliseconds. */
export interface RunFacts {
  readonly startedAt: number | null
  readonly attempt: number
  readonly recovered: boolean
  readonly workerId: number | null
  readonly memoryUsageMb: number | null
  readonly logs: readonly TaskLogLine[]
}

export class BrokerHandle extends Settling implements TaskHandle {
  readonly taskId: string
  readonly call: TaskCall
  readonly payload: StoredValue
  readonly retryOf: string | null
  /** The engine that submitted it, where that is another one. */
  readonly from: string | null
  /** In the order of submission to this process. */
  readonly ordinal: number
  /** Epoch milliseconds. */
  readonly createdAt: number
  phase: WaitingPhase = 'pending'
  /** Epoch milliseconds at which it can start, or could. */
  readyAt: number
  dueAt: number | null = null
  startedAt: number | null = null
  completedAt: number | null = null
  attempt = 0
  progress: TaskProgress | null = null
  logs: readonly TaskLogLine[] = []
  lastHeartbeatAt: number | null = null
  recovered = false
  /** Its run in this process. */
  run: TaskHandle | null = null
  /** The job it stands for on the broker: another one's where the unique key was taken by another process. */
  jobId: string
  /** Epoch milliseconds at which anything was last heard of it. */
  heardAt: number
  /** This engine stops and tells so, while the broker keeps the task. */
  isClosed = false
  workerId: number | null = null
  memoryUsageMb: number | null = null
  #undo: (() => void)[] | null = null
  #acceptance: true | Error | Deferred<unknown> | null = null
  /** The run that has ended and is known already. */
  #noted: TaskHandle | null = null
  readonly #home: HandleHome

  constructor(
    home: HandleHome,
    call: TaskCall,
    more: Pick<BrokerHandle, 'taskId' | 'payload' | 'retryOf' | 'from' | 'ordinal' | 'createdAt'>,
  ) {
    super()
    this.#home = home
    this.call = call
    this.taskId = more.taskId
    this.jobId = more.taskId
    this.payload = more.payload
    this.retryOf = more.retryOf
    this.from = more.from
    this.ordinal = more.ordinal
    this.createdAt = more.createdAt
    this.readyAt = more.createdAt
    this.heardAt = more.createdAt
  }

  /** Made when somebody asks for it: of most tasks nobody does. */
  get accepted(): Promise<void> {
    const known = this.#acceptance
    if (known === true) return Promise.resolve()
    if (known instanceof Error) return rejected(known)
    const made = known ?? deferred<unknown>()
    this.#acceptance = made
    // a refusal that nobody looks at is none to end the process for
    made.promise.catch(() => {})
    return made.promise as Promise<void>
  }

  get isAccepted(): boolean {
    return this.#acceptance === true
  }

  /** The broker has it. */
  accept(): void {
    this.#decide(true)
  }

  refuse(error: Error): void {
    this.#decide(error)
  }

  /** For what its end undoes: alarms, listeners of signals. */
  undoing(undo: () => void): void {
    if (this.#undo === null) this.#undo = [undo]
    else this.#undo.push(undo)
  }

  /** Submitted by this process. */
  get own(): boolean {
    return this.from === null
  }

  get name(): string {
    return this.call.name
  }

  get args(): readonly unknown[] {
    return restoreValue(this.payload) as readonly unknown[]
  }

  /** An end that the broker does not have yet does not show, but that it was cancelled: whoever did so knows. */
  get status(): TaskStatus {
    const { peeked } = this
    if (peeked !== undefined) return peeked.status
    if (this.run === null) return this.phase
    const { status } = this.run
    return status === 'pending' || status === 'scheduled' ? 'pending' : 'running'
  }

  /** It has not begun, as far as is known here. */
  get isWaiting(): boolean {
    const { status } = this
    return status === 'pending' || status === 'scheduled' || status === 'retrying'
  }

  cancel(reason?: string): boolean {
    return this.peeked === undefined && this.#home.cancel(this, reason)
  }

  stats(): TaskStats {
    const { status } = this
    const running = this.run?.stats()
    const startedAt = running?.startedAt ?? this.startedAt
    const now = this.completedAt ?? this.#home.now()
    const isEnded = isSettled(status)
    const waitedUntil = startedAt ?? (isEnded ? now : this.#home.now())
    const ran = startedAt === null ? null : Math.max(0, now - startedAt)
    return {
      taskId: this.taskId,
      name: this.name,
      status,
      priority: this.call.options.priority,
      lane: this.call.options.lane,
      engine: this.#home.engineName,
      createdAt: this.createdAt,
      startedAt,
      completedAt: isEnded ? this.completedAt : null,
      waitTimeMs: Math.max(0, waitedUntil - Math.min(this.readyAt, waitedUntil)),
      executionTimeMs: status === 'pending' || status === 'scheduled' ? null : ran,
      memoryUsageMb: running?.memoryUsageMb ?? this.memoryUsageMb,
      retries: Math.max(0, this.attempt - 1),
      workerId: running?.workerId ?? this.workerId,
      progress: running?.progress ?? this.progress,
    }
  }

  /** Takes over what its run knows and has told, before the run goes. */
  noteRun(): void {
    const { run } = this
    if (run === null || this.#noted === run) return
    if (run.outcome !== undefined) this.#noted = run
    if (run.diary) {
      this.logs = [...run.diary.logs]
      this.lastHeartbeatAt = run.diary.lastHeartbeatAt
    }
    const stats = run.stats()
    this.startedAt = stats.startedAt
    this.workerId = stats.workerId
    this.memoryUsageMb = stats.memoryUsageMb
    this.progress = stats.progress
  }

  override settle(outcome: TaskOutcome): boolean {
    if (!super.settle(outcome)) return false
    this.run = null
    this.#noted = null
    if (this.#undo !== null) for (const each of this.#undo) each()
    this.#undo = null
    return true
  }

  #decide(how: true | Error): void {
    const known = this.#acceptance
    if (known === true || known instanceof Error) return
    this.#acceptance = how
    if (how === true) known?.resolve(undefined)
    else known?.reject(how)
  }

  protected get described(): string {
    return `task '${this.name}'`
  }

  protected observed(): void {
    this.#home.observed()
  }
}
