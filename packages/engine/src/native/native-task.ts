// A kernel task that C looks after, as its submitter holds it: a place on a slab. Many are never looked at, and the engine holds none.
import { isSettled } from '../contract/task-state.ts'
import type { TaskDiary, TaskHandle, TaskInfo, TaskOutcome, TaskStats, TaskStatus } from '../contract/task.ts'
import { callSafely } from '../support/event-stream.ts'
import { TaskGroup } from '../support/task-group.ts'
import type { Plan } from '../typescript/plan.ts'
import type { TaskRecord } from '../typescript/task-record.ts'
import type { PastRun } from './past-run.ts'
import { TaskBit } from './slab.ts'
import type { Slab } from './slab.ts'
import { isScalar, scalarOf } from './slot-values.ts'

const endings = [undefined, 'completed', 'failed', 'cancelled'] as const
const acceptedAtOnce: Promise<void> = Promise.resolve()

/** Who looks after the tasks. */
export interface NativeTaskHome {
  taskId(task: NativeTask): string
  /** Where an unsettled task is, as the slot says. */
  statusOf(task: NativeTask): TaskStatus
  /** What is known of its runs. */
  past(task: NativeTask): PastRun
  statsOf(task: NativeTask, past: PastRun): TaskStats
  infoOf(task: NativeTask, past: PastRun): TaskInfo
  cancel(task: NativeTask, reason: string | undefined): boolean
  holdUp(task: NativeTask, timeoutMs: number): boolean
  observeFailure(): void
  defer(deliver: () => void): void
}

export interface NativeTaskPlan {
  readonly name: string
  readonly plan: Plan
  readonly home: NativeTaskHome
}

type Listener = (outcome: TaskOutcome) => void

/** Who waits for the end of a task, when that is more than one listener. */
export class Waiter {
  promise: Promise<unknown> | null = null
  resolve: ((value: unknown) => void) | null = null
  reject: ((error: Error) => void) | null = null
  listeners: Listener[] | null = null
}

export class NativeTask implements TaskHandle {
  readonly slab: Slab
  readonly place: number

  constructor(slab: Slab, place: number) {
    this.slab = slab
    this.place = place
  }

  /** As the engine knows it. */
  get number(): number {
    return this.slab.first + this.place
  }

  get kernel(): NativeTaskPlan {
    return this.slab.kernelOf(this.slab.flagsOf(this.place))
  }

  /** Order of submission. */
  get sequence(): number {
    return this.slab.sequenceOf(this.place)
  }

  get slot(): number {
    return this.slab.slotOf(this.place)
  }

  has(bit: number): boolean {
    return (this.slab.flagsOf(this.place) & bit) !== 0
  }

  get held(): unknown {
    return this.slab.heldOf(this.place)
  }

  /** How it ended; undefined while it has not, and when it has moved. */
  get ending(): 'completed' | 'failed' | 'cancelled' | undefined {
    return endings[this.slab.flagsOf(this.place) & TaskBit.END]
  }

  get moved(): TaskRecord | null {
    return (this.slab.flagsOf(this.place) & TaskBit.END) === TaskBit.MOVED ? (this.held as TaskRecord) : null
  }

  get plan(): Plan {
    return this.kernel.plan
  }

  get taskId(): string {
    return this.kernel.home.taskId(this)
  }

  get name(): string {
    return this.kernel.name
  }

  get accepted(): Promise<void> {
    return acceptedAtOnce
  }

  get status(): TaskStatus {
    return this.ending ?? this.moved?.status ?? this.kernel.home.statusOf(this)
  }

  get outcome(): TaskOutcome | undefined {
    // asking for the status takes in what C has finished meanwhile
    if (!isSettled(this.status)) return undefined
    if (this.moved !== null) return this.moved.outcome
    if (this.ending === 'failed') observe(this)
    return this.peekOutcome()
  }

  /** The outcome for inspection, which is not looking at the result. */
  peekOutcome(): TaskOutcome | undefined {
    const { ending } = this
    if (ending === undefined) return this.moved?.peekOutcome()
    if (ending === 'completed') return { status: ending, value: valueOf(this) }
    return { status: ending, error: errorOf(this) }
  }

  /** Whether anybody waits for the result or listens to it. */
  get awaited(): boolean {
    return this.ending === undefined && this.held !== null
  }

  wait(): Promise<unknown> {
    const end = this.slab.flagsOf(this.place) & TaskBit.END
    if (end === 0) return promiseOf(this)
    if (end === TaskBit.COMPLETED) return Promise.resolve(valueOf(this))
    if (end === TaskBit.MOVED) return (this.held as TaskRecord).wait()
    if (end === TaskBit.FAILED) observe(this)
    return Promise.reject(errorOf(this))
  }

  onSettled(listener: Listener): void {
    if (this.ending !== undefined) return tellNow(this, listener)
    if (this.moved !== null) return this.moved.onSettled(listener)
    if (this.held === null) return this.slab.hold(this.place, listener)
    const waiter = waiterOf(this)
    if (waiter.listeners === null) waiter.listeners = [listener]
    else waiter.listeners.push(listener)
  }

  join(group: TaskGroup): void {
    const end = this.slab.flagsOf(this.place) & TaskBit.END
    if (end === TaskBit.COMPLETED) group.settle(undefined)
    else if (end !== 0 || this.held !== null) this.onSettled(group.listener)
    else this.slab.hold(this.place, group)
  }

  stats(): TaskStats {
    if (this.moved !== null) return this.moved.stats()
    const { home } = this.kernel
    return home.statsOf(this, home.past(this))
  }

  /** Bodies in C tell nothing. */
  get diary(): TaskDiary | null {
    return this.moved?.diary ?? null
  }

  info(): TaskInfo {
    const { home } = this.kernel
    return home.infoOf(this, home.past(this))
  }

  waitSync(timeoutMs: number): boolean {
    return this.kernel.home.holdUp(this, timeoutMs)
  }

  cancel(reason?: string): boolean {
    if (this.moved !== null) return this.moved.cancel(reason)
    return !isSettled(this.status) && this.kernel.home.cancel(this, reason)
  }
}

function promiseOf(task: NativeTask): Promise<unknown> {
  const waiter = waiterOf(task)
  return (waiter.promise ??= new Promise((resolve, reject) => {
    waiter.resolve = resolve
    waiter.reject = reject
  }))
}

function waiterOf(task: NativeTask): Waiter {
  const { held } = task
  if (held instanceof Waiter) return held
  const waiter = new Waiter()
  if (held !== null) waiter.listeners = [listenerOf(held)]
  task.slab.hold(task.place, waiter)
  return waiter
}

/** A single one who waits, as a listener. */
export function listenerOf(waiting: unknown): Listener {
  return waiting instanceof TaskGroup ? waiting.listener : (waiting as Listener)
}

/** Tells a listener that comes after the end. */
function tellNow(task: NativeTask, listener: Listener): void {
  const { outcome } = task
  if (outcome === undefined) return
  task.kernel.home.defer(() => callSafely(() => listener(outcome), `listener of task '${task.name}'`))
}

function valueOf({ slab, place }: NativeTask): unknown {
  const type = slab.typeOf(place)
  return isScalar(type) ? scalarOf(type, slab.numberOf(place)) : slab.heldOf(place)
}

function errorOf({ held }: NativeTask): Error {
  return held as Error
}

function observe(task: NativeTask): void {
  if (task.has(TaskBit.OBSERVED)) return
  task.slab.mark(task.place, TaskBit.OBSERVED)
  task.kernel.home.observeFailure()
}
