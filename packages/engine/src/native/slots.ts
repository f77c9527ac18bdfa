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
  /** Free slots but for those from `#next` to `#end`: by those bits, and those that were never used. */
  #others: number
  #fresh = 0
  /** The free slots that are taken next: one behind the other. */
  #next = 0
  #end = 0
  /** Behind them, free ones of the same word, and the first slot of that word. */
  #bits = 0
  #base = 0

  /** @param count the memory is not used before it is written, so a table that is seldom full costs little */
  constructor(count: number) {
    this.tasks = new Int32Array(count)
    this.#others = count
    this.#free = new Int32Array((count + WORD_SLOTS - 1) >> WORD_BITS)
  }

  /** Slots that nobody has. */
  get free(): number {
    return this.#others + this.#end - this.#next
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
    if (this.#next === this.#end && !this.#turn()) return NONE
    return this.#next++
  }

  /** Turns to the next free slots. */
  #turn(): boolean {
    if (this.#bits === 0 && !this.#turnWord()) return this.#takeFresh()
    const first = lowestOf(this.#bits)
    const behind = (this.#bits + (1 << first)) | 0
    const count = (behind === 0 ? WORD_SLOTS : lowestOf(behind)) - first
    this.#bits &= behind
    this.#next = this.#base + first
    this.#end = this.#next + count
    this.#others -= count
    return true
  }

  /** Turns to the next word with free slots, if there are enough of them to look for. */
  #turnWord(): boolean {
    const unused = this.tasks.length - this.#fresh
    const freed = this.#others - unused
    if (freed === 0 || (freed * SPARSE < this.#fresh && unused > 0)) return false
    const words = (this.#fresh + WORD_SLOTS - 1) >> WORD_BITS
    let word = this.#base >> WORD_BITS
    do word = word + 1 < words ? word + 1 : 0
    while (this.#free[word] === 0)
    this.#base = word << WORD_BITS
    this.#bits = this.#free[word] ?? 0
    this.#free[word] = 0
    return true
  }

  /** Slots that were never used, a word of them, so that they are taken in turn with those that become free. */
  #takeFresh(): boolean {
    const count = Math.min(WORD_SLOTS, this.tasks.length - this.#fresh)
    if (count === 0) return false
    this.#next = this.#fresh
    this.#end = this.#next + count
    this.#base = this.#fresh
    this.#fresh += count
    this.#others -= count
    return true
  }

  /** Gives a slot back. C has nothing to do with it. */
  give(slot: number): void {
    this.tasks[slot] = NOBODY
    this.#free[slot >> WORD_BITS] = (this.#free[slot >> WORD_BITS] ?? 0) | (1 << (slot & (WORD_SLOTS - 1)))
    this.#others++
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

/** The place of the lowest bit that is set. */
function lowestOf(bits: number): number {
  return WORD_SLOTS - 1 - Math.clz32(bits & -bits)
}
