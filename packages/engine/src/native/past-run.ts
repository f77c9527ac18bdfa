// What a slot of the port says of the run of the task in it, read at one moment or copied when the task has ended.
import { portLayout } from './port-layout.ts'
import type { Port } from './port.ts'

const READY = portLayout.SLOT_READY_AT / 8
/** The run: STARTED_AT, ENDED_AT, RESULT_TYPE and WORKER, RESULT, MEMORY_KB and ATTEMPT stand in a row. */
const RUN = portLayout.SLOT_STARTED_AT / 8

/** Doubles of a copied run, and the words among them. */
export const RunFigure = { READY_AT: 0, STARTED_AT: 1, ENDED_AT: 2, RESULT: 4 } as const
export const RunWord = { RESULT_TYPE: 6, WORKER: 7, MEMORY_KB: 10, ATTEMPT: 11 } as const
/** What a copied run takes, in doubles. */
export const RUN_DOUBLES = 6

/** Copies the run in a slot to `at`. Pairs of words go as one double, which is moved and never looked at. */
export function copyRun(to: Float64Array, at: number, port: Port, slot: number): void {
  const from = port.doubles
  const first = port.doubleOf(slot)
  const run = first + RUN
  to[at] = from[first + READY] ?? 0
  to[at + 1] = from[run] ?? 0
  to[at + 2] = from[run + 1] ?? 0
  to[at + 3] = from[run + 2] ?? 0
  to[at + 4] = from[run + 3] ?? 0
  to[at + 5] = from[run + 4] ?? 0
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
    copyRun(doubles, 0, port, slot)
    return new PastRun(doubles, words, 0, createdAt, Number.NaN)
  }
}
