// Waits and runs by class and over all: what the walk measured, together with the books of a lane that keeps its own.
import type { TaskPriority } from '../contract/task.ts'
import { DurationHistogram } from '../support/duration-histogram.ts'
import type { ForeignBuckets } from '../support/duration-histogram.ts'
import type { Lane } from './lane.ts'
import type { SeriesBook, SeriesTable } from './task-series.ts'

/** Histograms of a lane that keeps its own books: by class, and by series. */
export interface OwnBooks {
  readonly waits: readonly ForeignBuckets[]
  readonly runs: readonly ForeignBuckets[]
  readonly bookOf: (book: number) => SeriesBook
}

export interface Durations {
  readonly wait: DurationHistogram
  readonly execution: DurationHistogram
}

export class ClassDurations {
  readonly #classes: readonly Durations[]

  constructor(series: SeriesTable, lanes: readonly Lane[], books: OwnBooks | undefined) {
    // its classes have all of its series already
    const { waits, runs } = series.byClass(lanes.find(({ keepsTime }) => keepsTime)?.name ?? null)
    this.#classes = waits.map((wait, index) => ({
      wait: withOther(wait, books?.waits[index]),
      execution: withOther(runs[index] ?? new DurationHistogram(), books?.runs[index]),
    }))
  }

  of(priority: TaskPriority): Durations {
    return this.#classes[priority] ?? { wait: new DurationHistogram(), execution: new DurationHistogram() }
  }

  /** All classes together: histograms add up exactly, averages would not. */
  get all(): Durations {
    return {
      wait: together(this.#classes.map(({ wait }) => wait)),
      execution: together(this.#classes.map(({ execution }) => execution)),
    }
  }
}

function together(histograms: readonly DurationHistogram[]): DurationHistogram {
  const filled = histograms.filter(({ count }) => count > 0)
  const [only] = filled
  if (only !== undefined && filled.length === 1) return only
  const sum = new DurationHistogram()
  for (const each of filled) sum.add(each)
  return sum
}

function withOther(own: DurationHistogram, other: ForeignBuckets | undefined): DurationHistogram {
  return other === undefined || other.count === 0 ? own : own.mark().addForeign(other)
}
