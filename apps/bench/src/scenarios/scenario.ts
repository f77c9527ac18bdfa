// A scenario is one question to all contenders: what is measured, and how one of them is, in a process of its own.
import type { Queue } from '../contenders/contender.ts'

export type Unit = 'tasks/s' | 'rows/s' | 'µs' | 'ms' | 'ns/task' | 'bytes/task' | 'MB/s'

export interface Measure {
  /** Unique within the scenario. */
  readonly id: string
  readonly title: string
  readonly unit: Unit
  readonly better: 'more' | 'less'
  /** Where it lies on the axis of a chart of lines, such as the bytes of a payload. */
  readonly x?: number
  /** As the table of the README calls it; without it the README leaves it out. */
  readonly headline?: string
}

/** How thorough a sample is, and what holds for the contender that it is of. */
export interface Effort {
  readonly quick: boolean
  /** So many tasks under way at most, where the scenario does not say otherwise. */
  readonly window: number
  /** Turns of `spin` that take a millisecond in JavaScript: measured once for all. */
  readonly spinsPerMs: number
}

/** By the id of the measure. One that a contender does not have is not there. */
export type Figures = Readonly<Record<string, number>>

export interface Scenario {
  readonly name: string
  readonly title: string
  /** What a reader learns, and how it was found. */
  readonly about: string
  readonly measures: readonly Measure[]
  /** What `x` is, for a chart of lines. */
  readonly axis?: string
  /** One sample, of a contender that has just been opened. */
  run(queue: Queue, effort: Effort): Promise<Figures>
}

/** The figures of those parts that the contender has. */
export async function figuresOf(
  parts: Readonly<Record<string, (() => Promise<number>) | undefined>>,
): Promise<Figures> {
  const figures: Record<string, number> = {}
  for (const [id, part] of Object.entries(parts)) if (part !== undefined) figures[id] = await part()
  return figures
}
