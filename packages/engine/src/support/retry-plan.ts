// Whether and when a failed attempt is tried again.
import { ConfigurationError, describeValue } from '../contract/errors.ts'
import type { ErrorCode } from '../contract/errors.ts'
import type { ResolvedTaskOptions } from '../contract/resolved-task-options.ts'

/** A second run of the same body on the same arguments cannot mend these. */
const finalCodes: readonly (ErrorCode | undefined)[] = ['ERR_CATZILLA_NON_RETRYABLE', 'ERR_CATZILLA_PAYLOAD']

/** By code rather than by class, so that errors of another copy of the package, or of another thread, count too. */
export function isRetryable(error: Error): boolean {
  return !finalCodes.includes((error as { code?: ErrorCode }).code)
}

/**
 * Pause before the next attempt, in milliseconds, after attempt number `attempt` (from 1) failed with `error`.
 * The kinds grow as retryDelayMs × 2^(attempt-1), × attempt, × 1, × 0; each is spread evenly over ± retryJitter of
 * itself and then bounded by retryMaxDelayMs. What a function answers is bounded, not spread.
 * @param random a number in [0, 1)
 * @throws ConfigurationError when a backoff function answers with no number of milliseconds
 */
export function retryDelayMs(options: ResolvedTaskOptions, attempt: number, error: Error, random: number): number {
  const { retryBackoff, retryDelayMs: first, retryMaxDelayMs: longest, retryJitter } = options
  if (typeof retryBackoff === 'function') return Math.min(askedDelay(retryBackoff, attempt, error), longest)
  // finite, lest a jitter of 0 × Infinity give no number
  const pause = Math.min(first * growth(retryBackoff, attempt), Number.MAX_VALUE)
  return Math.min(pause * (1 + retryJitter * (2 * random - 1)), longest)
}

function growth(kind: 'exponential' | 'linear' | 'fixed' | 'none', attempt: number): number {
  switch (kind) {
    case 'exponential':
      return 2 ** Math.min(attempt - 1, 1023)
    case 'linear':
      return attempt
    case 'fixed':
      return 1
    case 'none':
      return 0
  }
}

function askedDelay(backoff: (attempt: number, error: Error) => number, attempt: number, error: Error): number {
  const answer: unknown = backoff(attempt, error)
  if (typeof answer === 'number' && answer >= 0) return answer
  throw new ConfigurationError(
    `retryBackoff must answer with a number of milliseconds ≥ 0, it answered ${describeValue(answer)}`,
    { cause: error },
  )
}
