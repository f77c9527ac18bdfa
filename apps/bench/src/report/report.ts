// What a run leaves: plain data, from which every text and every chart is made.
import type { ComparisonResult } from '../comparison/result.ts'
import type { Machine } from '../machine.ts'
import type { ClockName } from '../measure.ts'
import type { SectionResult } from '../section.ts'

export interface Report {
  readonly machine: Machine
  readonly quick: boolean
  /** What targets were measured with. */
  readonly clock: ClockName
  /** Everything there is was asked for, of everybody. */
  readonly full: boolean
  /** False while it goes on, and for ever when it was ended early. */
  readonly complete: boolean
  readonly comparisons: readonly ComparisonResult[]
  readonly sections: readonly SectionResult[]
  /** By the name of the scenario. */
  readonly tookSeconds: Readonly<Record<string, number>>
  /** Load average over the last minute. */
  readonly loadAtEnd?: string
}

/** What broke in a run, a line each. */
export function failuresOf({ comparisons, sections }: Report): string[] {
  return [
    ...comparisons.flatMap(({ scenario, absent }) =>
      absent.filter(({ failed }) => failed).map(({ contender, reason }) => `${scenario}, ${contender}: ${reason}`),
    ),
    ...sections.flatMap(({ title, failed }) => (failed === undefined ? [] : [`${title}: ${failed}`])),
  ]
}

/** What is said of a run that is not worth much. */
export function warningsOf({ quick, complete, full }: Report): string[] {
  return [
    ...(quick ? ['A quick run: its figures say little.'] : []),
    ...(full ? [] : ['A part of all scenarios only.']),
    ...(complete ? [] : ['It was ended before it was done.']),
  ]
}
