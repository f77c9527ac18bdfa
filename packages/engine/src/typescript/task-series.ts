// What is measured of tasks by name, lane and class. A plan has its series at hand, so that measuring costs no look-up; sums over
// names and lanes are made when somebody asks for them.
import { OTHER_NAMES } from '../contract/measurements.ts'
import type { NameMeasurements, TaskMeasurements } from '../contract/measurements.ts'
import { classTargetsMs } from '../contract/task.ts'
import type { LaneName, SettledStatus, TaskPriority } from '../contract/task.ts'
import { DurationHistogram } from '../support/duration-histogram.ts'
import type { ForeignBuckets } from '../support/duration-histogram.ts'

/** Names that are told apart; tasks of the others are measured together. */
const NAMES_TOLD_APART = 200

/** Tasks of one name, lane and class. */
export class TaskSeries {
  /** Its place among all of the engine's. */
  readonly index: number
  readonly name: string
  readonly lane: LaneName
  readonly priority: TaskPriority
  /** Who waits longer breaches the target of the class. */
  readonly targetMs: number
  readonly wait: DurationHistogram = new DurationHistogram()
  readonly execution: DurationHistogram = new DurationHistogram()
  /** The number under which its lane measures it, where that keeps books of its own; 0: it does not. */
  book = 0
  submitted = 0
  completed = 0
  failed = 0
  cancelled = 0
  expired = 0

  constructor(index: number, name: string, lane: LaneName, priority: TaskPriority) {
    this.index = index
    this.name = name
    this.lane = lane
    this.priority = priority
    this.targetMs = classTargetsMs[priority]
  }

  count(end: SettledStatus): void {
    this[end]++
  }
}

/** What a lane with books of its own has measured of a series. */
export interface SeriesBook {
  readonly wait: ForeignBuckets
  readonly execution: ForeignBuckets
}

/** Opens the book with a number. */
type BookOf = ((book: number) => SeriesBook) | undefined

/** Histograms by class number. */
export type ByClass = readonly [DurationHistogram, DurationHistogram, DurationHistogram, DurationHistogram]

interface ClassSums {
  readonly waits: ByClass
  readonly runs: ByClass
  readonly madeAt: number
}

/** So many series are added up whenever somebody asks; sums of more are good for a while, by their number. */
const SUMMED_AT_ONCE = 16
const GOOD_FOR_MS = 0.25

export class SeriesTable {
  readonly #series = new Map<string, TaskSeries[]>()
  readonly #all: TaskSeries[] = []
  #sums: ClassSums | undefined

  seriesOf(name: string, lane: LaneName, priority: TaskPriority): TaskSeries {
    const told = this.#series.has(name) || this.#series.size < NAMES_TOLD_APART ? name : OTHER_NAMES
    const ofName = this.#series.get(told) ?? []
    this.#series.set(told, ofName)
    const known = ofName.find((each) => each.lane === lane && each.priority === priority)
    if (known !== undefined) return known
    const made = new TaskSeries(this.#all.length, told, lane, priority)
    ofName.push(made)
    this.#all.push(made)
    return made
  }

  /** @param index of a series that there is */
  at(index: number): TaskSeries {
    return this.#all[index] ?? nothing
  }

  byName(bookOf: BookOf): Map<string, NameMeasurements> {
    return new Map([...this.#series].map(([name, ofName]) => [name, summed(ofName, bookOf)]))
  }

  byLane(lanes: readonly LaneName[], bookOf: BookOf): Partial<Record<LaneName, TaskMeasurements>> {
    return Object.fromEntries(
      lanes.map((lane) => {
        const ofLane = this.#all.filter((each) => each.lane === lane)
        const { wait, execution } = summed(ofLane, bookOf)
        return [lane, { wait, execution }]
      }),
    )
  }

  /** @param but a lane that keeps books of its own, which is left out */
  byClass(but: LaneName | null): ClassSums {
    const now = performance.now()
    const isGood = this.#all.length > SUMMED_AT_ONCE && now - (this.#sums?.madeAt ?? 0) < this.#all.length * GOOD_FOR_MS
    if (this.#sums !== undefined && isGood) return this.#sums
    const counted = this.#all.filter(({ lane }) => lane !== but)
    const classes = [0, 1, 2, 3].map((priority) =>
      summed(
        counted.filter((each) => each.priority === priority),
        undefined,
      ),
    )
    const [critical, high, normal, low] = classes as [NameSums, NameSums, NameSums, NameSums]
    const waits: ByClass = [critical.wait, high.wait, normal.wait, low.wait]
    const runs: ByClass = [critical.execution, high.execution, normal.execution, low.execution]
    return (this.#sums = { waits, runs, madeAt: now })
  }
}

type NameSums = NameMeasurements & Pick<TaskSeries, 'wait' | 'execution'>

/** Nothing is recorded into it. */
const nothing = new TaskSeries(-1, OTHER_NAMES, 'inline', 2)

function summed(series: readonly TaskSeries[], bookOf: BookOf): NameSums {
  const [only] = series
  if (only === undefined) return nothing
  // a name mostly has one lane and one class: nothing to add up
  if (series.length === 1 && only.book === 0) return only
  const sum = { wait: new DurationHistogram(), execution: new DurationHistogram() }
  const counts = { submitted: 0, completed: 0, failed: 0, cancelled: 0, expired: 0 }
  for (const each of series) {
    sum.wait.add(each.wait)
    sum.execution.add(each.execution)
    if (bookOf !== undefined && each.book !== 0) addBook(sum, bookOf(each.book))
    for (const key of ['submitted', 'completed', 'failed', 'cancelled', 'expired'] as const) counts[key] += each[key]
  }
  return { ...sum, ...counts }
}

function addBook({ wait, execution }: Pick<TaskSeries, 'wait' | 'execution'>, book: SeriesBook): void {
  wait.addForeign(book.wait)
  execution.addForeign(book.execution)
}
