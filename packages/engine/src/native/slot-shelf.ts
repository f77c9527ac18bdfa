// Settled tasks of one `keepResultMs` that are kept in their slots, the oldest first.
import type { Retention, Shelf } from '../typescript/retention.ts'
import type { TimerEntry } from '../typescript/timer-queue.ts'

/** Who knows what is in the slots. */
export interface SlotKeeper {
  settledAt(slot: number): number
  /** The tasks in the slots that stand from `from` to before `until` are no longer kept. */
  forget(slots: Int32Array, from: number, until: number): void
}

/** Room for slots at first, a power of two. */
const LEAST_ROOM = 64

export class SlotShelf implements Shelf {
  readonly keepMs: number
  /** False: nothing is ever put here. */
  readonly keeps: boolean
  timer: TimerEntry | null = null
  /** A ring; it grows with what is kept. */
  #slots: Int32Array = new Int32Array(LEAST_ROOM)
  #head = 0
  #size = 0
  readonly #keeper: SlotKeeper
  readonly #retention: Retention

  constructor(keepMs: number, retention: Retention, keeper: SlotKeeper) {
    this.keepMs = keepMs
    this.keeps = retention.keeps(keepMs)
    this.#retention = retention
    this.#keeper = keeper
    if (this.keeps) retention.add(this)
  }

  get size(): number {
    return this.#size
  }

  /** Keeps a task that settled at `now`. */
  put(slot: number, now: number): void {
    this.add(slot)
    this.#retention.put(this, now)
  }

  /** Keeps a task, of which `added` is to tell. */
  add(slot: number): void {
    if (this.#size === this.#slots.length) this.#grow()
    this.#slots[(this.#head + this.#size++) & (this.#slots.length - 1)] = slot
  }

  /** The same for those that stand from `from` to before `until`. */
  addAll(slots: Int32Array, from: number, until: number): void {
    while (this.#size + until - from > this.#slots.length) this.#grow()
    const ring = this.#slots
    const last = ring.length - 1
    let end = this.#head + this.#size
    for (let at = from; at < until; at++) ring[end++ & last] = slots[at] ?? 0
    this.#size += until - from
  }

  /** So many have been added, the first of them no sooner than `now`: what is too much goes. */
  added(count: number, now: number): void {
    this.#retention.putMany(this, count, now)
  }

  #grow(): void {
    const { length } = this.#slots
    const slots = new Int32Array(length * 2)
    slots.set(this.#slots.subarray(this.#head))
    slots.set(this.#slots.subarray(0, this.#head), length - this.#head)
    this.#slots = slots
    this.#head = 0
  }

  get oldestSettledAt(): number {
    return this.#size === 0 ? Infinity : this.#settledAt(0)
  }

  forgetOldest(most: number, settledBy: number): number {
    const count = this.#countOld(Math.min(most, this.#size), settledBy)
    const { length } = this.#slots
    // those up to the end of the ring, and those at its beginning
    const end = this.#head + count
    this.#keeper.forget(this.#slots, this.#head, Math.min(end, length))
    if (end > length) this.#keeper.forget(this.#slots, 0, end - length)
    this.#head = end & (length - 1)
    this.#size -= count
    return count
  }

  /** How many of the oldest, `most` at most, settled no later than this: one at least, also of moments that are none. */
  #countOld(most: number, settledBy: number): number {
    // within milliseconds they lie in the order in which they settled; to look at each would fetch what has long been out of reach of the processor
    if (settledBy === Infinity || (most > 0 && !(this.#settledAt(most - 1) > settledBy))) return most
    let count = 0
    while (count < most && !(this.#settledAt(count) > settledBy)) count++
    return count
  }

  #settledAt(place: number): number {
    return this.#keeper.settledAt(this.#slots[(this.#head + place) & (this.#slots.length - 1)] ?? 0)
  }
}
