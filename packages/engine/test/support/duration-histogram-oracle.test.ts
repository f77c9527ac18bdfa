// Our histograms against those of a kept library, hdr-histogram-js, over random durations: what was recorded, what several have
// together, and what came after a mark. Both know a value to a share of itself: ours to 0.2 %, the other, of three figures, to 0.1 %.
import { seeded } from '@catzilla/test-kit/seed'
import fc from 'fast-check'
import { build } from 'hdr-histogram-js'
import type { Histogram } from 'hdr-histogram-js'
import { expect, test } from 'vitest'
import type { Distribution } from '../../src/contract/statistics.ts'
import { DurationHistogram } from '../../src/support/duration-histogram.ts'

const NS_PER_MS = 1e6
const TOGETHER = 0.003
const LONGEST_NS = 1e14

/** From a nanosecond to a day, each order of magnitude as often as the others, and clusters, as tasks of one kind have them. */
const duration = fc
  .double({ min: 0, max: Math.log(LONGEST_NS), noNaN: true })
  .map((power) => Math.round(Math.exp(power)))
const cluster = fc
  .tuple(duration, fc.array(fc.double({ min: 0.8, max: 1.2, noNaN: true }), { minLength: 1, maxLength: 300 }))
  .map(([around, factors]) => factors.map((factor) => Math.max(1, Math.round(around * factor))))
const durations = fc
  .array(
    fc.oneof(
      duration.map((one) => [one]),
      cluster,
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.flat())

function ours(ns: readonly number[]): DurationHistogram {
  const histogram = new DurationHistogram()
  for (const each of ns) histogram.record(each / NS_PER_MS)
  return histogram
}

function theirs(ns: readonly number[]): Histogram {
  const histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 2 * LONGEST_NS,
    numberOfSignificantValueDigits: 3,
  })
  for (const each of ns) histogram.recordValue(each)
  return histogram
}

/** Where they say something else, in words. */
function differences(found: Distribution, oracle: Histogram): string[] {
  if (found.count !== oracle.totalCount) return [`${oracle.totalCount} durations, found ${found.count}`]
  if (found.count === 0) return []
  const pairs: readonly [what: string, ms: number, ns: number][] = [
    ['mean', found.meanMs, oracle.mean],
    ['p50', found.p50Ms, oracle.getValueAtPercentile(50)],
    ['p95', found.p95Ms, oracle.getValueAtPercentile(95)],
    ['p99', found.p99Ms, oracle.getValueAtPercentile(99)],
    ['max', found.maxMs, oracle.maxValue],
  ]
  return pairs
    .filter(([, ms, ns]) => !(Math.abs(ms * NS_PER_MS - ns) <= ns * TOGETHER + 1))
    .map(([what, ms, ns]) => `${what} of ${ns} ns, found ${ms} ms`)
}

test('what was recorded is what the library says', () => {
  fc.assert(
    fc.property(durations, (ns) => {
      expect(differences(ours(ns).total(), theirs(ns))).toEqual([])
    }),
    { ...seeded, numRuns: 100 },
  )
})

test('histograms add up as those of the library do', () => {
  fc.assert(
    fc.property(durations, durations, (one, other) => {
      const sum = theirs(one)
      sum.add(theirs(other))
      expect(differences(ours(one).add(ours(other)).total(), sum)).toEqual([])
    }),
    { ...seeded, numRuns: 50 },
  )
})

test('what came after a mark is what the library has of it alone', () => {
  fc.assert(
    fc.property(durations, durations, (before, after) => {
      const histogram = ours(before)
      const mark = histogram.mark()
      for (const each of after) histogram.record(each / NS_PER_MS)
      expect(differences(histogram.since(mark), theirs(after))).toEqual([])
    }),
    { ...seeded, numRuns: 50 },
  )
})

test('as many are up to a bound as were recorded there', () => {
  const boundsMs = [1e-5, 1e-3, 0.1, 1, 10, 1000, 60_000]
  fc.assert(
    fc.property(durations, (ns) => {
      const found = ours(ns).upTo(boundsMs)
      for (const [index, boundMs] of boundsMs.entries()) {
        // those that are too near to the bound to tell may be on either side
        const upTo = (factor: number): number => ns.filter((each) => each <= boundMs * NS_PER_MS * factor).length
        expect(found[index]).toBeGreaterThanOrEqual(upTo(1 - TOGETHER))
        expect(found[index]).toBeLessThanOrEqual(upTo(1 + TOGETHER))
      }
    }),
    { ...seeded, numRuns: 50 },
  )
})
