// What C measures by name: each series of the lane has a number there, which its plans carry.
import type { NativeEngineBinding } from '@catzilla/core-c'
import type { SeriesBook, TaskSeries } from '../typescript/task-series.ts'
import { bucketsOf } from './foreign-buckets.ts'

/** Numbers below stand for classes. */
const FIRST = 4
/** As many as C has; names are told apart up to a number that stays below. */
const END = 1024

export class SeriesBooks {
  readonly #binding: NativeEngineBinding
  #next = FIRST
  /** Of the moment at which the engine was closed. */
  #last: ReadonlyMap<number, SeriesBook> | undefined

  constructor(binding: NativeEngineBinding) {
    this.#binding = binding
  }

  /** The number of a series, which gets one at the first asking; 0 when there is none left: it is measured by class alone. */
  numberOf(series: TaskSeries): number {
    if (series.book === 0 && this.#next < END) series.book = this.#next++
    return series.book
  }

  readonly read = (book: number): SeriesBook => this.#last?.get(book) ?? this.#readNow(book)

  /** C can be asked no longer. */
  close(): void {
    const numbers = Array.from({ length: this.#next - FIRST }, (_, index) => FIRST + index)
    this.#last = new Map(numbers.map((book) => [book, this.#readNow(book)]))
  }

  #readNow(book: number): SeriesBook {
    const { wait, run } = this.#binding.series(book)
    return { wait: bucketsOf(wait), execution: bucketsOf(run) }
  }
}
