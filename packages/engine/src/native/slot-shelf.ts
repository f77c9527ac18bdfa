// Settled tasks of one `keepResultMs` that are kept in their slots, the oldest first.
import type { Retention, Shelf } from '../typescript/retention.ts'
import type { TimerEntry } from '../typescript/timer-queue.ts'

/** Who knows what is in the slots. */
export interface SlotKeeper {
  settledAt(slot: number): number
  /** The task is no longer kept. */
  forget(slot: number): void
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

  /** So many have been added, the first of them at `now`: what is too much goes. */
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
    return this.#size === 0 ? Infinity : this.#keeper.settledAt(this.#slots[this.#head] ?? 0)
  }

  forgetOldest(): void {
    if (this.#size === 0) return
    const slot = this.#slots[this.#head] ?? 0
    this.#head = (this.#head + 1) & (this.#slots.length - 1)
    this.#size--
    this.#keeper.forget(slot)
  }
}
