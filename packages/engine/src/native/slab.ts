// Tasks that C looks after, many on one slab: what this thread knows of them are numbers in a row, so that none of them is an object
// that has to be kept, copied by the garbage collector and fetched when the task ends. A handle is a slab and a place on it.
import type { NativeTaskPlan } from './native-task.ts'
import { RUN_DOUBLES, RunFigure, RunWord, copyRun } from './past-run.ts'
import type { Port } from './port.ts'

/** Bits of the flags of a task. The lowest three hold how it ended. */
export const TaskBit = {
  COMPLETED: 1,
  FAILED: 2,
  CANCELLED: 3,
  /** It is a record of the walk by now, which is what is held for it. */
  MOVED: 4,
  END: 7,
  /** A failure that somebody has looked at. */
  OBSERVED: 8,
  /** C has nothing to do with the slot any more. */
  RETURNED: 16,
  /** Its plan lets C tell of starts and retries. */
  TOLD: 32,
  /** It ran when it was given up. */
  LATE: 64,
  /** It is no longer kept, though C still has its slot. */
  FORGOTTEN: 128,
} as const
/** Above them: which of the kernels on the slab. */
const KERNEL_SHIFT = 8

const PLACE_BITS = 9
/** Tasks on a slab. */
export const SLAB_TASKS: number = 1 << PLACE_BITS
const PLACE_MASK = SLAB_TASKS - 1

/** No task has this sequence. */
const NEVER = -1

/** Words of a task. */
const Word = { FLAGS: 0, SLOT: 1 } as const
const WORDS = 2
/** What is copied of a task when it ends: its run, and when it was submitted. */
const COPIED = RUN_DOUBLES + 1
const CREATED = RUN_DOUBLES
const COPIED_BYTES = COPIED * Float64Array.BYTES_PER_ELEMENT

/** To be copied: quicker than making one. */
const nothingHeld: readonly unknown[] = Array.from({ length: SLAB_TASKS }, () => null)
const nothingCopied = new Float64Array(0)
const noWordsCopied = new Int32Array(0)

export class Slab {
  /** The number of its first task; negative once the engine knows of none of them. */
  first: number
  readonly #firstSequence: number
  readonly #kernels: NativeTaskPlan[] = []
  /** Of the kernel whose task was put here last. */
  #latestKernel: NativeTaskPlan | null = null
  #latestFlags = 0
  readonly #places: number
  /** The sequence that follows the latest, while none is missing between any two. */
  #next: number
  readonly #words: Int32Array
  /** How many tasks were submitted between the first and each other one, if they did not follow each other without a gap. */
  #after: Int32Array | null = null
  /** Of those that have ended, once one has: a million that wait need no room for that. As doubles and as words. */
  #copied: Float64Array = nothingCopied
  #copiedWords: Int32Array = noWordsCopied
  /** Tasks on it, and places to come, that the engine knows of. */
  known: number
  /** Places that are taken. */
  taken = 0
  /**
   * What is held for some of the tasks. Before the end: who waits, null when nobody does. After it: the error, or a result that is no
   * number; the record once the task has moved.
   */
  #held: unknown[] | null = null

  constructor(index: number, firstSequence: number, places: number) {
    this.first = index << PLACE_BITS
    this.#places = places
    this.#words = new Int32Array(places * WORDS)
    this.known = places
    this.#firstSequence = firstSequence
    this.#next = firstSequence
  }

  /** Whether one more task, with this sequence, can be put on it. */
  takes(sequence: number): boolean {
    return this.taken < this.#places && (sequence === this.#next || sequence - this.#firstSequence <= 0x7fff_ffff)
  }

  /** Puts a task on it; the answer is its place. */
  add(kernel: NativeTaskPlan, sequence: number, slot: number, told: boolean): number {
    const place = this.taken++
    const at = place * WORDS
    if (kernel !== this.#latestKernel) this.#turnTo(kernel)
    this.#words[at + Word.FLAGS] = told ? this.#latestFlags | TaskBit.TOLD : this.#latestFlags
    this.#words[at + Word.SLOT] = slot
    if (sequence === this.#next) this.#next = sequence + 1
    else this.#noteGap(place, sequence)
    return place
  }

  #noteGap(place: number, sequence: number): void {
    this.#next = NEVER
    this.#after ??= Int32Array.from({ length: SLAB_TASKS }, (_, before) => before)
    this.#after[place] = sequence - this.#firstSequence
  }

  /** Tasks of one kernel mostly follow each other. */
  #turnTo(kernel: NativeTaskPlan): void {
    const known = this.#kernels.indexOf(kernel)
    const index = known < 0 ? this.#kernels.push(kernel) - 1 : known
    this.#latestKernel = kernel
    this.#latestFlags = index << KERNEL_SHIFT
  }

  flagsOf(place: number): number {
    return this.#words[place * WORDS + Word.FLAGS] ?? 0
  }

  setFlags(place: number, flags: number): void {
    this.#words[place * WORDS + Word.FLAGS] = flags
  }

  mark(place: number, bits: number): void {
    this.setFlags(place, this.flagsOf(place) | bits)
  }

  kernelOf(flags: number): NativeTaskPlan {
    return this.#kernels[flags >>> KERNEL_SHIFT] as NativeTaskPlan
  }

  slotOf(place: number): number {
    return this.#words[place * WORDS + Word.SLOT] ?? 0
  }

  sequenceOf(place: number): number {
    return this.#firstSequence + (this.#after?.[place] ?? place)
  }

  /** When a task was submitted that has ended. */
  createdAt(place: number): number {
    return this.#copied[place * COPIED + CREATED] ?? 0
  }

  /** Apart from `copyRun`: handing over a number that is not whole makes an object of it, where the call is not inlined. */
  setCreated(place: number, createdAt: number): void {
    this.#copied[place * COPIED + CREATED] = createdAt
  }

  heldOf(place: number): unknown {
    return this.#held === null ? null : this.#held[place]
  }

  hold(place: number, held: unknown): void {
    this.#held ??= this.#places === 1 ? [null] : nothingHeld.slice()
    this.#held[place] = held
  }

  /** Whether anything is held for any of the tasks, or was. */
  get hasHeld(): boolean {
    return this.#held !== null
  }

  /** Copies what the slot says of the run. */
  copyRun(place: number, port: Port, slot: number): void {
    if (this.#copied === nothingCopied) this.#makeRoom()
    this.copyAnother(place, port, slot)
  }

  /** The same on a slab where it has been done for another task: there is room. */
  copyAnother(place: number, port: Port, slot: number): void {
    copyRun(this.#copied, place * COPIED, port, slot)
  }

  /** It is not zeroed: a place is written before anybody is told of it. */
  #makeRoom(): void {
    const bytes = this.#places * COPIED_BYTES
    const { buffer, byteOffset } = Buffer.allocUnsafeSlow(bytes)
    this.#copied = new Float64Array(buffer, byteOffset, bytes >> 3)
    this.#copiedWords = new Int32Array(buffer, byteOffset, bytes >> 2)
  }

  /** The memory of runs, and where that of this one begins. */
  readRun<T>(place: number, read: (doubles: Float64Array, words: Int32Array, at: number) => T): T {
    return read(this.#copied, this.#copiedWords, place * COPIED)
  }

  /** Notes when a task was cancelled, and that its run is taken to have ended with it. */
  endNow(place: number, now: number, running: boolean): void {
    this.#copied[place * COPIED + RunFigure.RESULT] = now
    if (running) this.#copied[place * COPIED + RunFigure.ENDED_AT] = now
  }

  /** The number that a run resulted in; of one that was cancelled, when. */
  numberOf(place: number): number {
    return this.#copied[place * COPIED + RunFigure.RESULT] ?? 0
  }

  /** The `ctz_type` of a result. */
  typeOf(place: number): number {
    return this.#copiedWords[place * COPIED * 2 + RunWord.RESULT_TYPE] ?? 0
  }

  /** When a task ended that has. */
  settledAt(place: number): number {
    const cancelled = (this.flagsOf(place) & TaskBit.END) === TaskBit.CANCELLED
    return this.#copied[place * COPIED + (cancelled ? RunFigure.RESULT : RunFigure.ENDED_AT)] ?? 0
  }
}

/** The number of the first task on the slab of a task. */
export function firstOf(task: number): number {
  return task & ~PLACE_MASK
}

/** The place of a task on its slab. */
export function placeOf(task: number): number {
  return task & PLACE_MASK
}

/** All slabs with tasks that the engine knows of. A task has the number of its slab and its place as one, which is never 0. */
export class Slabs {
  readonly #slabs: (Slab | null)[] = [null]
  readonly #free: number[] = []
  /** The one that new tasks are put on. */
  latest: Slab

  constructor() {
    this.latest = this.#make(1)
  }

  /** A slab with room for a task of this sequence. */
  roomFor(sequence: number): Slab {
    const slab = this.latest
    return slab.takes(sequence) ? slab : this.#begin(sequence)
  }

  /** One for this task alone: what is held for it is let go with it, and not with the last of many others. */
  alone(sequence: number): Slab {
    return this.#make(sequence, 1)
  }

  #begin(sequence: number): Slab {
    const full = this.latest
    // one that is full may have been left whole by now
    if (full.taken < SLAB_TASKS) this.leave(full, SLAB_TASKS - full.taken)
    return (this.latest = this.#make(sequence))
  }

  #make(sequence: number, places: number = SLAB_TASKS): Slab {
    const index = this.#free.pop() ?? this.#slabs.length
    const slab = new Slab(index, sequence, places)
    this.#slabs[index] = slab
    return slab
  }

  /** The slab of a task. */
  of(task: number): Slab {
    return this.#slabs[task >> PLACE_BITS] as Slab
  }

  /** The engine does not know so many of its tasks any more. Handles still do. */
  leave(slab: Slab, tasks: number): void {
    slab.known -= tasks
    if (slab.known > 0) return
    const index = slab.first >> PLACE_BITS
    slab.first = -SLAB_TASKS
    this.#slabs[index] = null
    this.#free.push(index)
  }
}
