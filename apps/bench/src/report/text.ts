// A report on the terminal.
import CliTable from 'cli-table3'
import type { ComparisonResult } from '../comparison/result.ts'
import { machineLines } from '../machine.ts'
import type { SectionResult, Table } from '../section.ts'
import { failuresOf, warningsOf } from './report.ts'
import type { Report } from './report.ts'
import { absenceLines, headlineTable, measureTable, verdictTable } from './tables.ts'

export function textOfSection({ title, tables, verdicts, skipped, failed }: SectionResult): string {
  if (failed !== undefined) return `== ${title} ==\n\nFAILED: ${failed}\n`
  if (skipped !== undefined) return `== ${title} ==\n\nskipped: ${skipped}\n`
  const judged = verdicts.length === 0 ? [] : [drawTable(verdictTable(verdicts))]
  return [`== ${title} ==`, ...tables.map(textOfTable), ...judged, ''].join('\n\n')
}

export function textOfComparison(result: ComparisonResult): string {
  const measured = result.measures.filter(({ rows }) => rows.length > 0)
  return [
    `== ${result.title} ==`,
    result.about,
    ...measured.map((measure) => textOfTable(measureTable(measure))),
    [`Rounds: ${result.rounds}.`, ...absenceLines(result)].join('\n'),
    '',
  ].join('\n\n')
}

export function textOfSummary(report: Report): string {
  const { machine, clock, comparisons, sections } = report
  const verdicts = sections.flatMap((section) => section.verdicts)
  const met = verdicts.filter((verdict) => verdict.met).length
  const goals = verdicts.filter((verdict) => verdict.goal !== undefined)
  const reached = goals.filter((verdict) => verdict.goal?.met === true).length
  const beyond = goals.length === 0 ? '' : `, and ${reached} of ${goals.length} goals beyond them`
  const headlines = headlineTable(comparisons)
  return [
    ...(headlines.rows.length === 0 ? [] : [drawTable(headlines)]),
    ...machineLines(machine),
    ...warningsOf(report),
    ...(verdicts.length === 0
      ? []
      : [`times per task of targets by the ${clock} clock`, `${met} of ${verdicts.length} targets met${beyond}`]),
    ...failuresOf(report).map((line) => `FAILED: ${line}`),
    '',
  ].join('\n')
}

function textOfTable(table: Table): string {
  return `${table.title}\n${drawTable(table)}${table.note === undefined ? '' : `\n${table.note}`}`
}

function drawTable({ columns, rows }: Table): string {
  const table = new CliTable({
    head: [...columns],
    colAligns: columns.map((_, index) => (index === 0 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  })
  for (const row of rows) table.push([...row])
  return table.toString()
}
