// One row per option: its default, its check and what it accepts. The rows check values and feed the documentation.
import { ConfigurationError, describeValue } from '../contract/errors.ts'

export interface OptionRow {
  /** As the documentation prints it. */
  readonly byDefault: string
  /** Completes "accepts ...". */
  readonly accepts: string
  readonly about: string
  readonly check: (value: unknown) => boolean
}

export type OptionTable = Readonly<Record<string, OptionRow>>

/**
 * Checks each given option against its row.
 * @throws ConfigurationError naming the option, the value it got and what it accepts
 */
export function checkOptions(table: OptionTable, given: unknown, what: string): void {
  if (given === undefined) return
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new ConfigurationError(`${what} must be an object of options, got ${describeValue(given)}`)
  }
  for (const [name, value] of Object.entries(given)) {
    const row = Object.hasOwn(table, name) ? table[name] : undefined
    if (row === undefined) throw unknownOption(table, name, what)
    if (value !== undefined && !row.check(value)) {
      throw new ConfigurationError(`${what}: ${name} accepts ${row.accepts}, got ${describeValue(value)}`)
    }
  }
}

function unknownOption(table: OptionTable, name: string, what: string): ConfigurationError {
  const near = nearest(name, Object.keys(table))
  const hint = near === undefined ? `known are ${Object.keys(table).join(', ')}` : `did you mean ${near}?`
  return new ConfigurationError(`${what}: there is no option ${describeValue(name)}; ${hint}`)
}

/** The candidate that is at most two edits (insert, delete, change) away, if any. */
export function nearest(name: unknown, candidates: readonly string[]): string | undefined {
  if (typeof name !== 'string') return undefined
  let best: string | undefined
  let bestDistance = 3
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

/** Levenshtein distance, by the two-row method of Wagner and Fischer. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min(change, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}

type Check = (value: unknown) => boolean

function isNumber(min: number, max: number = Number.MAX_VALUE): Check {
  return (value) => typeof value === 'number' && value >= min && value <= max
}

function isInteger(min: number, max: number = Number.MAX_SAFE_INTEGER): Check {
  return (value) => Number.isSafeInteger(value) && isNumber(min, max)(value)
}

/** Checks that rows share. */
export const is: {
  readonly integer: (min: number, max?: number) => Check
  readonly number: (min: number, max?: number) => Check
  readonly positive: Check
  readonly oneOf: (...values: readonly unknown[]) => Check
  readonly boolean: Check
  readonly function: Check
  readonly text: Check
  readonly object: Check
} = {
  integer: isInteger,
  number: isNumber,
  positive: (value) => isNumber(0)(value) && value !== 0,
  oneOf:
    (...values) =>
    (value) =>
      values.includes(value),
  boolean: (value) => typeof value === 'boolean',
  function: (value) => typeof value === 'function',
  text: (value) => typeof value === 'string' && value.length > 0 && value.length <= 500,
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
}
