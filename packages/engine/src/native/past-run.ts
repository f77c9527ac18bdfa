// What a slot of the port says of the run of the task in it, read at one moment or copied when the task has ended.
import { portLayout } from './port-layout.ts'
import type { Port } from './port.ts'

const { SLOT_READY_AT, SLOT_ATTEMPT, SLOT_STARTED_AT, SLOT_ENDED_AT, SLOT_WORKER, SLOT_MEMORY_KB } = portLayout
const { SLOT_RESULT_TYPE, SLOT_RESULT } = portLayout

/** Doubles of a copied run, and words behind them. */
export const RunFigure = { READY_AT: 0, STARTED_AT: 1, ENDED_AT: 2, RESULT: 3 } as const
export const RunWord = { ATTEMPT: 8, WORKER: 9, MEMORY_KB: 10, RESULT_TYPE: 11 } as const
/** What a copied run takes, in doubles. */
export const RUN_DOUBLES = 6

/** Copies the run in a slot to `at` in `doubles`; `words` are the same memory. */
export function writeRun(doubles: Float64Array, words: Int32Array, at: number, port: Port, slot: number): void {
  const from = port.doubleOf(slot)
  const fromWord = port.wordOf(slot)
  const word = at * 2
  doubles[at + RunFigure.READY_AT] = port.doubles[from + SLOT_READY_AT / 8] ?? 0
  doubles[at + RunFigure.STARTED_AT] = port.doubles[from + SLOT_STARTED_AT / 8] ?? 0
  doubles[at + RunFigure.ENDED_AT] = port.doubles[from + SLOT_ENDED_AT / 8] ?? 0
  doubles[at + RunFigure.RESULT] = port.doubles[from + SLOT_RESULT / 8] ?? 0
  words[word + RunWord.ATTEMPT] = port.words[fromWord + SLOT_ATTEMPT / 4] ?? 0
  words[word + RunWord.WORKER] = port.words[fromWord + SLOT_WORKER / 4] ?? 0
  words[word + RunWord.MEMORY_KB] = port.words[fromWord + SLOT_MEMORY_KB / 4] ?? 0
  words[word + RunWord.RESULT_TYPE] = port.words[fromWord + SLOT_RESULT_TYPE / 4] ?? 0
}

/** Times are milliseconds on the clock of `performance.now()`, NaN while unknown. */
export class PastRun {
  readonly createdAt: number
  readonly readyAt: number
  /** Starts so far; 0: it never ran. */
  readonly attempt: number
  readonly startedAt: number
  /** NaN while it runs. */
  readonly endedAt: number
  readonly workerId: number
  readonly memoryKb: number
  /** When the task ended, if it has. */
  readonly settledAt: number

  /** Of a copied run. */
  constructor(doubles: Float64Array, words: Int32Array, at: number, createdAt: number, settledAt: number) {
    const of = (figure: number): number => doubles[at + figure] ?? 0
    const count = (word: number): number => words[at * 2 + word] ?? 0
    const ran = count(RunWord.ATTEMPT) > 0
    this.createdAt = createdAt
    this.readyAt = of(RunFigure.READY_AT)
    this.attempt = count(RunWord.ATTEMPT)
    this.startedAt = ran ? of(RunFigure.STARTED_AT) : Number.NaN
    this.endedAt = ran ? of(RunFigure.ENDED_AT) : Number.NaN
    this.workerId = count(RunWord.WORKER)
    this.memoryKb = count(RunWord.MEMORY_KB)
    this.settledAt = settledAt
  }

  /** Of the task in a slot, as it stands. */
  static read(port: Port, slot: number, createdAt: number): PastRun {
    const doubles = new Float64Array(RUN_DOUBLES)
    const words = new Int32Array(doubles.buffer)
    writeRun(doubles, words, 0, port, slot)
    return new PastRun(doubles, words, 0, createdAt, Number.NaN)
  }
}
