// Durations of late: what was recorded so far without what had been recorded a window ago. Marks are set a few times in a window,
// so it is up to a sixth longer than it says.
import type {
  DurationMark,
  DurationRecord,
  EngineMeasurements,
  MeasuredDurations,
  MeasuredTasks,
  TaskMeasurements,
} from '@catzilla/engine'

const MARKS = 6

type Marks = ReadonlyMap<string, { readonly wait: DurationMark; readonly execution: DurationMark }>

export class SlidingWindow {
  readonly #stepMs: number
  readonly #marks: { readonly at: number; readonly marks: Marks }[] = []

  constructor(windowMs: number) {
    this.#stepMs = windowMs / MARKS
  }

  /** Whether it is time for the next mark. */
  isDue(now: number): boolean {
    const latest = this.#marks.at(-1)
    return latest === undefined || now - latest.at >= this.#stepMs
  }

  mark(found: EngineMeasurements, now: number): void {
    const marks = new Map(
      allOf(found).map(([key, { wait, execution }]) => [key, { wait: wait.mark(), execution: execution.mark() }]),
    )
    this.#marks.push({ at: now, marks })
    if (this.#marks.length > MARKS) this.#marks.shift()
  }

  /** @param key as `allOf` names it */
  measured(key: string, { wait, execution }: TaskMeasurements): MeasuredTasks {
    const marks = this.#marks[0]?.marks.get(key)
    return { wait: durations(wait, marks?.wait), execution: durations(execution, marks?.execution) }
  }
}

function durations(record: DurationRecord, mark: DurationMark | undefined): MeasuredDurations {
  const total = record.total()
  // what has no mark yet has all come since
  return { total, recent: mark === undefined ? total : record.since(mark) }
}

function allOf({ priorities, lanes, names }: EngineMeasurements): [string, TaskMeasurements][] {
  return [
    ...priorities.map((found, index): [string, TaskMeasurements] => [`class:${index}`, found]),
    ...Object.entries(lanes).map(([name, found]): [string, TaskMeasurements] => [`lane:${name}`, found]),
    ...[...names].map(([name, found]): [string, TaskMeasurements] => [`name:${name}`, found]),
  ]
}
