// The memory that this thread and the C engine share (packages/core-c/include/ctz/port.h): slots of tasks, rings by which
// their numbers go to C, and one ring by which they come back. Nothing here calls C.
import { portLayout } from './port-layout.ts'

const {
  PORT_RINGS,
  TIMED_RING,
  SLOT_BYTES,
  SLOT_STATE,
  SLOT_MEMORY_KB,
  NOTICE_SHIFT,
  WORD_SLOTS,
  WORD_RING_MASK,
  WORD_COMPLETION_MASK,
  WORD_SLOTS_OFFSET,
  WORD_RINGS_OFFSET,
  WORD_COMPLETIONS_OFFSET,
  WORD_TAIL,
  WORD_HEAD,
  WORD_PARKED_WORKERS,
  WORD_SEARCHING,
  WORD_CLOCK,
  WORD_PARKED_TIMERS,
  WORD_WAITING,
  WORD_COMPLETED_HEAD,
} = portLayout

/** Words between the tails of two rings: a cache line. */
const RING_STRIDE = 16
/** How long, in milliseconds, what is published may lie while a worker is said to look. It does so every few microseconds. */
const IDLE_MS = 0.4
const SLOT_WORDS = SLOT_BYTES / 4
const SLOT_DOUBLES = SLOT_BYTES / 8
/** Two words each, in one double. */
const STATE_AND_CANCEL = SLOT_STATE / 8
const MEMORY_AND_ATTEMPT = SLOT_MEMORY_KB / 8
const SLOT_MASK = (1 << NOTICE_SHIFT) - 1

export class Port {
  readonly words: Int32Array
  readonly doubles: Float64Array
  /** Slots there are. */
  readonly slots: number
  readonly #slotWords: number
  readonly #slotDoubles: number
  readonly #ringWords: number
  readonly #ringMask: number
  readonly #ringBits: number
  readonly #completionWords: number
  readonly #completionMask: number
  /** Ends of the rings as this thread has written them; C sees them once they are published. */
  readonly #tails = new Int32Array(PORT_RINGS)
  /** Bit `r` is set while ring `r` has entries that are not published. */
  #unpublishedRings = 0
  #unpublished = 0
  #position = 0
  readonly #fence = new Int32Array(1)
  /** Heads of the rings, added up, and since when they have stood like that: they move on before they are looked at next. */
  #claimed = Number.NaN
  // no whole number: one would be kept as such, and all code that knows a port would be compiled anew for the first real moment
  #claimedSince: number = Number.NaN

  constructor(memory: ArrayBuffer) {
    this.words = new Int32Array(memory)
    this.doubles = new Float64Array(memory, 0, memory.byteLength >> 3)
    this.slots = this.#header(WORD_SLOTS)
    this.#slotWords = this.#header(WORD_SLOTS_OFFSET) >> 2
    this.#slotDoubles = this.#header(WORD_SLOTS_OFFSET) >> 3
    this.#ringMask = this.#header(WORD_RING_MASK)
    this.#ringBits = 32 - Math.clz32(this.#ringMask)
    this.#ringWords = this.#header(WORD_RINGS_OFFSET) >> 2
    this.#completionMask = this.#header(WORD_COMPLETION_MASK)
    this.#completionWords = this.#header(WORD_COMPLETIONS_OFFSET) >> 2
  }

  /** Where the words of a slot begin in `words`. */
  wordOf(slot: number): number {
    return this.#slotWords + slot * SLOT_WORDS
  }

  /** Where its doubles begin in `doubles`. */
  doubleOf(slot: number): number {
    return this.#slotDoubles + slot * SLOT_DOUBLES
  }

  /**
   * Leaves a slot as a submission expects it. By whoever takes it back, who has it at hand: a submission that had to fetch it would
   * wait for the processor that wrote it last.
   */
  clear(slot: number): void {
    const double = this.doubleOf(slot)
    this.doubles[double + STATE_AND_CANCEL] = 0
    this.doubles[double + MEMORY_AND_ATTEMPT] = 0
  }

  /** Puts a slot into a ring. There is room: a ring holds all slots. C sees it after `publish`. */
  push(ring: number, slot: number): void {
    const tail = this.#tails[ring] ?? 0
    this.words[this.#ringWords + (ring << this.#ringBits) + (tail & this.#ringMask)] = slot
    this.#tails[ring] = tail + 1
    this.#unpublishedRings |= 1 << ring
    this.#unpublished++
  }

  /** Entries that C does not see yet. */
  get unpublished(): number {
    return this.#unpublished
  }

  /** Shows C what was pushed; tells whether there was a timed slot among it. */
  publish(): boolean {
    const rings = this.#unpublishedRings
    for (let ring = 0; ring < PORT_RINGS; ring++) {
      // pairs with the worker that has said that it sleeps and then looks at the tails once more
      if ((rings & (1 << ring)) !== 0) {
        Atomics.store(this.words, WORD_TAIL + RING_STRIDE * ring, this.#tails[ring] ?? 0)
      }
    }
    this.#unpublishedRings = 0
    this.#unpublished = 0
    return (rings & (1 << TIMED_RING)) !== 0
  }

  /**
   * Whether C has to be called for what was published at `now`: a worker sleeps, and nobody is looking or gets to it. Whether one is
   * woken is C's to say.
   */
  wantsWorker(now: () => number): boolean {
    if (Atomics.load(this.words, WORD_PARKED_WORKERS) === 0) return false
    return Atomics.load(this.words, WORD_SEARCHING) === 0 || this.#liesIdle(now())
  }

  /** Whether nothing has been taken since a while, though a worker is said to look: it may have no processor, being behind us. */
  #liesIdle(now: number): boolean {
    let claimed = 0
    for (let ring = 0; ring < TIMED_RING; ring++) claimed += Atomics.load(this.words, WORD_HEAD + RING_STRIDE * ring)
    const idle = claimed === this.#claimed && now - this.#claimedSince > IDLE_MS
    // who is woken now has that long to get to it as well
    if (idle || claimed !== this.#claimed) this.#claimedSince = now
    this.#claimed = claimed
    return idle
  }

  /** What the clock of a worker showed when it claimed last: milliseconds on the clock of `performance.now()`. */
  get workersTime(): number {
    return this.doubles[WORD_CLOCK / 2] ?? 0
  }

  get timersSleep(): boolean {
    return Atomics.load(this.words, WORD_PARKED_TIMERS) !== 0
  }

  /** Asks C to wake this thread with the next completion. */
  askForWake(): void {
    Atomics.store(this.words, WORD_WAITING, 1)
  }

  /** This thread looks by itself. */
  askForNoWake(): void {
    Atomics.store(this.words, WORD_WAITING, 0)
  }

  /** Entries taken so far, modulo 2^32. */
  get position(): number {
    return this.#position
  }

  /** Takes the next entries, slots and kinds of notice, out of the completion ring; tells how many there were. */
  take(entries: Int32Array): number {
    const { words } = this
    const [first, mask, position] = [this.#completionWords, this.#completionMask, this.#position]
    let count = 0
    // the second word of an entry is stored last, and says that it is there
    while (
      count < entries.length &&
      words[first + (((position + count) & mask) << 1) + 1] === ((position + count + 1) | 0)
    ) {
      count++
    }
    if (count === 0) return 0
    this.#passFence()
    for (let at = 0; at < count; at++) entries[at] = words[first + (((position + at) & mask) << 1)] ?? 0
    this.#position = (position + count) | 0
    return count
  }

  /**
   * What is read from here on is not older than what was read before: pairs with the workers, which store the second word of an entry
   * with release. One store and one load, both sequentially consistent, for many entries, where an `Atomics.load` of each would take longer
   * than all else: on ARM64 the store waits for all that was read, the load for the store, and what follows for the load.
   */
  #passFence(): void {
    Atomics.store(this.#fence, 0, 0)
    Atomics.load(this.#fence, 0)
  }

  get hasNext(): boolean {
    const at = this.#completionWords + ((this.#position & this.#completionMask) << 1)
    return Atomics.load(this.words, at + 1) === ((this.#position + 1) | 0)
  }

  /** Tells C how far the ring is drained. */
  acknowledge(): void {
    Atomics.store(this.words, WORD_COMPLETED_HEAD, this.#position)
  }

  #header(word: number): number {
    return (this.words[word] ?? 0) >>> 0
  }
}

/** The slot that an entry of the completion ring speaks of. */
export function slotOfNotice(entry: number): number {
  return entry & SLOT_MASK
}

/** NOTICE_SETTLED, NOTICE_STARTED or NOTICE_RETRYING. */
export function kindOfNotice(entry: number): number {
  return entry >>> NOTICE_SHIFT
}
