// Where tasks that C looks after end: what came back in one round is settled one by one, and counted and told together.
import type { NativeEngineBinding } from '@catzilla/core-c'
import type { TaskOutcome } from '../contract/task.ts'
import { callSafely } from '../support/event-stream.ts'
import { TaskGroup } from '../support/task-group.ts'
import type { WalkParts } from '../typescript/walk-engine.ts'
import type { RecentRuns } from '../typescript/recent-runs.ts'
import type { CPlans } from './c-plans.ts'
import type { CreationTimes } from './creation-times.ts'
import { attemptError } from './kernel-errors.ts'
import type { KernelPlan } from './kernel-plan.ts'
import { TaskBit, Waiter } from './native-task.ts'
import type { NativeTask } from './native-task.ts'
import type { NativeNews } from './native-news.ts'
import { Ledger, PastRun } from './past-run.ts'
import { portLayout } from './port-layout.ts'
import type { Port } from './port.ts'
import { resultOf } from './program-result.ts'
import type { SeriesBooks } from './series-books.ts'
import type { Slots } from './slots.ts'
import { argumentsIn, isScalar, scalarIn } from './slot-values.ts'
import type { SlotKeeper } from './slot-shelf.ts'

const { SLOT_PLAN, SLOT_STATE, SLOT_STARTED_AT, SLOT_ENDED_AT, SLOT_RESULT_TYPE, SLOT_CANCEL } = portLayout
const { SLOT_STATE_RUNNING, SLOT_STATE_COMPLETED, SLOT_STATE_FAILED } = portLayout

/** Longest run, in milliseconds, that the figures of the last ten seconds have use for. */
const LONGEST_RECENT_MS = 10_000

type Listener = (outcome: TaskOutcome) => void

/** What the parts that work with C share. */
export interface NativeParts {
  readonly binding: NativeEngineBinding
  readonly port: Port
  readonly slots: Slots
  readonly createdAt: CreationTimes
  readonly plans: CPlans
  readonly books: SeriesBooks
  readonly recent: RecentRuns
  readonly news: NativeNews
  readonly walk: WalkParts
}

export class NativeSettlement implements SlotKeeper {
  readonly #parts: NativeParts
  readonly #port: Port
  readonly #slots: Slots
  readonly #onBail: (task: NativeTask, slot: number) => void
  readonly #ledger = new Ledger()
  /** Of this round. */
  #settled = 0
  #completed = 0
  #failed = 0
  #busyMs = 0
  #listeners: (Listener | TaskOutcome | string)[] = []

  /** @param onBail takes over a task that C has given up, with its slot */
  constructor(parts: NativeParts, onBail: (task: NativeTask, slot: number) => void) {
    this.#parts = parts
    this.#onBail = onBail
    this.#port = parts.port
    this.#slots = parts.slots
  }

  /** C has done with the slot of a task. */
  settle(task: NativeTask, slot: number): void {
    const { words, doubles } = this.#port
    const word = this.#port.wordOf(slot)
    this.#parts.plans.release(words[word + SLOT_PLAN / 4] ?? 0)
    task.word |= TaskBit.RETURNED
    if ((task.word & TaskBit.END) !== 0) return this.#returnLate(task, slot)
    const state = words[word + SLOT_STATE / 4]
    if (state === SLOT_STATE_FAILED && this.#gaveUp(task, slot)) return
    const double = this.#port.doubleOf(slot)
    const endedAt = doubles[double + SLOT_ENDED_AT / 8] ?? 0
    const startedAt = doubles[double + SLOT_STARTED_AT / 8] ?? 0
    const ranMs = endedAt - startedAt
    this.#busyMs += ranMs < LONGEST_RECENT_MS ? ranMs : LONGEST_RECENT_MS
    this.#settled++
    this.#slots.unsettled--
    if (state === SLOT_STATE_COMPLETED) this.#complete(task, slot, words[word + SLOT_RESULT_TYPE / 4] ?? 0)
    else this.#fail(task, slot, state === SLOT_STATE_FAILED)
    const { completedShelf, failedShelf } = task.kernel as KernelPlan
    const shelf = state === SLOT_STATE_COMPLETED ? completedShelf : failedShelf
    if (shelf.keeps) shelf.put(slot, endedAt)
    else this.#giveUp(task, slot)
  }

  #complete(task: NativeTask, slot: number, type: number): void {
    const waiting = task.held
    task.word |= TaskBit.COMPLETED
    this.#completed++
    task.plan.series.completed++
    if (isScalar(type)) {
      // while the slot is at hand: by the time it is given up it is far away
      this.#copy(task, slot)
      if (waiting !== null) this.#tell(task, waiting, 'completed', scalarIn(this.#port, slot, type))
    } else {
      task.held = decoded(task, this.#parts.binding.result(slot))
      this.#parts.binding.free(slot)
      if (waiting !== null) this.#tell(task, waiting, 'completed', task.held)
    }
    if (task.has(TaskBit.TOLD) || this.#parts.news.wanted(task)) this.#parts.news.tellEnd(task)
  }

  /** C has given up a compiled body: the task goes on in the walk, in JavaScript. */
  #gaveUp(task: NativeTask, slot: number): boolean {
    if ((task.kernel as KernelPlan).program === null) return false
    if (this.#parts.binding.error(slot).status !== 'BAILED') return false
    this.#onBail(task, slot)
    return true
  }

  #fail(task: NativeTask, slot: number, failed: boolean): void {
    const { binding, news, walk } = this.#parts
    const waiting = task.held
    task.held = attemptError(binding.error(slot), task)
    binding.free(slot)
    task.word |= failed ? TaskBit.FAILED : TaskBit.CANCELLED
    task.plan.series.count(failed ? 'failed' : 'cancelled')
    if (failed) {
      this.#failed++
      if (waiting === null) walk.walk.statistics.unobservedFailures++
      else task.word |= TaskBit.OBSERVED
    } else walk.walk.statistics.cancelled++
    if (waiting !== null) this.#tell(task, waiting, failed ? 'failed' : 'cancelled', task.held)
    if (task.has(TaskBit.TOLD) || news.wanted(task)) news.tellEnd(task)
  }

  /** Ends an unsettled task now; its slot comes back when C has seen to it. */
  cancel(task: NativeTask, error: Error, now: number): void {
    const { binding, news, walk } = this.#parts
    const { slot } = task
    const { statistics } = walk.walk
    const word = this.#port.wordOf(slot)
    const running = this.#port.words[word + SLOT_STATE / 4] === SLOT_STATE_RUNNING
    const waiting = task.held
    task.held = this.#pastOfCancelled(task, slot, error, now, running)
    task.word |= TaskBit.CANCELLED | TaskBit.COPIED | (running ? TaskBit.LATE : 0)
    Atomics.store(this.#port.words, word + SLOT_CANCEL / 4, 1)
    if (!running) binding.cancelTimed(slot)
    statistics.cancelled++
    task.plan.series.cancelled++
    if (running) statistics.lateRuns++
    if (waiting !== null) this.#tell(task, waiting, 'cancelled', error)
    if (task.has(TaskBit.TOLD) || news.wanted(task)) news.tellEnd(task)
    const { failedShelf } = task.kernel as KernelPlan
    if (failedShelf.keeps) failedShelf.put(slot, now)
    else task.word |= TaskBit.FORGOTTEN
    this.#settled++
    this.#slots.unsettled--
    this.endRound()
  }

  #pastOfCancelled(task: NativeTask, slot: number, end: unknown, now: number, running: boolean): PastRun {
    const { signature } = task.kernel as KernelPlan
    const past = PastRun.read(this.#port, slot, this.#parts.createdAt.get(slot, signature.length))
    past.end = end
    past.args = argumentsIn(this.#port, slot, signature)
    past.settledAt = now
    if (running) past.endedAt = now
    return past
  }

  /** The slot of a task that had been cancelled comes back. */
  #returnLate(task: NativeTask, slot: number): void {
    if (task.has(TaskBit.LATE)) this.#parts.walk.walk.statistics.lateRuns--
    this.#parts.binding.free(slot)
    if (task.has(TaskBit.FORGOTTEN)) this.#slots.give(slot)
  }

  settledAt(slot: number): number {
    const { held } = this.#slots.owners[slot] as NativeTask
    if (held instanceof PastRun) return held.settledAt
    return this.#port.doubles[this.#port.doubleOf(slot) + SLOT_ENDED_AT / 8] ?? 0
  }

  forget(slot: number): void {
    const task = this.#slots.owners[slot] as NativeTask
    if (task.has(TaskBit.RETURNED)) this.#giveUp(task, slot)
    else task.word |= TaskBit.FORGOTTEN
  }

  /** The slot will be another's: what somebody may still ask of the task moves into it. */
  #giveUp(task: NativeTask, slot: number): void {
    if (!task.has(TaskBit.COPIED)) {
      // a result that is no scalar, and an error, are held by the task already
      task.held = this.#pastOf(task, slot)
      task.word |= TaskBit.COPIED
    }
    this.#slots.give(slot)
  }

  #pastOf(task: NativeTask, slot: number): PastRun {
    const past = PastRun.read(this.#port, slot, this.#createdAt(task, slot))
    past.settledAt = past.endedAt
    past.end = task.held
    return past
  }

  /** What the slot says of a task that completed with a scalar. */
  #copy(task: NativeTask, slot: number): void {
    const place = this.#ledger.write(this.#port, slot, this.#createdAt(task, slot))
    task.moveToPage(this.#ledger.page, place)
  }

  #createdAt({ kernel }: NativeTask, slot: number): number {
    return this.#parts.createdAt.get(slot, (kernel as KernelPlan).signature.length)
  }

  #tell({ name }: NativeTask, waiting: unknown, status: TaskOutcome['status'], end: unknown): void {
    if (waiting instanceof TaskGroup) return waiting.settle(status === 'completed' ? undefined : (end as Error))
    if (!(waiting instanceof Waiter)) {
      this.#listeners.push(waiting as Listener, outcomeOf(status, end), name)
      return
    }
    if (status === 'completed') waiting.resolve?.(end)
    else waiting.reject?.(end as Error)
    if (waiting.listeners === null) return
    const outcome = outcomeOf(status, end)
    for (const listener of waiting.listeners) this.#listeners.push(listener, outcome, name)
  }

  /** Counts and tells what the round has brought. */
  endRound(): void {
    if (this.#listeners.length > 0) this.#deliver()
    if (this.#settled === 0) return
    const { recent, walk } = this.#parts
    const { clock, occupancy, statistics } = walk.walk
    const now = clock.now()
    recent.add(now, this.#busyMs, this.#completed + this.#failed)
    statistics.completed += this.#completed
    statistics.failed += this.#failed
    const settled = this.#settled
    this.#settled = 0
    this.#completed = 0
    this.#failed = 0
    this.#busyMs = 0
    occupancy.settledElsewhere(settled)
    walk.settlement.tellWhenDrained(now)
    walk.keepAlive.hold(occupancy.unsettled > 0)
  }

  #deliver(): void {
    const owed = this.#listeners
    this.#listeners = []
    this.#parts.walk.walk.events.defer(() => {
      for (let index = 0; index < owed.length; index += 3) {
        const [listener, outcome] = [owed[index] as Listener, owed[index + 1] as TaskOutcome]
        tellSafely(listener, outcome, owed[index + 2] as string)
      }
    })
  }
}

function decoded(task: NativeTask, given: unknown): unknown {
  return resultOf((task.kernel as KernelPlan).program, given)
}

function outcomeOf(status: TaskOutcome['status'], end: unknown): TaskOutcome {
  return status === 'completed' ? { status, value: end } : { status, error: end as Error }
}

/** As `callSafely`, without a closure for each of many calls that go well. */
function tellSafely(listener: Listener, outcome: TaskOutcome, name: string): void {
  let answer: unknown
  try {
    answer = listener(outcome)
  } catch (thrown) {
    callSafely(() => {
      throw thrown
    }, `listener of task '${name}'`)
    return
  }
  if (answer instanceof Promise) callSafely(() => answer, `listener of task '${name}'`)
}
