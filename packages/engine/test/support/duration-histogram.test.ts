// Histograms of durations against sorted lists: their own values, those of others, and the part that came after a mark.
import { seeded } from '@catzilla/test-kit/seed'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Distribution } from '../../src/contract/statistics.ts'
import { middleOf } from '../../src/native/foreign-buckets.ts'
import { DurationHistogram } from '../../src/support/duration-histogram.ts'
import type { ForeignBuckets } from '../../src/support/duration-histogram.ts'

const NS_PER_MS = 1e6

/** As C would have it: 64 buckets for each power of two, by the middle of each. */
function bucketsOf(values: readonly number[]): ForeignBuckets {
  const bucketOf = (ns: number): number => {
    if (ns < 64) return ns
    const width = 2 ** (Math.floor(Math.log2(ns)) - 6)
    return middleOf(Math.floor(ns / width) * width)
  }
  const counts = new Map<number, number>()
  for (const value of values) counts.set(bucketOf(value), (counts.get(bucketOf(value)) ?? 0) + 1)
  const buckets = Float64Array.from([...counts].toSorted(([a], [b]) => a - b).flat())
  const sumNs = values.reduce((sum, value) => sum + value, 0)
  return { count: values.length, sumNs, maxNs: Math.max(0, ...values), buckets }
}

/** Whether its figures are those of the values, to the share `by`. */
function isNear(found: Distribution, ns: readonly number[], by: number): boolean {
  const all = ns.toSorted((a, b) => a - b)
  if (all.length === 0) return found.count === 0
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length
  const isExact = found.count === all.length && Math.abs(found.meanMs * NS_PER_MS - mean) <= mean / 1e6 + 1e-3
  const quantiles = [
    [0.5, found.p50Ms],
    [0.95, found.p95Ms],
    [0.99, found.p99Ms],
    [1, found.maxMs],
  ] as const
  return (
    isExact &&
    quantiles.every(([ratio, ms]) => {
      const value = all[Math.max(0, Math.ceil(ratio * all.length) - 1)] ?? 0
      return Math.abs(ms * NS_PER_MS - value) <= value * by + 1e-3
    })
  )
}

const values = fc.array(fc.integer({ min: 1, max: 1e12 }), { maxLength: 200 })

function recorded(ns: readonly number[]): DurationHistogram {
  const histogram = new DurationHistogram()
  for (const value of ns) histogram.record(value / NS_PER_MS)
  return histogram
}

test('quantiles of its own values are exact to 0.2 %', () => {
  fc.assert(
    fc.property(values, (own) => {
      expect(isNear(recorded(own).total(), own, 0.002)).toBe(true)
    }),
    { ...seeded, numRuns: 200 },
  )
})

test('quantiles together with those of C are exact to 1 %', () => {
  fc.assert(
    fc.property(values, values, values, (own, one, other) => {
      const sum = recorded(own).addForeign(bucketsOf(one)).addForeign(bucketsOf(other))
      expect(isNear(sum.total(), [...own, ...one, ...other], 0.01)).toBe(true)
    }),
    { ...seeded, numRuns: 200 },
  )
})

test('what came after a mark is told apart from what was there', () => {
  fc.assert(
    fc.property(values, values, (before, after) => {
      const histogram = recorded(before)
      const mark = histogram.mark()
      for (const value of after) histogram.record(value / NS_PER_MS)
      expect(isNear(histogram.since(mark), after, 0.004)).toBe(true)
      expect(isNear(histogram.total(), [...before, ...after], 0.002)).toBe(true)
      expect(mark.count).toBe(before.length)
    }),
    { ...seeded, numRuns: 200 },
  )
})

test('a sum of histograms is the histogram of all values', () => {
  fc.assert(
    fc.property(values, values, (one, other) => {
      expect(recorded(one).add(recorded(other)).total().p95Ms).toBe(recorded([...one, ...other]).total().p95Ms)
    }),
    { ...seeded, numRuns: 100 },
  )
})

test('what is no duration is recorded within the bounds', () => {
  const histogram = recorded([])
  for (const odd of [Number.NaN, -5, 0, 1e300]) histogram.record(odd)
  expect(histogram.total().count).toBe(4)
  expect(histogram.total().p50Ms).toBeLessThan(1e-5)
})

test('the middle of a bucket of C is within it', () => {
  expect([0, 63, 64, 127, 128, 256, 2 ** 20].map((least) => middleOf(least) - least)).toEqual([
    0, 0, 0, 0, 0.5, 1.5, 8191.5,
  ])
})
