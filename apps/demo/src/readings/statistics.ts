// What can be said of a list of numbers, and of the readings of every station.
import type { ProcessedReadings } from './readings.ts'

/** A list of numbers in six figures. */
export interface Summary {
  readonly count: number
  readonly mean: number
  readonly min: number
  readonly max: number
  /** The middle one; of an even count, the mean of the middle two. */
  readonly median: number
  /** Of a sample: the squares are divided by count - 1; 0 for a single number. */
  readonly standardDeviation: number
}

/** The analysis of a data set. */
export interface Analysis {
  readonly dataId: number
  readonly processedAt: string
  readonly rejected: number
  readonly overall: Summary
  readonly stations: Readonly<Record<string, Summary>>
}

/** Analyses each station and all of them together. */
export function analyseReadings({ dataId, processedAt, rejected, byStation }: ProcessedReadings): Analysis {
  const stations = Object.entries(byStation).map(([name, readings]) => [name, summarise(readings)] as const)
  const overall = summarise(Object.values(byStation).flat())
  return { dataId, processedAt, rejected, overall, stations: Object.fromEntries(stations) }
}

/** @throws RangeError for an empty list, of which nothing can be said */
export function summarise(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b)
  const [min] = sorted
  const max = sorted.at(-1)
  if (min === undefined || max === undefined) throw new RangeError('an empty list has no mean')
  const { mean, squares } = moments(values)
  const standardDeviation = values.length === 1 ? 0 : Math.sqrt(squares / (values.length - 1))
  return { count: values.length, mean, min, max, median: median(sorted), standardDeviation }
}

/** The mean and the sum of squared distances from it, in one pass that keeps its precision (Welford). */
function moments(values: readonly number[]): { mean: number; squares: number } {
  let mean = 0
  let squares = 0
  values.forEach((value, index) => {
    const distance = value - mean
    mean += distance / (index + 1)
    squares += distance * (value - mean)
  })
  return { mean, squares }
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  if (sorted.length % 2 === 1) return upper
  return ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}
