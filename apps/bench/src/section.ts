// What every section of targets gives back: tables, and targets beside what was measured. Plain data, since sections run
// in processes of their own.

import type { ClockName } from './measure.ts'

export interface Table {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** What a reader needs to know to read it. */
  readonly note?: string
}

/** A target of the project and what this run says of it. */
export interface Verdict {
  readonly target: string
  readonly measured: string
  readonly met: boolean
  /** What lies beyond the target, where there is such a thing. */
  readonly goal?: { readonly what: string; readonly met: boolean }
}

export interface SectionResult {
  readonly title: string
  readonly tables: readonly Table[]
  readonly verdicts: readonly Verdict[]
  /** The first page of the benchmarks shows it whole. */
  readonly overview?: boolean
  /** Why nothing was measured. */
  readonly skipped?: string
  /** What broke it. */
  readonly failed?: string
}

/** How thorough a run is, and where it tells what it does. */
export interface SectionInput {
  readonly quick: boolean
  /** What the time per task is measured with. */
  readonly clock: ClockName
}

/** One line about what goes on, on stderr: stdout holds the tables. */
export function tellProgress(line: string): void {
  process.stderr.write(`bench: ${line}\n`)
}

/** @throws Error: a benchmark whose work was not done measures nothing */
export function verify(what: string, got: number, expected: number): void {
  if (got !== expected) throw new Error(`${what}: got ${got}, expected ${expected}`)
}

export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}

/** With as many digits as matter: 0.123, 1.23, 12.3, 1,234. */
export function formatFigure(value: number): string {
  const size = Math.abs(value)
  return size >= 100 ? formatCount(value) : value.toFixed(size >= 10 ? 1 : size >= 1 ? 2 : 3)
}

export function formatPercent(share: number): string {
  return `${Math.round(share * 100)} %`
}
