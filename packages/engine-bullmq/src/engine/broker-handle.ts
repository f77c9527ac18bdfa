// A task as its submitter sees it, or a task of another process while it runs here: what is known of it, and its end once
// the broker has it.
import { callSafely, deferred, isSettled, rejected } from '@catzilla/engine'
import type {
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

interface Deferred {
  readonly promise: Promise<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
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

export class BrokerHandle implements TaskHandle {
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
  #acceptance: true | Error | Deferred | null = null
  #outcome: TaskOutcome | undefined
  #unobserved = false
  /** The run that has ended and is known already. */
  #noted: TaskHandle | null = null
  #wait: Deferred | null = null
  #listeners: ((outcome: TaskOutcome) => void)[] | null = null
  readonly #home: HandleHome

  constructor(
    home: HandleHome,
    call: TaskCall,
    more: Pick<BrokerHandle, 'taskId' | 'payload' | 'retryOf' | 'from' | 'ordinal' | 'createdAt'>,
  ) {
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
    if (this.#outcome !== undefined) return this.#outcome.status
    if (this.run === null) return this.phase
    const { status } = this.run
    return status === 'pending' || status === 'scheduled' ? 'pending' : 'running'
  }

  /** It has not begun, as far as is known here. */
  get isWaiting(): boolean {
    const { status } = this
    return status === 'pending' || status === 'scheduled' || status === 'retrying'
  }

  get outcome(): TaskOutcome | undefined {
    if (this.#outcome !== undefined) this.#look()
    return this.#outcome
  }

  /** The outcome for inspection, which is not looking at the result. */
  get peeked(): TaskOutcome | undefined {
    return this.#outcome
  }

  get awaited(): boolean {
    return this.#wait !== null || this.#listeners !== null
  }

  wait(): Promise<unknown> {
    const outcome = this.#outcome
    if (outcome?.status === 'completed') return Promise.resolve(outcome.value)
    if (outcome !== undefined) {
      this.#look()
      return rejected(outcome.error)
    }
    return (this.#wait ??= deferred<unknown>()).promise
  }

  onSettled(listener: (outcome: TaskOutcome) => void): void {
    if (this.#outcome === undefined) {
      if (this.#listeners === null) this.#listeners = [listener]
      else this.#listeners.push(listener)
    } else {
      this.#look()
      this.#tell([listener], this.#outcome)
    }
  }

  cancel(reason?: string): boolean {
    return this.#outcome === undefined && this.#home.cancel(this, reason)
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

  settle(outcome: TaskOutcome): void {
    if (this.#outcome !== undefined) return
    this.#unobserved = outcome.status === 'failed' && !this.awaited
    this.#outcome = outcome
    this.run = null
    this.#noted = null
    if (this.#undo !== null) for (const each of this.#undo) each()
    this.#undo = null
    if (outcome.status === 'completed') this.#wait?.resolve(outcome.value)
    else this.#wait?.reject(outcome.error)
    if (this.#listeners !== null) this.#tell(this.#listeners, outcome)
    this.#listeners = null
  }

  #decide(how: true | Error): void {
    const known = this.#acceptance
    if (known === true || known instanceof Error) return
    this.#acceptance = how
    if (how === true) known?.resolve(undefined)
    else known?.reject(how)
  }

  get isUnobserved(): boolean {
    return this.#unobserved
  }

  #look(): void {
    if (!this.#unobserved) return
    this.#unobserved = false
    this.#home.observed()
  }

  #tell(listeners: readonly ((outcome: TaskOutcome) => void)[], outcome: TaskOutcome): void {
    queueMicrotask(() => {
      for (const listener of listeners) callSafely(() => listener(outcome), `listener of task '${this.name}'`)
    })
  }
}
