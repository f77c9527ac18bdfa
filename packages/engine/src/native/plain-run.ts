// Tasks of one kernel on one slab that complete with numbers, one behind the other. What is to be said of the first holds for all of
// them: each is only copied off its slot, and they are counted and kept together.
import type { CreationTimes } from './creation-times.ts'
import type { KernelPlan } from './kernel-plan.ts'
import { portLayout } from './port-layout.ts'
import type { Port } from './port.ts'
import { TaskBit, firstOf, placeOf } from './slab.ts'
import type { Slab } from './slab.ts'
import { isScalar } from './slot-values.ts'
import type { Slots } from './slots.ts'

const { SLOT_STATE, SLOT_STARTED_AT, SLOT_ENDED_AT, SLOT_RESULT_TYPE, SLOT_STATE_COMPLETED } = portLayout

/** Longest run, in milliseconds, that the figures of the last ten seconds have use for. */
const LONGEST_RECENT_MS = 10_000
/** No task has these. */
const NO_FLAGS = -1

export class PlainRun {
  /** Of its tasks. */
  kernel: KernelPlan | null = null
  /** Tasks so far, but for the one it began behind. */
  count = 0
  /** When it began, in milliseconds on the clock of `performance.now()`. */
  began: number = Number.NaN
  /** What its tasks have run, in milliseconds. Who settles others adds theirs, and takes it when the round ends. */
  busyMs = 0
  readonly #port: Port
  readonly #slots: Slots
  readonly #createdAt: CreationTimes
  #slab: Slab | null = null
  /** Of its tasks, before they end. */
  #flags = NO_FLAGS
  #arity = 0

  constructor(port: Port, slots: Slots, createdAt: CreationTimes) {
    this.#port = port
    this.#slots = slots
    this.#createdAt = createdAt
  }

  /** Behind a task that ended like this. */
  begin(slab: Slab, kernel: KernelPlan, flags: number, now: number): void {
    this.kernel = kernel
    this.began = now
    this.count = 0
    this.#slab = slab
    this.#flags = flags
    this.#arity = kernel.signature.length
  }

  end(): void {
    this.#flags = NO_FLAGS
    this.#slab = null
    this.kernel = null
    this.count = 0
  }

  /** Whether it goes on with the task in a slot. */
  hasNext(slab: Slab, flags: number, slot: number): boolean {
    return flags === this.#flags && slab === this.#slab && this.#isPlainEnd(slot)
  }

  /** Adds the task in a slot, with which it goes on. */
  add(slab: Slab, place: number, slot: number): void {
    this.#copy(slab, place, slot, this.#flags | TaskBit.RETURNED | TaskBit.COMPLETED)
    this.busyMs += this.ranMs(slot)
    this.kernel?.completedShelf.add(slot)
    this.count++
  }

  /**
   * Adds the tasks of entries of the completion ring, for as long as it goes on with them, where nobody waits for any of the slab; gives the place
   * of the next. Nothing is called on the way: what stands in fields is fetched once for all of them.
   */
  addAll(entries: Int32Array, from: number, until: number): number {
    const slab = this.#slab
    if (slab === null || slab.hasHeld) return from
    const { tasks } = this.#slots
    const flags = this.#flags
    const flagsOfEnd = flags | TaskBit.RETURNED | TaskBit.COMPLETED
    const { first } = slab
    let busyMs = 0
    let at = from
    for (; at < until; at++) {
      const slot = entries[at] ?? 0
      // a notice of another kind is none of the slots, as is what is negative
      if (slot >= tasks.length) break
      const number = tasks[slot] ?? 0
      if (firstOf(number) !== first || slab.flagsOf(placeOf(number)) !== flags || !this.#isPlainEnd(slot)) break
      this.#copy(slab, placeOf(number), slot, flagsOfEnd)
      busyMs += this.ranMs(slot)
    }
    this.busyMs += busyMs
    this.count += at - from
    this.kernel?.completedShelf.addAll(entries, from, at)
    return at
  }

  /** How long the task in a slot ran, as far as that counts. */
  ranMs(slot: number): number {
    const { doubles } = this.#port
    const double = this.#port.doubleOf(slot)
    const ranMs = (doubles[double + SLOT_ENDED_AT / 8] ?? 0) - (doubles[double + SLOT_STARTED_AT / 8] ?? 0)
    return ranMs < LONGEST_RECENT_MS ? ranMs : LONGEST_RECENT_MS
  }

  /** It completed with a number or with nothing. */
  #isPlainEnd(slot: number): boolean {
    const { words } = this.#port
    const word = this.#port.wordOf(slot)
    return words[word + SLOT_STATE / 4] === SLOT_STATE_COMPLETED && isScalar(words[word + SLOT_RESULT_TYPE / 4] ?? 0)
  }

  #copy(slab: Slab, place: number, slot: number, flags: number): void {
    slab.copyAnother(place, this.#port, slot)
    slab.setCreated(place, this.#createdAt.get(slot, this.#arity))
    slab.setFlags(place, flags)
    this.#port.clear(slot)
  }
}
