// The pages about benchmarks in docs and the table of the README, all of them from one report: what a run is published as.
import type { ComparisonResult } from '../comparison/result.ts'
import { machineLines } from '../machine.ts'
import type { SectionResult, Table } from '../section.ts'
import { chartOf } from './chart.ts'
import { between, markdownTable, page } from './markdown.ts'
import { failuresOf, warningsOf } from './report.ts'
import type { Report } from './report.ts'
import { absenceLines, headlineTable, measureTable, verdictTable } from './tables.ts'

export const markers = {
  begin: '<!-- benchmarks: written by tools/generate/benchmarks.mjs -->',
  end: '<!-- end of benchmarks -->',
} as const

/** The files by name, from the root of the repository. `readme` is what README.md holds now. */
export async function pagesOf(report: Report, readme: string): Promise<Record<string, string>> {
  const charts: Record<string, string> = {}
  for (const comparison of report.comparisons) {
    const chart = await chartOf(comparison)
    if (chart !== undefined) charts[`docs/benchmarks/charts/${comparison.scenario}.svg`] = chart
  }
  return {
    'docs/benchmarks.md': overview(report),
    'docs/benchmarks/comparisons.md': comparisonsPage(report, charts),
    'docs/benchmarks/targets.md': targetsPage(report),
    ...charts,
    'README.md': between(readme, markers.begin, markers.end, readmePart(report)),
  }
}

const how =
  'Contenders take turns, each sample in a fresh process, and what counts are the ratios between them, as medians over the rounds; absolute figures are those of one machine on one day. The best queue of a table is 1 ×; a bare baseline, which queues nothing, may be above it.'

function overview(report: Report): string {
  const shown = report.sections.filter((section) => section.overview === true)
  return page(
    '# Benchmarks',
    'Written by `npm run bench`, which also says how to run one scenario or one contender: `npm run bench -- --help`.',
    about(report),
    '## Ours beside others',
    markdownTable(headlineTable(report.comparisons)),
    'The whole tables, with everybody and with charts, are in [comparisons](benchmarks/comparisons.md); a name in bold is somebody else who is ahead. What this project wants of itself, and whether it reaches it, is in [targets](benchmarks/targets.md). All figures as data: [results.json](benchmarks/results.json).',
    ...shown.flatMap((section) => [
      `## ${section.title}`,
      markdownTable(verdictTable(section.verdicts)),
      ...markdownOfSection(section),
    ]),
    '## How it is measured',
    how,
    tookTable(report),
  )
}

function comparisonsPage(report: Report, charts: Readonly<Record<string, string>>): string {
  return page(
    '# Comparisons',
    how,
    about(report),
    ...report.comparisons.flatMap((comparison) => [
      `## ${comparison.title}`,
      `${comparison.about} By itself: \`npm run bench -- --scenario ${comparison.scenario}\`.`,
      ...(charts[`docs/benchmarks/charts/${comparison.scenario}.svg`] === undefined
        ? []
        : [`![${comparison.title}](charts/${comparison.scenario}.svg)`]),
      ...markdownOfComparison(comparison),
    ]),
    '## The contenders',
    markdownTable(contenderTable(report.comparisons)),
  )
}

function markdownOfComparison(comparison: ComparisonResult): string[] {
  const tables = comparison.measures.filter(({ rows }) => rows.length > 0).map(measureTable)
  return [...tables.flatMap(markdownOfTable), [`Rounds: ${comparison.rounds}.`, ...absenceLines(comparison)].join('\n')]
}

function contenderTable(comparisons: readonly ComparisonResult[]): Table {
  const rows = comparisons.flatMap(({ measures }) => measures.flatMap((measure) => measure.rows))
  const known = new Map(rows.map(({ contender, where, about: what }) => [contender, [contender, where, what ?? '']]))
  return { title: 'Contenders', columns: ['', 'where', 'what'], rows: [...known.values()] }
}

function targetsPage(report: Report): string {
  const { sections } = report
  return page(
    '# Targets',
    'What this project wants of itself, beside what a run has measured. A goal lies beyond a target.',
    about(report),
    '## All of them',
    markdownTable(verdictTable(sections.flatMap((section) => section.verdicts))),
    ...sections.flatMap((section) => [`## ${section.title}`, ...markdownOfSection(section)]),
  )
}

function markdownOfSection({ tables, skipped, failed }: SectionResult): string[] {
  return [
    ...tables.flatMap(markdownOfTable),
    ...(skipped === undefined ? [] : [`Skipped: ${skipped}.`]),
    ...(failed === undefined ? [] : [`FAILED: ${failed}.`]),
  ]
}

function markdownOfTable(table: Table): string[] {
  return [`### ${table.title}`, markdownTable(table), ...(table.note === undefined ? [] : [table.note])]
}

/** The machine, and what is to be said of a run that is not worth much. */
function about(report: Report): string {
  const end = report.loadAtEnd === undefined ? [] : [`load average ${report.loadAtEnd} when it ended`]
  const lines = [...machineLines(report.machine), ...end].map((line) => `- ${line}`)
  const said = [...warningsOf(report), ...failuresOf(report).map((line) => `FAILED: ${line}`)].map(
    (line) => `- **${line}**`,
  )
  return [...lines, ...said].join('\n')
}

function tookTable({ tookSeconds }: Report): string {
  const all = Object.entries(tookSeconds)
  const minutes = all.reduce((sum, [, seconds]) => sum + seconds, 0) / 60
  return `This run took ${minutes.toFixed(1)} minutes: ${all.map(([name, seconds]) => `${name} ${Math.round(seconds)} s`).join(', ')}.`
}

function readmePart(report: Report): string {
  const { cpu, cores, node, date } = report.machine
  // figures that say little are for those who read on
  const isWorthIt = !report.quick && report.complete && report.comparisons.length > 0
  const table = isWorthIt
    ? `${markdownTable(headlineTable(report.comparisons))}\n\nMedians of interleaved runs in fresh processes on ${cores} cores (${cpu}), Node ${node.slice(1)}, ${date}. A name in bold is somebody else who is ahead.`
    : 'The run that was published last is a quick one, whose figures say little; a full one, `npm run bench`, puts a table here.'
  return [
    '<!-- prettier-ignore-start -->',
    table,
    '[Everybody, every scenario, and how it is measured](docs/benchmarks.md).',
    '<!-- prettier-ignore-end -->',
  ].join('\n\n')
}
