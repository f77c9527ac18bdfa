// Kernels over arrays of numbers. Their arithmetic is that of the C kernels, operation by operation, for the same bits.

/** The sum of the values from left to right; 0 of none. */
export function sum(values: Float64Array): number {
  let total = 0
  for (const value of values) total += value
  return total
}

/**
 * The sum of `a[i] * b[i]` from left to right; 0 of none.
 * @throws RangeError when the lengths differ
 */
export function dot(a: Float64Array, b: Float64Array): number {
  if (a.length !== b.length) throw new RangeError('dot: both arrays must have the same length')
  let total = 0
  for (let index = 0; index < a.length; index++) total += (a[index] ?? 0) * (b[index] ?? 0)
  return total
}

/** A new array of `values[i] * factor`. */
export function scale(values: Float64Array, factor: number): Float64Array {
  return values.map((value) => value * factor)
}

/** What `stats` gives. Of no values all but `count` and `sum` are NaN; a NaN among them makes all but `count` NaN. */
export interface ValueStatistics {
  readonly count: number
  readonly sum: number
  readonly mean: number
  readonly min: number
  readonly max: number
  /** Of the population: the mean of the squared distances from the mean, in a second pass over the values. */
  readonly variance: number
  readonly stddev: number
}

export const statisticsFields = ['count', 'sum', 'mean', 'min', 'max', 'variance', 'stddev'] as const

export function stats(values: Float64Array): ValueStatistics {
  const count = values.length
  let total = 0
  let min = values[0] ?? Number.NaN
  let max = min
  for (const value of values) {
    total += value
    min = Math.min(min, value)
    max = Math.max(max, value)
  }
  const mean = total / count
  let squares = 0
  for (const value of values) squares += (value - mean) * (value - mean)
  const variance = squares / count
  return { count, sum: total, mean, min, max, variance, stddev: Math.sqrt(variance) }
}
