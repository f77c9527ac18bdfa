// The slots of the port and whose they are. Of the free ones the latest to become free is used first: it is still near.
import type { KernelAttempt } from './kernel-attempt.ts'

const NONE = -1
const NOBODY = 0

export class Slots {
  /** The number of the task in each slot; 0: there is none. */
  readonly tasks: Int32Array
  /** Attempts of the walk, by slot. */
  readonly attempts: Map<number, KernelAttempt> = new Map()
  /** Tasks that C looks after and that have not settled. */
  unsettled = 0
  readonly #free: Int32Array
  #freed = 0
  #fresh = 0

  /** @param count the memory is not used before it is written, so a table that is seldom full costs little */
  constructor(count: number) {
    this.tasks = new Int32Array(count)
    this.#free = new Int32Array(count)
  }

  /** Slots that nobody has. */
  get free(): number {
    return this.tasks.length - this.#fresh + this.#freed
  }

  /** Slots from this one on were never used. */
  get end(): number {
    return this.#fresh
  }

  /** Whether there is a task or an attempt in the slot. */
  isTaken(slot: number): boolean {
    return this.tasks[slot] !== NOBODY || this.attempts.has(slot)
  }

  /** A free slot, for an attempt or a task to come; -1 when there is none. */
  take(): number {
    return this.#freed > 0 ? (this.#free[--this.#freed] ?? NONE) : this.#takeFresh()
  }

  #takeFresh(): number {
    return this.#fresh < this.tasks.length ? this.#fresh++ : NONE
  }

  /** Gives a slot back. C has nothing to do with it. */
  give(slot: number): void {
    this.tasks[slot] = NOBODY
    this.#free[this.#freed++] = slot
  }

  /** The slot is that of an attempt. */
  handTo(attempt: KernelAttempt): void {
    this.tasks[attempt.slot] = NOBODY
    this.attempts.set(attempt.slot, attempt)
  }

  /** The attempt is over. */
  takeFrom({ slot }: KernelAttempt): void {
    this.attempts.delete(slot)
    this.give(slot)
  }
}
