// When a failed attempt is tried again: how pauses grow, how they are spread, and what is final.
import { seeded } from '@catzilla/test-kit/seed'
import { thrownBy } from '@catzilla/test-kit/thrown'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  CatzillaError,
  ConfigurationError,
  NonRetryableError,
  PayloadError,
  errorTable,
} from '../../src/contract/errors.ts'
import type { ErrorName } from '../../src/contract/errors.ts'
import { resolveTaskOptions } from '../../src/options/task-options.ts'
import type { RetryBackoff } from '../../src/contract/resolved-task-options.ts'
import type { TaskOptions } from '../../src/options/task-options.ts'
import { isRetryable, retryDelayMs } from '../../src/support/retry-plan.ts'

const error = new Error('failed')

/** The pauses after the first attempts, without jitter unless it is asked for. */
function pauses(asked: TaskOptions, attempts: number, random = 0.5): number[] {
  const options = resolveTaskOptions({ retryJitter: 0, ...asked })
  return Array.from({ length: attempts }, (_, index) => retryDelayMs(options, index + 1, error, random))
}

describe('growth', () => {
  test.each<[RetryBackoff, number[]]>([
    ['exponential', [100, 200, 400, 800, 1000, 1000]],
    ['linear', [100, 200, 300, 400, 500, 600]],
    ['fixed', [100, 100, 100, 100, 100, 100]],
    ['none', [0, 0, 0, 0, 0, 0]],
  ])('%s', (retryBackoff, expected) => {
    expect(pauses({ retryBackoff, retryDelayMs: 100, retryMaxDelayMs: 1000 }, 6)).toEqual(expected)
  })

  test('the default doubles from one second, with a fifth of jitter', () => {
    const options = resolveTaskOptions({})
    expect(retryDelayMs(options, 1, error, 0)).toBe(800)
    expect(retryDelayMs(options, 3, error, 0.5)).toBe(4000)
    expect(retryDelayMs(options, 3, error, 1)).toBeCloseTo(4800, 6)
    expect(retryDelayMs(options, 50, error, 0.5)).toBe(60_000)
  })
})

describe('jitter', () => {
  test('spreads evenly over ± its share of the pause', () => {
    const asked = { retryBackoff: 'fixed', retryDelayMs: 1000, retryJitter: 0.5 } as const
    expect([0, 0.25, 0.5, 0.75].map((random) => pauses(asked, 1, random)[0])).toEqual([500, 750, 1000, 1250])
  })

  test('every pause is a number within its bounds, for any options, any attempt and any random number', () => {
    const asked = fc.record({
      retryBackoff: fc.constantFrom('exponential' as const, 'linear' as const, 'fixed' as const, 'none' as const),
      retryDelayMs: fc.oneof(fc.constant(0), fc.double({ min: 0, max: Number.MAX_VALUE, noNaN: true })),
      retryMaxDelayMs: fc.oneof(fc.nat(100_000), fc.constant(Number.MAX_VALUE)),
      retryJitter: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    const attempt = fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1000, max: 1_000_000 }))
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(asked, attempt, random, (options, after, drawn) => {
        const resolved = resolveTaskOptions(options)
        const pause = retryDelayMs(resolved, after, error, drawn)
        const middle = retryDelayMs(resolved, after, error, 0.5)
        expect(pause).toBeGreaterThanOrEqual(0)
        expect(pause).toBeLessThanOrEqual(options.retryMaxDelayMs)
        expect(pause).toBeGreaterThanOrEqual(middle * (1 - options.retryJitter) * 0.999_999)
        // the pause of the middle may have been bounded already
        const unbounded = middle < options.retryMaxDelayMs
        expect(unbounded ? pause : 0).toBeLessThanOrEqual(middle * (1 + options.retryJitter) * 1.000_001)
      }),
      { ...seeded, numRuns: 500 },
    )
  })

  test('no first pause stays no pause, however many attempts', () => {
    expect(retryDelayMs(resolveTaskOptions({ retryDelayMs: 0 }), 5000, error, 0.3)).toBe(0)
  })
})

describe('a function', () => {
  test('is told the attempt that failed and its error; its answer is bounded and not spread', () => {
    const told: unknown[][] = []
    const retryBackoff = (attempt: number, failure: Error): number => {
      told.push([attempt, failure])
      return attempt * 400
    }
    expect(pauses({ retryBackoff, retryJitter: 1, retryMaxDelayMs: 1000 }, 3, 0)).toEqual([400, 800, 1000])
    expect(told).toEqual([
      [1, error],
      [2, error],
      [3, error],
    ])
  })

  test('Infinity means the longest pause', () => {
    expect(pauses({ retryBackoff: () => Infinity, retryMaxDelayMs: 700 }, 1)).toEqual([700])
  })

  test.each([Number.NaN, -1, -Infinity, '5', null, undefined, 5n, Promise.resolve(5)])('%o is no answer', (answer) => {
    const failure = thrownBy(() => pauses({ retryBackoff: () => answer as number }, 1))
    expect(failure).toBeInstanceOf(ConfigurationError)
    expect(failure.message).toMatch(/^retryBackoff must answer with a number of milliseconds ≥ 0, it answered /)
  })

  test('what it throws comes through as it is', () => {
    const thrown = new RangeError('from the user')
    const retryBackoff = (): never => {
      throw thrown
    }
    expect(thrownBy(() => pauses({ retryBackoff }, 1))).toBe(thrown)
  })
})

describe('isRetryable', () => {
  test('of our own errors, all but NonRetryableError and PayloadError', () => {
    const names = Object.keys(errorTable) as ErrorName[]
    const final = names.filter((name) => !isRetryable(new CatzillaError(name, 'm')))
    expect(final.toSorted()).toEqual(['NonRetryableError', 'PayloadError'])
    expect([new NonRetryableError('m'), new PayloadError('m')].some(isRetryable)).toBe(false)
  })

  test('goes by the code, so that errors of another copy of the package or another thread count', () => {
    expect(isRetryable(Object.assign(new Error('copied'), { code: 'ERR_CATZILLA_NON_RETRYABLE' }))).toBe(false)
    expect(isRetryable(Object.assign(new Error('copied'), { name: 'NonRetryableError' }))).toBe(true)
  })

  test('errors without a code, or with another one, can be tried again', () => {
    for (const code of [undefined, 'ECONNRESET', 5, null]) {
      expect(isRetryable(Object.assign(new Error('other'), { code }))).toBe(true)
    }
    expect(isRetryable(new Error('none'))).toBe(true)
  })
})
