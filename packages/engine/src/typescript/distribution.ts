// Distributions of durations out of histograms: those of Node, which the walk records into, and those that a lane with books
// of its own hands over as buckets. Both are HDR histograms in nanoseconds.
import type { RecordableHistogram } from 'node:perf_hooks'
import type { Distribution } from '../contract/statistics.ts'

const NS_PER_MS = 1_000_000

/** A histogram as another part of the engine keeps it. */
export interface BucketHistogram {
  readonly count: number
  readonly sumNs: number
  readonly maxNs: number
  /** Of each bucket that holds something, the greatest value in nanoseconds and the count, alternating and ascending. */
  readonly buckets: Float64Array
}

/** The distribution over all the values of the histograms given. */
export function distributionOf(
  histogram: RecordableHistogram | undefined,
  others: readonly BucketHistogram[] = [],
): Distribution {
  const filled = others.filter(({ count }) => count > 0)
  const own = histogram?.count ?? 0
  const count = filled.reduce((sum, other) => sum + other.count, own)
  if (count === 0) return { count: 0, meanMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 }
  const sumNs = filled.reduce((sum, other) => sum + other.sumNs, own === 0 ? 0 : own * (histogram?.mean ?? 0))
  const maxNs = filled.reduce((max, other) => Math.max(max, other.maxNs), own === 0 ? 0 : (histogram?.max ?? 0))
  const valueAt = quantiles(histogram, own, filled, count)
  return {
    count,
    meanMs: sumNs / count / NS_PER_MS,
    p50Ms: Math.min(valueAt(0.5), maxNs) / NS_PER_MS,
    p95Ms: Math.min(valueAt(0.95), maxNs) / NS_PER_MS,
    p99Ms: Math.min(valueAt(0.99), maxNs) / NS_PER_MS,
    maxMs: maxNs / NS_PER_MS,
  }
}

function quantiles(
  histogram: RecordableHistogram | undefined,
  own: number,
  others: readonly BucketHistogram[],
  count: number,
): (ratio: number) => number {
  if (others.length === 0) return (ratio) => histogram?.percentile(ratio * 100) ?? 0
  const ranked = new RankedBuckets(others)
  if (histogram === undefined || own === 0) return (ratio) => ranked.valueOf(Math.ceil(ratio * count))
  return (ratio) => mergedValue(histogram, own, ranked, Math.ceil(ratio * count))
}

/**
 * The value of rank `rank` among those of both. A histogram of Node tells the value of a rank, not the rank of a value: so
 * how many of the first `rank` values are its own is found by bisection.
 */
function mergedValue(histogram: RecordableHistogram, own: number, others: RankedBuckets, rank: number): number {
  const ownValue = (place: number): number => (place < 1 ? 0 : histogram.percentile((place / own) * 100))
  let [low, high] = [0, own + 1]
  while (low + 1 < high) {
    const middle = Math.floor((low + high) / 2)
    if (middle + others.rankOf(ownValue(middle)) >= rank) high = middle
    else low = middle
  }
  // `low` of its own values lie before the one sought: that is the next of its own, or one of the others
  const other = Math.max(ownValue(low), others.valueOf(rank - low))
  return high > own ? other : Math.min(ownValue(high), other)
}

/** Buckets of several histograms as one, by rank. */
class RankedBuckets {
  readonly #values: number[] = []
  readonly #ranks: number[] = []

  constructor(histograms: readonly BucketHistogram[]) {
    const counts = new Map<number, number>()
    for (const { buckets } of histograms) {
      for (let index = 0; index + 1 < buckets.length; index += 2) {
        const value = buckets[index] ?? 0
        counts.set(value, (counts.get(value) ?? 0) + (buckets[index + 1] ?? 0))
      }
    }
    let rank = 0
    for (const value of [...counts.keys()].toSorted((a, b) => a - b)) {
      this.#values.push(value)
      this.#ranks.push((rank += counts.get(value) ?? 0))
    }
  }

  /** How many values are `value` or less. */
  rankOf(value: number): number {
    return this.#ranks[upperBound(this.#values, value) - 1] ?? 0
  }

  /** The value of a rank from 1 on; Infinity beyond the last. */
  valueOf(rank: number): number {
    return this.#values[upperBound(this.#ranks, rank - 0.5)] ?? Infinity
  }
}

/** The index of the first of the ascending `values` that is greater than `limit`. */
function upperBound(values: readonly number[], limit: number): number {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((values[middle] ?? Infinity) > limit) high = middle
    else low = middle + 1
  }
  return low
}
