// A kernel task that C looks after: its handle, and all that this thread keeps of it besides its slot. A million of them may
// wait, so it has four fields; what else is known stands in the slot, and is copied when the task has completed.
import { isSettled } from '../contract/task-state.ts'
import type { TaskDiary, TaskHandle, TaskInfo, TaskOutcome, TaskStats, TaskStatus } from '../contract/task.ts'
import { callSafely } from '../support/event-stream.ts'
import { TaskGroup } from '../support/task-group.ts'
import type { Plan } from '../typescript/plan.ts'
import type { TaskRecord } from '../typescript/task-record.ts'
import { PastRun, resultIn, slotIn } from './past-run.ts'
import type { Page } from './past-run.ts'

/** Bits of `word` below the slot. The lowest three hold how the task ended. */
export const TaskBit = {
  COMPLETED: 1,
  FAILED: 2,
  CANCELLED: 3,
  /** It is a record of the walk by now, which `held` is. */
  MOVED: 4,
  END: 7,
  /** A failure that somebody has looked at. */
  OBSERVED: 8,
  /** C has nothing to do with the slot any more. */
  RETURNED: 16,
  /** `held` is a PastRun, or a page of them: the slot says nothing of the task any more. */
  COPIED: 32,
  /** Its plan lets C tell of starts and retries. */
  TOLD: 64,
  /** It ran when it was given up. */
  LATE: 128,
  /** It is no longer kept, though C still has its slot. */
  FORGOTTEN: 256,
} as const
const SLOT_SHIFT = 9

const endings = [undefined, 'completed', 'failed', 'cancelled'] as const
const acceptedAtOnce: Promise<void> = Promise.resolve()

/** Who looks after the tasks. */
export interface NativeTaskHome {
  taskId(task: NativeTask): string
  /** Where an unsettled task is, as the slot says. */
  statusOf(task: NativeTask): TaskStatus
  /** What the slot says of a task that is not copied yet. */
  read(task: NativeTask): PastRun
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
  readonly kernel: NativeTaskPlan
  /** Order of submission. */
  readonly sequence: number
  /** Slot and bits. */
  word: number
  /**
   * Before the end: who waits, null when nobody does. After it: a page of what is known of runs, if the result is a scalar; else the
   * result or error, and a PastRun with it once the slot was given up; a record once the task has moved.
   */
  held: unknown = null

  constructor(kernel: NativeTaskPlan, sequence: number, slot: number, told: boolean) {
    this.kernel = kernel
    this.sequence = sequence
    this.word = (slot << SLOT_SHIFT) | (told ? TaskBit.TOLD : 0)
  }

  get slot(): number {
    const above = this.word >>> SLOT_SHIFT
    // a result may be a Float64Array as well
    return this.has(TaskBit.COPIED) && this.held instanceof Float64Array ? slotIn(this.held, above) : above
  }

  /** What the task needs of its slot, which is another's soon, stands at `place` on `page`. */
  moveToPage(page: Page, place: number): void {
    this.held = page
    this.word = (place << SLOT_SHIFT) | (this.word & ((1 << SLOT_SHIFT) - 1)) | TaskBit.COPIED
  }

  has(bit: number): boolean {
    return (this.word & bit) !== 0
  }

  /** How it ended; undefined while it has not, and when it has moved. */
  get ending(): 'completed' | 'failed' | 'cancelled' | undefined {
    return endings[this.word & TaskBit.END]
  }

  get moved(): TaskRecord | null {
    return (this.word & TaskBit.END) === TaskBit.MOVED ? (this.held as TaskRecord) : null
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
    const { ending } = this
    if (ending === 'completed') return Promise.resolve(valueOf(this))
    if (ending !== undefined) {
      if (ending === 'failed') observe(this)
      return Promise.reject(errorOf(this))
    }
    if (this.moved !== null) return this.moved.wait()
    const waiter = waiterOf(this)
    return (waiter.promise ??= new Promise((resolve, reject) => {
      waiter.resolve = resolve
      waiter.reject = reject
    }))
  }

  onSettled(listener: Listener): void {
    if (this.ending !== undefined) return tellNow(this, listener)
    if (this.moved !== null) return this.moved.onSettled(listener)
    if (this.held === null) {
      this.held = listener
      return
    }
    const waiter = waiterOf(this)
    if (waiter.listeners === null) waiter.listeners = [listener]
    else waiter.listeners.push(listener)
  }

  join(group: TaskGroup): void {
    const end = this.word & TaskBit.END
    if (end === TaskBit.COMPLETED) group.settle(undefined)
    else if (end !== 0 || this.held !== null) this.onSettled(group.listener)
    else this.held = group
  }

  stats(): TaskStats {
    return this.moved?.stats() ?? this.kernel.home.statsOf(this, this.past())
  }

  /** Bodies in C tell nothing. */
  get diary(): TaskDiary | null {
    return this.moved?.diary ?? null
  }

  info(): TaskInfo {
    return this.kernel.home.infoOf(this, this.past())
  }

  waitSync(timeoutMs: number): boolean {
    return this.kernel.home.holdUp(this, timeoutMs)
  }

  cancel(reason?: string): boolean {
    if (this.moved !== null) return this.moved.cancel(reason)
    return !isSettled(this.status) && this.kernel.home.cancel(this, reason)
  }

  /** What is known of its runs. */
  past(): PastRun {
    if (!this.has(TaskBit.COPIED)) return this.kernel.home.read(this)
    return this.held instanceof PastRun ? this.held : PastRun.unpack(this.held as Page, this.word >>> SLOT_SHIFT)
  }
}

// functions rather than private methods: a class with private methods makes every object of it a word larger

function waiterOf(task: NativeTask): Waiter {
  if (task.held instanceof Waiter) return task.held
  const waiter = new Waiter()
  if (task.held !== null) waiter.listeners = [listenerOf(task.held)]
  task.held = waiter
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

function valueOf(task: NativeTask): unknown {
  const { held } = task
  if (!task.has(TaskBit.COPIED)) return held
  return held instanceof PastRun ? held.end : resultIn(held as Page, task.word >>> SLOT_SHIFT)
}

function errorOf({ held }: NativeTask): Error {
  return (held instanceof PastRun ? held.end : held) as Error
}

function observe(task: NativeTask): void {
  if (task.has(TaskBit.OBSERVED)) return
  task.word |= TaskBit.OBSERVED
  task.kernel.home.observeFailure()
}
