// How an attempt ended, in the forms in which the broker, the submitter and BullMQ get it.
import type { TaskOutcome } from '@catzilla/engine'
import { plainLine } from '../format/log-lines.ts'
import type { StoredOutcome } from '../format/records.ts'
import { restoreValue } from '../format/values.ts'
import type { BrokerHandle } from './broker-handle.ts'

/** How an attempt ended, as the broker is told. */
export interface End {
  readonly outcome: TaskOutcome
  readonly record: StoredOutcome
  /** The pause before the next attempt; undefined when there is none. */
  readonly retryIn: number | undefined
}

/** Field by field: most have the first three only. */
export function withFacts(
  record: { -readonly [K in keyof StoredOutcome]: StoredOutcome[K] },
  handle: BrokerHandle,
  completedAt: number,
): StoredOutcome {
  record.startedAt = handle.startedAt
  record.completedAt = completedAt
  record.attempt = handle.attempt
  if (handle.recovered) record.recovered = true
  if (handle.workerId !== null) record.workerId = handle.workerId
  if (handle.memoryUsageMb !== null) record.memoryUsageMb = handle.memoryUsageMb
  if (handle.logs.length > 0) record.logs = handle.logs.map(plainLine)
  return record
}

/** What the submitter gets is a copy, as it is in every other process. */
export function valueCopied(outcome: TaskOutcome, record: StoredOutcome): TaskOutcome {
  if (outcome.status !== 'completed' || record.value === undefined) return outcome
  const { value } = outcome
  if (typeof value !== 'object' || value === null) return outcome
  return { status: 'completed', value: 'j' in record.value ? structuredClone(value) : restoreValue(record.value) }
}

/** As BullMQ takes failures: the reason for people, and in place of the stack what restores the error. */
export function failureOf(
  error: Error,
  record: StoredOutcome,
  retryIn: number | undefined,
): Error & { retryIn: number } {
  const name = retryIn === undefined ? 'UnrecoverableError' : error.name
  return {
    name,
    message: error.message,
    stack: JSON.stringify(record),
    retryIn: retryIn === undefined ? -1 : Math.ceil(retryIn),
  }
}
