// The slots of the port and whose they are. Free ones are used again in the order in which they lie: those of tasks that follow each
// other are next to each other then, so that processors fetch them ahead, whatever the order in which they became free.
import type { KernelAttempt } from './kernel-attempt.ts'

const NONE = -1
const NOBODY = 0
/** Slots of a word of free ones. */
const WORD_BITS = 5
const WORD_SLOTS = 1 << WORD_BITS
/** One in so many of the slots that were ever used must be free before they are looked through: looking is cheap beside that. */
const SPARSE = 64

export class Slots {
  /** The number of the task in each slot; 0: there is none. */
  readonly tasks: Int32Array
  /** Attempts of the walk, by slot. */
  readonly attempts: Map<number, KernelAttempt> = new Map()
  /** Tasks that C looks after and that have not settled. */
  unsettled = 0
  /** A bit for each slot that became free. */
  readonly #free: Int32Array
  #freed = 0
  #fresh = 0
  /** The free ones of the word that slots are taken from, and the first slot of that word. */
  #bits = 0
  #base = 0

  /** @param count the memory is not used before it is written, so a table that is seldom full costs little */
  constructor(count: number) {
    this.tasks = new Int32Array(count)
    this.#free = new Int32Array((count + WORD_SLOTS - 1) >> WORD_BITS)
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
    if (this.#bits === 0 && !this.#turn()) return NONE
    const bit = this.#bits & -this.#bits
    this.#bits ^= bit
    this.#freed--
    return this.#base + WORD_SLOTS - 1 - Math.clz32(bit)
  }

  /** Turns to the next word with free slots. */
  #turn(): boolean {
    const { length } = this.tasks
    if (this.#freed * SPARSE < this.#fresh || this.#freed === 0) {
      if (this.#fresh < length) return this.#takeFresh(Math.min(WORD_SLOTS, length - this.#fresh))
      if (this.#freed === 0) return false
    }
    const words = (this.#fresh + WORD_SLOTS - 1) >> WORD_BITS
    let word = this.#base >> WORD_BITS
    do word = word + 1 < words ? word + 1 : 0
    while (this.#free[word] === 0)
    this.#base = word << WORD_BITS
    this.#bits = this.#free[word] ?? 0
    this.#free[word] = 0
    return true
  }

  #takeFresh(count: number): true {
    this.#base = this.#fresh
    this.#bits = count === WORD_SLOTS ? -1 : (1 << count) - 1
    this.#fresh += count
    this.#freed += count
    return true
  }

  /** Gives a slot back. C has nothing to do with it. */
  give(slot: number): void {
    this.tasks[slot] = NOBODY
    this.#free[slot >> WORD_BITS] = (this.#free[slot >> WORD_BITS] ?? 0) | (1 << (slot & (WORD_SLOTS - 1)))
    this.#freed++
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
