// Histograms of C, in the form in which they can be added to those of JavaScript.
import type { NativeHistogram } from '@catzilla/core-c'
import type { ForeignBuckets } from '../support/duration-histogram.ts'

/** Values of C are cut into 64 buckets for each power of two; of a bucket it tells the least value. */
const PARTS = 64

export const noBuckets: ForeignBuckets = { count: 0, sumNs: 0, maxNs: 0, buckets: new Float64Array(0) }

export function bucketsOf(histogram: NativeHistogram | undefined): ForeignBuckets {
  if (histogram === undefined) return noBuckets
  const { count, sumNs, maxNs, buckets } = histogram
  return { count, sumNs, maxNs, buckets: buckets.map((value, index) => (index % 2 === 0 ? middleOf(value) : value)) }
}

/** The middle of the bucket that begins at `least`: no value in it is further away than 0.8 %. */
export function middleOf(least: number): number {
  if (least < PARTS) return least
  return least + (2 ** Math.floor(Math.log2(least)) / PARTS - 1) / 2
}
