// What the documents ask of a task, and where the figure comes from: the scenarios of the comparison, for our lanes.
import type { Verdict } from '../../section.ts'
import { formatFigure } from '../../section.ts'

/** A figure of a scenario. */
export interface Source {
  readonly scenario: string
  readonly contender: string
  readonly measure: string
}

export interface Wanted {
  readonly what: string
  readonly source: Source
  readonly bound: number
  readonly better: 'more' | 'less'
  readonly unit: string
  /** What the figure is multiplied with to be in this unit. */
  readonly factor: number
}

const compiled = 'catzilla/compiled'
const inline = 'catzilla/inline'
const threads = 'catzilla/threads'

const time = (what: string, contender: string, bound: number): Wanted => ({
  what: `${what}: submitted and awaited, idle engine`,
  source: { scenario: 'round-trip', contender, measure: 'idle-p50' },
  bound,
  better: 'less',
  unit: 'ms',
  factor: 1e-3,
})
const size = (what: string, contender: string, bound: number): Wanted => ({
  what: `${what}: memory of one that is queued`,
  source: { scenario: 'memory', contender, measure: 'bytes' },
  bound,
  better: 'less',
  unit: 'MB',
  factor: 1e-6,
})
const rate = (what: string, contender: string, scenario: string, measure: string, bound: number): Wanted => ({
  what,
  source: { scenario, contender, measure },
  bound,
  better: 'more',
  unit: 'tasks/s',
  factor: 1,
})

export const wanted: readonly Wanted[] = [
  time('compiled simple task', compiled, 0.1),
  size('compiled simple task', compiled, 1),
  time('JavaScript task', inline, 1),
  size('JavaScript task', inline, 5),
  time('complex JavaScript task, in a thread', threads, 10),
  size('complex JavaScript task, in a thread', threads, 20),
  rate('simple compiled tasks, fire and forget', compiled, 'throughput', 'forget', 1_000_000),
  rate('simple compiled tasks, every result awaited', compiled, 'throughput', 'awaited', 1_000_000),
  rate('JavaScript tasks, fire and forget', inline, 'throughput', 'forget', 81_466),
  rate('JavaScript tasks, every result awaited', inline, 'throughput', 'awaited', 100_000),
  rate('mixed workload, every result awaited', compiled, 'mixed', 'mixed', 500_000),
]

export function verdictOf({ what, bound, better, unit, factor }: Wanted, figure: number): Verdict {
  const measured = figure * factor
  return {
    target: `${what}: ${better === 'more' ? '≥' : '<'} ${bound.toLocaleString('en-US')} ${unit}`,
    measured: `${measured !== 0 && Math.abs(measured) < 0.01 ? measured.toPrecision(2) : formatFigure(measured)} ${unit}`,
    met: better === 'more' ? measured >= bound : measured < bound,
  }
}

/** How much less `what` is than the peer, and whether that is as much less as was asked for. */
export function lessThan(what: string, ownMb: number, peer: string, peerMb: number, share: number): Verdict {
  const less = 1 - ownMb / peerMb
  return {
    target: `${what}: ${share * 100} % less than ${peer}`,
    measured: `${Math.round(Math.abs(less) * 100)} % ${less >= 0 ? 'less' : 'MORE'} (${formatFigure(ownMb)} against ${formatFigure(peerMb)} MiB)`,
    met: less >= share,
  }
}
