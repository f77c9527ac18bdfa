// The memory that this thread and the isolates of one pool share: slots of tasks, a ring for each class by which they are
// handed over and from which whoever is free takes, and a ring for each isolate by which they come back. Both sides use
// this file. Every word that crosses is read and written with Atomics (sequentially consistent).

/** Tasks that may be on their way at once. A power of two. */
export const SLOTS = 4096
/** Bytes of a slot for arguments, and later for the result. */
export const PAYLOAD_BYTES = 1024
/** Tasks that may wait for one isolate because their arguments travel by message. */
export const DIRECTED = 4

const CLASSES = 4
const SLOT_HEAD_BYTES = 128
const SLOT_BYTES = SLOT_HEAD_BYTES + PAYLOAD_BYTES
const SLOT_WORDS = SLOT_BYTES / 4
const SLOT_DOUBLES = SLOT_BYTES / 8
/** Words of a cache line: words that different threads write lie so far apart. */
const LINE = 16
const CLASS_WORDS = 2 * LINE
const ISOLATE_WORDS = 4 * LINE

/** Words of the head, each on a line of its own. */
export const Head = {
  PAUSED: 0,
  /** Grows when an isolate wakes this thread, which sleeps on it. */
  COMPLETED: 16,
  /** How this thread wants to be woken: `Wanted`. */
  WAITING: 32,
  /** Starts so far, for the turns of the classes. */
  STARTS: 48,
  CLASSES: 64,
} as const
const ISOLATES = Head.CLASSES + CLASSES * CLASS_WORDS

/** How this thread wants to be woken: not at all, by the word it sleeps on, or by the bell. */
export const Wanted = { NOT: 0, BY_WORD: 1, BY_BELL: 2 } as const

/** Words of an isolate. */
export const IsolateWord = {
  /** Slot + 1 of the task it runs, 0 while it runs none, STOPPED once it was told to end. */
  CURRENT: 0,
  /** What it is to do: `Duty`. */
  DUTY: 1,
  /** Slot + 1 of the task whose abort its event loop has seen. */
  ABORTED: 2,
  /** Grows while its event loop turns. */
  BEAT: 3,
  /** KiB of heap in use after a task; written now and then. */
  HEAP_KB: 4,
  /** 1 while it sleeps, or is about to; this thread makes it 0 when it wakes it. */
  ASLEEP: 5,
  /** Grows when it is woken; it sleeps on it. */
  BELL: 6,
  /** End of the ring of completions, which the isolate writes. */
  DONE_TAIL: 16,
  /** Tasks directed to it: the end, which this thread writes, and how many it has taken. */
  DIRECTED_TAIL: 32,
  DIRECTED_HEAD: 48,
} as const
export const STOPPED = -1

/** What an isolate is to do: take tasks; take nothing more, and end; or wait until it is to take some. */
export const Duty = { WORK: 0, END: 1, WAIT: 2 } as const

/** Words of a slot. */
export const SlotWord = {
  STATE: 0,
  CODE: 1,
  /** Number of the attempt, from 1. */
  ATTEMPT: 2,
  /** Isolate + 1 that took it. */
  ISOLATE: 3,
  ARGS_KIND: 4,
  ARGS_BYTES: 5,
  END_KIND: 6,
  END_BYTES: 7,
  /** What the body has said by message. */
  REPORTS: 8,
} as const
/**
 * Doubles of a slot. Times are milliseconds on the clock of `performance.now()` of this thread. All that an isolate writes is on
 * the first cache line, behind the words: the other line stays where it is.
 */
export const SlotDouble = { READY_AT: 5, STARTED_AT: 6, ENDED_AT: 7, SEQUENCE: 8, ID_SLOT: 9 } as const

export const SlotState = { PENDING: 1, RUNNING: 2, DONE: 3, WITHDRAWN: 4 } as const
export type SlotState = (typeof SlotState)[keyof typeof SlotState]

/** How a payload travels: as bytes in the slot, or as a message. */
export const PayloadKind = { BYTES: 1, MESSAGE: 2 } as const
/** How an attempt ended. */
export const EndKind = {
  RESULT: 1,
  ERROR: 2,
  RESULT_MESSAGE: 3,
  ERROR_MESSAGE: 4,
  /** The isolate ends, and this task made it. */
  CRASH: 5,
  /** The isolate ends for what an earlier task had left behind. */
  CRASH_OF_ANOTHER: 6,
} as const

const RING_MASK = SLOTS - 1
const DIRECTED_MASK = DIRECTED - 1

export class LaneMemory {
  readonly buffer: SharedArrayBuffer
  readonly words: Int32Array
  readonly doubles: Float64Array
  readonly isolates: number
  readonly #rings: number
  readonly #done: number
  readonly #directed: number
  readonly #slotBytes: number

  /** @param buffer that of another side; made when there is none */
  constructor(isolates: number, buffer?: SharedArrayBuffer) {
    this.isolates = isolates
    this.#rings = ISOLATES + isolates * ISOLATE_WORDS
    this.#done = this.#rings + CLASSES * SLOTS
    this.#directed = this.#done + isolates * SLOTS
    const words = this.#directed + isolates * DIRECTED
    this.#slotBytes = Math.ceil((words * 4) / 128) * 128
    this.buffer = buffer ?? new SharedArrayBuffer(this.#slotBytes + SLOTS * SLOT_BYTES)
    this.words = new Int32Array(this.buffer)
    this.doubles = new Float64Array(this.buffer)
  }

  isolateWord(isolate: number, word: number): number {
    return ISOLATES + isolate * ISOLATE_WORDS + word
  }

  slotWord(slot: number, word: number): number {
    return this.#slotBytes / 4 + slot * SLOT_WORDS + word
  }

  slotDouble(slot: number, double: number): number {
    return this.#slotBytes / 8 + slot * SLOT_DOUBLES + double
  }

  /** Where the payload of a slot begins, in bytes. */
  payloadAt(slot: number): number {
    return this.#slotBytes + slot * SLOT_BYTES + SLOT_HEAD_BYTES
  }

  classHead(priority: number): number {
    return Head.CLASSES + priority * CLASS_WORDS
  }

  classTail(priority: number): number {
    return Head.CLASSES + priority * CLASS_WORDS + LINE
  }

  /** The word of a ring at a position. */
  ringWord(priority: number, position: number): number {
    return this.#rings + priority * SLOTS + (position & RING_MASK)
  }

  doneWord(isolate: number, position: number): number {
    return this.#done + isolate * SLOTS + (position & RING_MASK)
  }

  /** One word on each line before the rings, and one in the head of each slot, that nobody writes. */
  *unusedWords(): Generator<number> {
    for (let word = LINE - 1; word < this.#rings; word += LINE) yield word
    for (let slot = 0; slot < SLOTS; slot++) yield this.slotWord(slot, SLOT_HEAD_BYTES / 4 - 1)
  }

  directedWord(isolate: number, position: number): number {
    return this.#directed + isolate * DIRECTED + (position & DIRECTED_MASK)
  }
}
