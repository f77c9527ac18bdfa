// What a comparison gives: for each measure its rows, best first, as plain data. Pure.
import { median, summarise } from '../measure.ts'
import type { Group } from '../contenders/contender.ts'
import type { Unit } from '../scenarios/scenario.ts'

export interface Row {
  readonly contender: string
  readonly group: Group
  readonly where: string
  readonly about?: string
  /** One for each round. */
  readonly samples: readonly number[]
  readonly median: number
  readonly min: number
  readonly max: number
  /** How good it is beside the best queue of the run: 1 is the best, 0.5 half as good. Bare baselines may exceed 1. */
  readonly ofBest: number
}

export interface MeasureResult {
  readonly id: string
  readonly title: string
  readonly unit: Unit
  readonly better: 'more' | 'less'
  readonly x?: number
  readonly headline?: string
  /** Best first. */
  readonly rows: readonly Row[]
}

export interface Absence {
  readonly contender: string
  readonly reason: string
  /** It took part and broke. */
  readonly failed: boolean
}

export interface ComparisonResult {
  readonly scenario: string
  readonly title: string
  readonly about: string
  readonly axis?: string
  readonly rounds: number
  readonly measures: readonly MeasureResult[]
  readonly absent: readonly Absence[]
}

/** Somebody and the samples of one measure, round by round. */
export interface Entrant {
  readonly contender: string
  readonly group: Group
  readonly where: string
  readonly about?: string
  readonly samples: readonly number[]
}

/** So small a figure counts as none, in every unit that there is: nothing is divided by less. */
const NOTHING = 1e-3

/** Ratios are medians of the ratios within a round, to whoever is best by the median and no bare baseline. */
export function rankRows(entrants: readonly Entrant[], better: 'more' | 'less'): Row[] {
  const middles = entrants.map((entrant) => ({ entrant, ...summarise(entrant.samples) }))
  const sorted = middles.toSorted((a, b) => (better === 'more' ? b.median - a.median : a.median - b.median))
  const best = (sorted.find(({ entrant }) => entrant.group !== 'bare') ?? sorted[0])?.entrant.samples
  return sorted.map(({ entrant, ...summary }) => ({
    ...entrant,
    ...summary,
    ofBest: best === undefined ? 1 : goodness(entrant.samples, best, better),
  }))
}

/** How many times as good as `rival`: the median over the rounds that both have. */
export function goodness(own: readonly number[], rival: readonly number[], better: 'more' | 'less'): number {
  const rounds = Math.min(own.length, rival.length)
  const ratios = Array.from({ length: rounds }, (_, round) => {
    const [a, b] = [Math.max(own[round] ?? 0, NOTHING), Math.max(rival[round] ?? 0, NOTHING)]
    return better === 'more' ? a / b : b / a
  })
  return median(ratios)
}

/** The best of a group, if it took part. Rows are sorted. */
export function bestOf(measure: MeasureResult, group: Group): Row | undefined {
  return measure.rows.find((row) => row.group === group)
}
