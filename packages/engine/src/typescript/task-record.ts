// One task: what the table holds, the queues link and the submitter gets as its handle. Kept small, since a million
// may wait: what only a running task needs hangs off `run`, what only few tasks need off `run.extras`.
import type { TaskDiary, TaskHandle, TaskOutcome, TaskStats, TaskStatus } from '../contract/task.ts'
import { isSettled } from '../contract/task-state.ts'
import { callSafely } from '../support/event-stream.ts'
import type { IntrusiveList } from './intrusive-list.ts'
import { listOf } from './kept-arguments.ts'
import type { KeptArguments } from './kept-arguments.ts'
import type { Plan } from './plan.ts'
import type { RunState } from './run-state.ts'
import type { TimerEntry } from './timer-queue.ts'

const acceptedAtOnce: Promise<void> = Promise.resolve()

/** Who waits for the end of a task. */
class Waiter {
  promise: Promise<unknown> | null = null
  resolve: ((value: unknown) => void) | null = null
  reject: ((error: Error) => void) | null = null
  listeners: ((outcome: TaskOutcome) => void)[] | null = null
}

export class TaskRecord implements TaskHandle {
  readonly plan: Plan
  keptArgs: KeptArguments
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
  /** The latest delay or retry pause, pending or over. */
  timer: TimerEntry | null = null
  #waiter: Waiter | null = null
  /** The result, or the error, once settled. */
  #end: unknown = undefined

  constructor(plan: Plan, args: KeptArguments, sequence: number, slot: number, createdAt: number) {
    this.plan = plan
    this.keptArgs = args
    this.sequence = sequence
    this.slot = slot
    this.createdAt = createdAt
  }

  get taskId(): string {
    return this.plan.home.taskId(this)
  }

  get args(): readonly unknown[] {
    return listOf(this.keptArgs)
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
      if (this.status === 'failed') this.#observe()
      return Promise.reject(this.#end)
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
    // observed from the start: it was never counted as unobserved, so it is not counted back either
    if (status === 'failed' && this.run !== null) this.run.observed = true
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
      completedAt: isSettled(this.status) ? home.toEpoch(settledAt(this)) : null,
      waitTimeMs: this.#waitTime(),
      executionTimeMs: known(run?.startedAt, (startedAt) => firstKnown(run?.endedAt, home.now()) - startedAt),
      memoryUsageMb: run?.extrasOrNull?.memoryMb ?? null,
      retries: Math.max(0, (run?.attempt ?? 0) - 1),
      workerId: run?.extrasOrNull?.workerId ?? null,
      progress: run?.extrasOrNull?.progress ?? null,
    }
  }

  get diary(): TaskDiary | null {
    const extras = this.run?.extrasOrNull ?? null
    if (extras === null || (extras.logs === null && extras.heartbeatAt === null)) return null
    return {
      logs: [...(extras.logs ?? [])],
      lastHeartbeatAt: known(extras.heartbeatAt ?? undefined, this.plan.home.toEpoch),
    }
  }

  cancel(reason?: string): boolean {
    return this.plan.home.cancel(this, reason)
  }

  #waitTime(): number {
    // when its next wait begins is known already, and that one has not begun
    if (this.status === 'retrying') return this.run?.waitedMs ?? 0
    const now = this.plan.home.now()
    // a task waits while it is `pending`, or until it ended without having started; else its latest start tells
    const ended = isSettled(this.status) ? settledAt(this) : now
    const until = this.status === 'pending' ? now : firstKnown(this.run?.startedAt, ended)
    return Math.max(0, until - readyAt(this))
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
  return record.run?.extrasOrNull?.readyAt ?? record.timer?.dueAt ?? record.createdAt
}

/** The delay that its submission asked for. */
export function delayOf({ plan, run, timer, createdAt }: TaskRecord): number {
  // without a timer it was C that waited
  return run?.extrasOrNull?.delayMs ?? (timer === null ? plan.options.delayMs : timer.dueAt - createdAt)
}

/** When a settled record ended: with its attempt, or while it waited. */
export function settledAt(record: TaskRecord): number {
  return record.run?.extrasOrNull?.settledAt ?? record.run?.endedAt ?? record.createdAt
}

function known(monotonicMs: number | undefined, convert: (ms: number) => number): number | null {
  return monotonicMs === undefined || Number.isNaN(monotonicMs) ? null : convert(monotonicMs)
}

function firstKnown(monotonicMs: number | undefined, otherwise: number): number {
  return monotonicMs === undefined || Number.isNaN(monotonicMs) ? otherwise : monotonicMs
}
