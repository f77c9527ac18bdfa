// The report of a run: as text for the terminal, as Markdown for the documentation, as JSON for whoever compares runs.
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import CliTable from 'cli-table3'
import { machineLines } from '../machine.ts'
import type { Machine } from '../machine.ts'
import type { ClockName } from '../measure.ts'
import type { SectionResult, Table, Verdict } from '../section.ts'

export interface Report {
  readonly machine: Machine
  readonly quick: boolean
  readonly clock: ClockName
  readonly sections: readonly SectionResult[]
}

// the sources and the bundle lie equally deep
const page = new URL('../../../docs/benchmarks.md', import.meta.url)
const outFolder = new URL('../out/', import.meta.url)

export function textOfSection({ title, tables, verdicts, skipped }: SectionResult): string {
  if (skipped !== undefined) return `== ${title} ==\n\nskipped: ${skipped}\n`
  const parts = tables.map((table) => `${table.title}\n${drawTable(table)}${table.note ? `\n${table.note}` : ''}`)
  const judged = verdicts.length === 0 ? [] : [drawTable(verdictTable(verdicts))]
  return [`== ${title} ==`, ...parts, ...judged, ''].join('\n\n')
}

export function textOfSummary({ machine, clock, sections }: Report): string {
  const verdicts = sections.flatMap((section) => section.verdicts)
  const met = verdicts.filter((verdict) => verdict.met).length
  const goals = verdicts.filter((verdict) => verdict.goal !== undefined)
  const reached = goals.filter((verdict) => verdict.goal?.met === true).length
  return [
    ...machineLines(machine),
    `times per task by the ${clock} clock`,
    `${met} of ${verdicts.length} targets met${goals.length === 0 ? '' : `, and ${reached} of ${goals.length} goals beyond them`}`,
    '',
  ].join('\n')
}

/** Writes the page of the documentation. */
export function writePage(report: Report): void {
  writeFileSync(page, markdownOf(report))
}

/** Writes the figures as JSON and gives the name of the file. */
export function writeJson(report: Report): string {
  const name = report.quick ? 'quick.json' : 'latest.json'
  mkdirSync(outFolder, { recursive: true })
  writeFileSync(fileURLToPath(new URL(name, outFolder)), `${JSON.stringify(report, undefined, 2)}\n`)
  return `apps/bench/out/${name}`
}

export function markdownOf({ machine, sections }: Report): string {
  const verdicts = sections.flatMap((section) => section.verdicts)
  return (
    [
      '# Benchmarks',
      'Written by `npm run bench`. Contenders take turns in one run and what counts are the ratios between them, as medians over the rounds; absolute figures are those of one machine on one day.',
      machineLines(machine)
        .map((line) => `- ${line}`)
        .join('\n'),
      '## Targets',
      markdownTable(verdictTable(verdicts)),
      ...sections.flatMap(markdownOfSection),
      '',
    ]
      .join('\n\n')
      .trimEnd() + '\n'
  )
}

function markdownOfSection({ title, tables, skipped }: SectionResult): string[] {
  return [`## ${title}`, ...tables.flatMap(markdownOfTable), ...(skipped === undefined ? [] : [`Skipped: ${skipped}.`])]
}

function markdownOfTable(table: Table): string[] {
  const note = table.note === undefined ? [] : [table.note]
  return [`### ${table.title}`, markdownTable(table), ...note]
}

function markdownTable({ columns, rows }: Table): string {
  const ruler = columns.map((_, index) => (index === 0 ? '---' : '---:'))
  return [columns, ruler, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

function verdictTable(verdicts: readonly Verdict[]): Table {
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

function drawTable({ columns, rows }: Table): string {
  const table = new CliTable({
    head: [...columns],
    colAligns: columns.map((_, index) => (index === 0 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  })
  for (const row of rows) table.push([...row])
  return table.toString()
}
