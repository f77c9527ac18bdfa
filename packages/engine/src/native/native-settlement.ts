// Where tasks that C looks after end: what came back in one round is settled one by one, and counted and told together.
import type { NativeEngineBinding } from '@catzilla/core-c'
import type { WalkParts } from '../typescript/walk-engine.ts'
import type { RecentRuns } from '../typescript/recent-runs.ts'
import type { CPlans } from './c-plans.ts'
import type { CreationTimes } from './creation-times.ts'
import { EndTelling } from './end-telling.ts'
import { attemptError } from './kernel-errors.ts'
import type { KernelPlan } from './kernel-plan.ts'
import { NativeTask } from './native-task.ts'
import type { NativeNews } from './native-news.ts'
import { portLayout } from './port-layout.ts'
import type { Port } from './port.ts'
import { resultOf } from './program-result.ts'
import type { SeriesBooks } from './series-books.ts'
import { TaskBit, firstOf, placeOf } from './slab.ts'
import type { Slab, Slabs } from './slab.ts'
import type { SlotKeeper, SlotShelf } from './slot-shelf.ts'
import { isScalar, scalarIn } from './slot-values.ts'
import type { Slots } from './slots.ts'

const { SLOT_PLAN, SLOT_STATE, SLOT_STARTED_AT, SLOT_ENDED_AT, SLOT_RESULT_TYPE, SLOT_CANCEL } = portLayout
const { SLOT_STATE_RUNNING, SLOT_STATE_COMPLETED, SLOT_STATE_FAILED } = portLayout

/** Longest run, in milliseconds, that the figures of the last ten seconds have use for. */
const LONGEST_RECENT_MS = 10_000
/** No task has these. */
const NO_FLAGS = -1

/** What the parts that work with C share. */
export interface NativeParts {
  readonly binding: NativeEngineBinding
  readonly port: Port
  readonly slots: Slots
  readonly slabs: Slabs
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
  readonly #slabs: Slabs
  readonly #createdAt: CreationTimes
  readonly #ends: EndTelling
  readonly #onBail: (task: NativeTask, slot: number) => void
  /** The slab of the latest task. */
  #slab: Slab
  /** Tasks that end alike, one behind the other: their flags before, their kernel, where they are kept, and how many there are. */
  #plainFlags = NO_FLAGS
  #kernel: KernelPlan | null = null
  #arity = 0
  #shelf: SlotShelf | null = null
  #plain = 0
  #runBegan: number = Number.NaN
  /** Of this round. */
  #settled = 0
  #completed = 0
  #failed = 0
  #busyMs = 0

  /** @param onBail takes over a task that C has given up, with its slot */
  constructor(parts: NativeParts, onBail: (task: NativeTask, slot: number) => void) {
    this.#parts = parts
    this.#onBail = onBail
    this.#port = parts.port
    this.#slots = parts.slots
    this.#slabs = parts.slabs
    this.#createdAt = parts.createdAt
    this.#ends = new EndTelling(parts.walk.walk.events)
    this.#slab = parts.slabs.latest
  }

  /** C has done with the slot of a task. */
  settle(number: number, slot: number): void {
    const slab = this.#slabOf(number)
    const place = placeOf(number)
    const flags = slab.flagsOf(place)
    if (flags === this.#plainFlags && this.#isPlainEnd(slot)) this.#settlePlainly(slab, place, flags, slot)
    else this.#settleFully(slab, place, flags, slot)
  }

  #slabOf(number: number): Slab {
    if (firstOf(number) !== this.#slab.first) {
      this.#endRun()
      this.#slab = this.#slabs.of(number)
    }
    return this.#slab
  }

  /** It completed with a number or with nothing. */
  #isPlainEnd(slot: number): boolean {
    const { words } = this.#port
    const word = this.#port.wordOf(slot)
    return words[word + SLOT_STATE / 4] === SLOT_STATE_COMPLETED && isScalar(words[word + SLOT_RESULT_TYPE / 4] ?? 0)
  }

  /** One more of the run, of which nothing is told but to who waits for it: the run is counted and kept together. */
  #settlePlainly(slab: Slab, place: number, flags: number, slot: number): void {
    slab.copyRun(place, this.#port, slot)
    slab.setCreated(place, this.#createdAt.get(slot, this.#arity))
    slab.setFlags(place, flags | TaskBit.RETURNED | TaskBit.COMPLETED)
    this.#port.clear(slot)
    this.#countRun(slot)
    this.#shelf?.add(slot)
    this.#plain++
    const waiting = slab.heldOf(place)
    if (waiting !== null) this.#tellPlainEnd(slab, place, waiting, slot)
  }

  #tellPlainEnd(slab: Slab, place: number, waiting: unknown, slot: number): void {
    slab.hold(place, null)
    this.#ends.tell(this.#kernel?.name ?? '', waiting, 'completed', scalarIn(this.#port, slot, slab.typeOf(place)))
  }

  #countRun(slot: number): number {
    const { doubles } = this.#port
    const double = this.#port.doubleOf(slot)
    const endedAt = doubles[double + SLOT_ENDED_AT / 8] ?? 0
    const ranMs = endedAt - (doubles[double + SLOT_STARTED_AT / 8] ?? 0)
    this.#busyMs += ranMs < LONGEST_RECENT_MS ? ranMs : LONGEST_RECENT_MS
    return endedAt
  }

  /** From here on tasks of this kernel are settled plainly, if they may be. */
  #beginRun(kernel: KernelPlan, flags: number, now: number): void {
    if (!kernel.completedShelf.keeps || (flags & TaskBit.TOLD) !== 0 || this.#parts.news.wanted(kernel)) return
    this.#plainFlags = flags
    this.#kernel = kernel
    this.#arity = kernel.signature.length
    this.#shelf = kernel.completedShelf
    this.#runBegan = now
  }

  #endRun(): void {
    const count = this.#plain
    this.#plainFlags = NO_FLAGS
    if (count === 0 || this.#kernel === null) return
    this.#plain = 0
    this.#kernel.releaseQuiet(count)
    this.#kernel.plan.series.completed += count
    this.#completed += count
    this.#settled += count
    this.#slots.unsettled -= count
    this.#shelf?.added(count, this.#runBegan)
  }

  #settleFully(slab: Slab, place: number, flags: number, slot: number): void {
    const { words } = this.#port
    const word = this.#port.wordOf(slot)
    this.#endRun()
    this.#parts.plans.release(words[word + SLOT_PLAN / 4] ?? 0)
    slab.setFlags(place, flags | TaskBit.RETURNED)
    if ((flags & TaskBit.END) !== 0) return this.#returnLate(slab, flags, slot)
    const kernel = slab.kernelOf(flags) as KernelPlan
    const state = words[word + SLOT_STATE / 4]
    if (state === SLOT_STATE_FAILED && this.#gaveUp(slab, place, slot)) return
    const endedAt = this.#countRun(slot)
    this.#settled++
    this.#slots.unsettled--
    this.#copy(slab, place, kernel, slot)
    if (state === SLOT_STATE_COMPLETED) this.#complete(slab, place, kernel, slot)
    else this.#fail(slab, place, state === SLOT_STATE_FAILED, slot)
    if ((flags & TaskBit.TOLD) !== 0 || this.#parts.news.wanted(kernel)) {
      this.#parts.news.tellEnd(new NativeTask(slab, place))
    }
    this.#port.clear(slot)
    const shelf = state === SLOT_STATE_COMPLETED ? kernel.completedShelf : kernel.failedShelf
    if (shelf.keeps) shelf.put(slot, endedAt)
    else this.#giveUp(slab, slot)
    this.#beginRun(kernel, flags, endedAt)
  }

  /** What the slot says of the task, which is another's soon. */
  #copy(slab: Slab, place: number, { signature }: KernelPlan, slot: number): void {
    slab.copyRun(place, this.#port, slot)
    slab.setCreated(place, this.#createdAt.get(slot, signature.length))
  }

  #complete(slab: Slab, place: number, { plan, name, program }: KernelPlan, slot: number): void {
    const waiting = slab.heldOf(place)
    const isNumber = isScalar(slab.typeOf(place))
    // the body's words to a console come with it: whoever listens there finds the task unsettled still
    const value = isNumber ? scalarIn(this.#port, slot, slab.typeOf(place)) : this.#takeResult(program, slot)
    if (!isNumber) slab.hold(place, value)
    else if (waiting !== null) slab.hold(place, null)
    slab.mark(place, TaskBit.COMPLETED)
    this.#completed++
    plan.series.completed++
    if (waiting !== null) this.#ends.tell(name, waiting, 'completed', value)
  }

  #takeResult(program: KernelPlan['program'], slot: number): unknown {
    const value = resultOf(program, this.#parts.binding.result(slot))
    this.#parts.binding.free(slot)
    return value
  }

  /** C has given up a compiled body: the task goes on in the walk, in JavaScript. */
  #gaveUp(slab: Slab, place: number, slot: number): boolean {
    const { program } = slab.kernelOf(slab.flagsOf(place)) as KernelPlan
    if (program === null || this.#parts.binding.error(slot).status !== 'BAILED') return false
    this.#onBail(new NativeTask(slab, place), slot)
    return true
  }

  #fail(slab: Slab, place: number, failed: boolean, slot: number): void {
    const { binding, walk } = this.#parts
    const { statistics } = walk.walk
    const waiting = slab.heldOf(place)
    const { plan, name } = slab.kernelOf(slab.flagsOf(place))
    const error = attemptError(binding.error(slot), { plan, name })
    binding.free(slot)
    slab.hold(place, error)
    slab.mark(place, failed ? TaskBit.FAILED : TaskBit.CANCELLED)
    plan.series.count(failed ? 'failed' : 'cancelled')
    if (failed) {
      this.#failed++
      if (waiting === null) statistics.unobservedFailures++
      else slab.mark(place, TaskBit.OBSERVED)
    } else {
      slab.endNow(place, this.#port.doubles[this.#port.doubleOf(slot) + SLOT_ENDED_AT / 8] ?? 0, false)
      statistics.cancelled++
    }
    if (waiting !== null) this.#ends.tell(name, waiting, failed ? 'failed' : 'cancelled', error)
  }

  /** Ends an unsettled task now; its slot comes back when C has seen to it. */
  cancel(task: NativeTask, error: Error, now: number): void {
    const { binding, news, walk } = this.#parts
    const { slab, place, slot } = task
    const { statistics } = walk.walk
    const kernel = task.kernel as KernelPlan
    const word = this.#port.wordOf(slot)
    const running = this.#port.words[word + SLOT_STATE / 4] === SLOT_STATE_RUNNING
    const waiting = task.held
    this.#copy(slab, place, kernel, slot)
    slab.endNow(place, now, running)
    slab.hold(place, error)
    slab.mark(place, TaskBit.CANCELLED | (running ? TaskBit.LATE : 0))
    Atomics.store(this.#port.words, word + SLOT_CANCEL / 4, 1)
    if (!running) binding.cancelTimed(slot)
    statistics.cancelled++
    kernel.plan.series.cancelled++
    if (running) statistics.lateRuns++
    if (waiting !== null) this.#ends.tell(kernel.name, waiting, 'cancelled', error)
    if (task.has(TaskBit.TOLD) || news.wanted(kernel)) news.tellEnd(task)
    if (kernel.failedShelf.keeps) kernel.failedShelf.put(slot, now)
    else slab.mark(place, TaskBit.FORGOTTEN)
    this.#settled++
    this.#slots.unsettled--
    this.endRound()
  }

  /** The slot of a task that had been cancelled comes back. */
  #returnLate(slab: Slab, flags: number, slot: number): void {
    if ((flags & TaskBit.LATE) !== 0) this.#parts.walk.walk.statistics.lateRuns--
    this.#parts.binding.free(slot)
    this.#port.clear(slot)
    if ((flags & TaskBit.FORGOTTEN) !== 0) this.#giveUp(slab, slot)
  }

  settledAt(slot: number): number {
    const number = this.#slots.tasks[slot] ?? 0
    return this.#slabs.of(number).settledAt(placeOf(number))
  }

  forget(slot: number): void {
    const number = this.#slots.tasks[slot] ?? 0
    const slab = this.#slabs.of(number)
    if ((slab.flagsOf(placeOf(number)) & TaskBit.RETURNED) !== 0) this.#giveUp(slab, slot)
    else slab.mark(placeOf(number), TaskBit.FORGOTTEN)
  }

  /** The slot will be another's. Whoever holds the task finds on its slab what he may still ask of it. */
  #giveUp(slab: Slab, slot: number): void {
    this.#slabs.leave(slab)
    this.#slots.give(slot)
  }

  /** Counts and tells what the round has brought. */
  endRound(): void {
    this.#endRun()
    this.#ends.deliver()
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
}
