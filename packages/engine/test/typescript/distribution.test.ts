// Distributions over histograms of Node and buckets of C together are those of all the values together.
import fc from 'fast-check'
import { createHistogram } from 'node:perf_hooks'
import { expect, test } from 'vitest'
import { distributionOf } from '../../src/typescript/distribution.ts'
import type { BucketHistogram } from '../../src/typescript/distribution.ts'
import { greatestOf } from '../../src/native/native-figures.ts'
import { seeded } from '../seed.ts'

const NS_PER_MS = 1e6

/** The bucket of C in which a value lies, by its greatest value. */
function bucketOf(ns: number): number {
  if (ns < 64) return ns
  const width = 2 ** (Math.floor(Math.log2(ns)) - 6)
  return greatestOf(Math.floor(ns / width) * width)
}

function bucketsOf(values: readonly number[]): BucketHistogram {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(bucketOf(value), (counts.get(bucketOf(value)) ?? 0) + 1)
  const buckets = Float64Array.from([...counts].toSorted(([a], [b]) => a - b).flat())
  const sumNs = values.reduce((sum, value) => sum + value, 0)
  return { count: values.length, sumNs, maxNs: Math.max(0, ...values), buckets }
}

test('of nothing everything is 0', () => {
  const nothing = { count: 0, meanMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 }
  expect(distributionOf(undefined)).toEqual(nothing)
  expect(distributionOf(undefined, [bucketsOf([]), bucketsOf([])])).toEqual(nothing)
})

test('a bucket of C is as wide as C makes it', () => {
  expect([0, 63, 64, 127, 128, 256, 2 ** 20].map((least) => greatestOf(least) - least)).toEqual([
    0, 0, 0, 0, 1, 3, 16383,
  ])
})

test('quantiles, mean and maximum are those of all values, to the width of a bucket', () => {
  const values = fc.array(fc.integer({ min: 1, max: 1e12 }), { maxLength: 200 })
  fc.assert(
    fc.property(values, values, values, (own, one, other) => {
      const histogram = createHistogram({ lowest: 1, highest: 86_400_000_000_000, figures: 3 })
      for (const value of own) histogram.record(value)
      const found = distributionOf(own.length === 0 ? undefined : histogram, [bucketsOf(one), bucketsOf(other)])
      const all = [...own, ...one, ...other].toSorted((a, b) => a - b)
      expect(found.count).toBe(all.length)
      if (all.length === 0) return
      const mean = all.reduce((sum, value) => sum + value, 0) / all.length
      expect(Math.abs(found.meanMs * NS_PER_MS - mean)).toBeLessThanOrEqual(mean / 100 + 1)
      for (const [ratio, ms] of [
        [0.5, found.p50Ms],
        [0.95, found.p95Ms],
        [0.99, found.p99Ms],
        [1, found.maxMs],
      ] as const) {
        const value = all[Math.max(0, Math.ceil(ratio * all.length) - 1)] ?? 0
        expect(Math.abs(ms * NS_PER_MS - value)).toBeLessThanOrEqual(value / 60 + 1)
      }
    }),
    { ...seeded, numRuns: 200 },
  )
})
