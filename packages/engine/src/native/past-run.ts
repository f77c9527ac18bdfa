// What a slot of the port says of the task in it, read at one moment: kept when the slot is given up, or before.
import { portLayout } from './port-layout.ts'
import type { Port } from './port.ts'
import { scalarOf } from './slot-values.ts'

const { SLOT_READY_AT, SLOT_ATTEMPT, SLOT_STARTED_AT, SLOT_ENDED_AT, SLOT_WORKER, SLOT_MEMORY_KB } = portLayout
const { SLOT_RESULT_TYPE, SLOT_RESULT } = portLayout

/** Times are milliseconds on the clock of `performance.now()`, NaN while unknown. */
export class PastRun {
  readonly createdAt: number
  readonly readyAt: number
  /** Starts so far; 0: it never ran. */
  readonly attempt: number
  readonly startedAt: number
  /** NaN while it runs. */
  endedAt: number
  readonly workerId: number
  readonly memoryKb: number
  /** When the task ended, if it has. */
  settledAt: number = Number.NaN
  /** The result, or the error. */
  end: unknown = undefined
  /** Kept for as long as the task can be looked up. */
  args: readonly unknown[] | null = null

  private constructor(figures: ArrayLike<number>, at: number) {
    const of = (figure: number): number => figures[at + figure] ?? 0
    const ran = of(Figure.ATTEMPT) > 0
    this.createdAt = of(Figure.CREATED_AT)
    this.readyAt = of(Figure.READY_AT)
    this.attempt = of(Figure.ATTEMPT)
    this.startedAt = ran ? of(Figure.STARTED_AT) : Number.NaN
    this.endedAt = ran ? of(Figure.ENDED_AT) : Number.NaN
    this.workerId = of(Figure.WORKER)
    this.memoryKb = of(Figure.MEMORY_KB)
  }

  /** Of the task in a slot, as it stands. */
  static read(port: Port, slot: number, createdAt: number): PastRun {
    const figures = new Float64Array(FIGURES)
    write(figures, 0, port, slot, createdAt)
    return new PastRun(figures, 0)
  }

  /** Of a task that completed with a result that stood in its slot. */
  static unpack(page: Page, place: number): PastRun {
    const past = new PastRun(page, place * FIGURES)
    past.settledAt = past.endedAt
    past.end = resultIn(page, place)
    return past
  }
}

const Figure = {
  CREATED_AT: 0,
  READY_AT: 1,
  STARTED_AT: 2,
  ENDED_AT: 3,
  ATTEMPT: 4,
  WORKER: 5,
  MEMORY_KB: 6,
  RESULT_TYPE: 7,
  RESULT: 8,
  SLOT: 9,
} as const
const FIGURES = 10

/** Runs on one page. */
const RUNS = 512

/** The figures of many runs, one behind the other. */
export type Page = Float64Array

/**
 * Where the figures of completed runs go as they settle, while their slots are at hand. One is written for each task that was ever
 * completed, and most handles are dropped long before: an object for each would keep the garbage collector busy, a page of them does not.
 * A page lives for as long as one of its handles.
 */
export class Ledger {
  page: Page = emptyPage()
  #next = 0

  /** Writes down what the slot says; the answer is the place on `page`. */
  write(port: Port, slot: number, createdAt: number): number {
    if (this.#next === RUNS) {
      this.page = emptyPage()
      this.#next = 0
    }
    write(this.page, this.#next * FIGURES, port, slot, createdAt)
    return this.#next++
  }
}

/** Not zeroed: a place is written before anybody is told of it. */
function emptyPage(): Page {
  const { buffer, byteOffset } = Buffer.allocUnsafeSlow(RUNS * FIGURES * Float64Array.BYTES_PER_ELEMENT)
  return new Float64Array(buffer, byteOffset, RUNS * FIGURES)
}

function write(figures: Float64Array, at: number, port: Port, slot: number, createdAt: number): void {
  const { words, doubles } = port
  const word = port.wordOf(slot)
  const double = port.doubleOf(slot)
  figures[at + Figure.CREATED_AT] = createdAt
  figures[at + Figure.READY_AT] = doubles[double + SLOT_READY_AT / 8] ?? 0
  figures[at + Figure.STARTED_AT] = doubles[double + SLOT_STARTED_AT / 8] ?? 0
  figures[at + Figure.ENDED_AT] = doubles[double + SLOT_ENDED_AT / 8] ?? 0
  figures[at + Figure.ATTEMPT] = words[word + SLOT_ATTEMPT / 4] ?? 0
  figures[at + Figure.WORKER] = words[word + SLOT_WORKER / 4] ?? 0
  figures[at + Figure.MEMORY_KB] = words[word + SLOT_MEMORY_KB / 4] ?? 0
  figures[at + Figure.RESULT_TYPE] = words[word + SLOT_RESULT_TYPE / 4] ?? 0
  figures[at + Figure.RESULT] = doubles[double + SLOT_RESULT / 8] ?? 0
  figures[at + Figure.SLOT] = slot
}

/** The result of a run on a page. */
export function resultIn(page: Page, place: number): unknown {
  const at = place * FIGURES
  return scalarOf(page[at + Figure.RESULT_TYPE] ?? 0, page[at + Figure.RESULT] ?? 0)
}

/** The slot that the task of a run was in. */
export function slotIn(page: Page, place: number): number {
  return page[place * FIGURES + Figure.SLOT] ?? 0
}
