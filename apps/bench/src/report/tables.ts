// The tables of a report, as cells of text: for the terminal and for Markdown alike.
import { bestOf } from '../comparison/result.ts'
import type { ComparisonResult, MeasureResult, Row } from '../comparison/result.ts'
import { formatFigure } from '../section.ts'
import type { Table, Verdict } from '../section.ts'

export function verdictTable(verdicts: readonly Verdict[]): Table {
  return {
    title: 'Targets',
    columns: ['target', 'measured', '', 'goal'],
    rows: verdicts.map(({ target, measured, met, goal }) => [
      target,
      measured,
      met ? 'met' : 'not met',
      goal === undefined ? '' : `${goal.what}${goal.met ? ', met' : ''}`,
    ]),
  }
}

/** Who has the measure, best first. */
export function measureTable({ title, unit, rows }: MeasureResult): Table {
  return {
    title: `${title}, ${unit}`,
    columns: ['', 'where', 'median', 'min – max', 'of the best'],
    rows: rows.map((row) => [
      row.group === 'bare' ? `${row.contender} (bare)` : row.contender,
      row.where,
      formatFigure(row.median),
      `${formatFigure(row.min)} – ${formatFigure(row.max)}`,
      `${formatFigure(row.ofBest)} ×`,
    ]),
  }
}

/** Ours beside the best of the others, for every measure with a headline. */
export function headlineTable(comparisons: readonly ComparisonResult[]): Table {
  const measures = comparisons.flatMap((comparison) => comparison.measures)
  return {
    title: 'Ours beside others',
    columns: ['', 'ours', 'best other', 'ahead'],
    rows: measures.flatMap((measure) => {
      const [own, peer] = [bestOf(measure, 'ours'), bestOf(measure, 'peer')]
      if (measure.headline === undefined || own === undefined) return []
      return [
        [
          measure.headline,
          cell(own, measure),
          peer === undefined ? 'none has it' : cell(peer, measure),
          ahead(own, peer),
        ],
      ]
    }),
  }
}

function cell(row: Row, { unit }: MeasureResult): string {
  return `${formatFigure(row.median)} ${unit} (${row.contender})`
}

/** Ratios of the run, to the best: one of the two is it. */
function ahead(own: Row, peer: Row | undefined): string {
  if (peer === undefined) return 'ours'
  const [first, second] = own.ofBest >= peer.ofBest ? [own, peer] : [peer, own]
  const times = formatFigure(first.ofBest / Math.max(second.ofBest, 1e-9))
  return first === own ? `ours, ${times} ×` : `**${peer.contender}**, ${times} ×`
}

export function absenceLines({ absent }: ComparisonResult): string[] {
  const lacking = absent.filter(({ failed, reason }) => !failed && reason === 'has nothing of the kind')
  const others = absent.filter((absence) => !lacking.includes(absence))
  return [
    ...(lacking.length === 0
      ? []
      : [`Without ${lacking.map(({ contender }) => contender).join(', ')}, with nothing of the kind.`]),
    ...others.map(({ contender, reason, failed }) => `${failed ? 'FAILED' : 'Skipped'}: ${contender}: ${reason}`),
  ]
}
