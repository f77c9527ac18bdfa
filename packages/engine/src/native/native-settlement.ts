// Where tasks that C looks after end: what came back in one round is settled, alike ones by the run, and counted and told together.
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
import { PlainRun } from './plain-run.ts'
import { portLayout } from './port-layout.ts'
import type { Port } from './port.ts'
import { resultOf } from './program-result.ts'
import type { SeriesBooks } from './series-books.ts'
import { TaskBit, firstOf, placeOf } from './slab.ts'
import type { Slab, Slabs } from './slab.ts'
import type { SlotKeeper } from './slot-shelf.ts'
import { isScalar, scalarIn } from './slot-values.ts'
import type { Slots } from './slots.ts'

const { SLOT_PLAN, SLOT_STATE, SLOT_ENDED_AT, SLOT_CANCEL } = portLayout
const { SLOT_STATE_RUNNING, SLOT_STATE_COMPLETED, SLOT_STATE_FAILED } = portLayout

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
  readonly #run: PlainRun
  /** Of this round. */
  #settled = 0
  #completed = 0
  #failed = 0

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
    this.#run = new PlainRun(parts.port, parts.slots, parts.createdAt)
  }

  /** As many of the entries as end like the task before them; gives the place of the next. */
  settleAlike(entries: Int32Array, from: number, until: number): number {
    return this.#run.addAll(entries, from, until)
  }

  /** C has done with the slot of a task. */
  settle(number: number, slot: number): void {
    const slab = this.#slabOf(number)
    const place = placeOf(number)
    const flags = slab.flagsOf(place)
    if (this.#run.hasNext(slab, flags, slot)) this.#settlePlainly(slab, place, slot)
    else this.#settleFully(slab, place, flags, slot)
  }

  #slabOf(number: number): Slab {
    if (firstOf(number) !== this.#slab.first) this.#slab = this.#slabs.of(number)
    return this.#slab
  }

  /** One more of the run, of which nothing is told but to who waits for it. */
  #settlePlainly(slab: Slab, place: number, slot: number): void {
    this.#run.add(slab, place, slot)
    const waiting = slab.heldOf(place)
    if (waiting === null) return
    slab.hold(place, null)
    this.#ends.tell(this.#run.kernel?.name ?? '', waiting, 'completed', scalarIn(this.#port, slot, slab.typeOf(place)))
  }

  /** From here on tasks of this kernel are settled plainly, if they may be. */
  #beginRun(slab: Slab, kernel: KernelPlan, flags: number, now: number): void {
    if (!kernel.completedShelf.keeps || (flags & TaskBit.TOLD) !== 0 || this.#parts.news.wanted(kernel)) return
    this.#run.begin(slab, kernel, flags, now)
  }

  #endRun(): void {
    const { kernel, count, began } = this.#run
    this.#run.end()
    if (count === 0 || kernel === null) return
    kernel.releaseQuiet(count)
    kernel.plan.series.completed += count
    this.#completed += count
    this.#settled += count
    this.#slots.unsettled -= count
    kernel.completedShelf.added(count, began)
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
    const endedAt = this.#port.doubles[this.#port.doubleOf(slot) + SLOT_ENDED_AT / 8] ?? 0
    this.#run.busyMs += this.#run.ranMs(slot)
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
    this.#beginRun(slab, kernel, flags, endedAt)
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

  forget(slots: Int32Array, from: number, until: number): void {
    const { tasks } = this.#slots
    let slab: Slab | null = null
    let left = 0
    for (let at = from; at < until; at++) {
      const slot = slots[at] ?? 0
      const number = tasks[slot] ?? 0
      if (slab === null || firstOf(number) !== slab.first) {
        if (slab !== null && left > 0) this.#slabs.leave(slab, left)
        slab = this.#slabs.of(number)
        left = 0
      }
      if ((slab.flagsOf(placeOf(number)) & TaskBit.RETURNED) === 0) slab.mark(placeOf(number), TaskBit.FORGOTTEN)
      else {
        left++
        this.#slots.give(slot)
      }
    }
    if (slab !== null && left > 0) this.#slabs.leave(slab, left)
  }

  /** The slot will be another's. Whoever holds the task finds on its slab what he may still ask of it. */
  #giveUp(slab: Slab, slot: number): void {
    this.#slabs.leave(slab, 1)
    this.#slots.give(slot)
  }

  /** Counts and tells what the round has brought. */
  endRound(): void {
    this.#endRun()
    this.#ends.deliver()
    if (this.#settled + this.#completed + this.#failed === 0) return
    const { recent, walk } = this.#parts
    const { clock, occupancy, statistics } = walk.walk
    const now = clock.now()
    recent.add(now, this.#run.busyMs, this.#completed + this.#failed)
    statistics.completed += this.#completed
    statistics.failed += this.#failed
    const settled = this.#settled
    this.#settled = 0
    this.#completed = 0
    this.#failed = 0
    this.#run.busyMs = 0
    occupancy.settledElsewhere(settled)
    walk.settlement.tellWhenDrained(now)
    walk.keepAlive.hold(occupancy.unsettled > 0)
  }
}
