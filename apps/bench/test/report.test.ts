// Texts, pages and charts, from a report made up here.
import { describe, expect, it } from 'vitest'
import { chartOf } from '../src/report/chart.ts'
import { between } from '../src/report/markdown.ts'
import { markers, pagesOf } from '../src/report/pages.ts'
import { failuresOf } from '../src/report/report.ts'
import type { Report } from '../src/report/report.ts'
import { headlineTable } from '../src/report/tables.ts'
import { textOfComparison, textOfSection, textOfSummary } from '../src/report/text.ts'
import type { ComparisonResult, Row } from '../src/comparison/result.ts'

const section = {
  title: 'Speed',
  tables: [{ title: 'Windows', columns: ['', 'ns'], rows: [['api', '12']], note: 'Shorter is better.' }],
  verdicts: [
    { target: 'fast', measured: '60 %', met: true, goal: { what: '≥ 50 %', met: true } },
    { target: 'faster', measured: '40 %', met: false },
  ],
}

function row(contender: string, group: Row['group'], median: number, ofBest: number): Row {
  return { contender, group, where: 'event loop', samples: [median], median, min: median, max: median, ofBest }
}

const comparison: ComparisonResult = {
  scenario: 'throughput',
  title: 'Throughput',
  about: 'How many.',
  rounds: 3,
  measures: [
    {
      id: 'rate',
      title: 'all awaited',
      unit: 'tasks/s',
      better: 'more',
      headline: 'no-op tasks',
      rows: [row('loop', 'bare', 400, 4), row('fastq', 'peer', 100, 1), row('catzilla/inline', 'ours', 50, 0.5)],
    },
    {
      id: 'batch',
      title: 'in one call',
      unit: 'tasks/s',
      better: 'more',
      headline: 'batches',
      rows: [row('catzilla/inline', 'ours', 30, 1)],
    },
    { id: 'columns', title: 'columns', unit: 'rows/s', better: 'more', rows: [] },
  ],
  absent: [
    { contender: 'bullmq', reason: 'there is no redis-server', failed: false },
    { contender: 'piscina', reason: 'out of luck', failed: true },
    { contender: 'bare lmdb', reason: 'has nothing of the kind', failed: false },
  ],
}

const report: Report = {
  machine: {
    cpu: 'A processor',
    cores: 2,
    memoryGb: 8,
    node: 'v20.19.0',
    v8: '11.3',
    platform: 'linux x64',
    loadAverage: [0.5, 0.25, 0],
    date: '2026-01-02',
    commit: 'abc1234',
  },
  quick: false,
  clock: 'wall',
  full: true,
  complete: true,
  comparisons: [comparison],
  sections: [section],
  tookSeconds: { throughput: 90, speed: 30 },
  loadAtEnd: '1.50',
}
const readme = `# A project\n\n${markers.begin}\n\nthe run before\n\n${markers.end}\n\nThe rest.\n`

describe('the pages', () => {
  it('say first where somebody else is ahead', async () => {
    const pages = await pagesOf(report, readme)
    const line = '| no-op tasks | 50.0 tasks/s (catzilla/inline) | 100 tasks/s (fastq) | **fastq**, 2.00 × |'
    expect(pages['docs/benchmarks.md']).toContain(line)
    expect(pages['docs/benchmarks.md']).toContain('This run took 2.0 minutes: throughput 90 s, speed 30 s.')
    expect(pages['README.md']).toContain(line)
    expect(pages['README.md']).toMatch(/^# A project\n[^]*\nThe rest\.\n$/)
    expect(pages['README.md']).not.toContain('the run before')
    expect(headlineTable([comparison]).rows[1]).toEqual([
      'batches',
      '30.0 tasks/s (catzilla/inline)',
      'none has it',
      'ours',
    ])
  })

  it('have everybody in the comparisons, and why somebody is not there', async () => {
    const text = (await pagesOf(report, readme))['docs/benchmarks/comparisons.md'] ?? ''
    expect(text).toContain('- A processor, 2 cores, 8 GiB, linux x64\n- Node 20.19.0 (V8 11.3)\n')
    expect(text).toContain('| loop (bare) | event loop | 400 | 400 – 400 | 4.00 × |')
    expect(text).toContain('![Throughput](charts/throughput.svg)')
    expect(text).toContain('npm run bench -- --scenario throughput')
    expect(text).toContain('Skipped: bullmq: there is no redis-server')
    expect(text).toContain('FAILED: piscina: out of luck')
    expect(text).not.toContain('### columns')
  })

  it('hold the targets, with their notes', async () => {
    const text = (await pagesOf(report, readme))['docs/benchmarks/targets.md'] ?? ''
    expect(text).toContain(
      '| target | measured |  | goal |\n| --- | ---: | ---: | ---: |\n| fast | 60 % | met | ≥ 50 %, met |\n| faster | 40 % | not met |  |',
    )
    expect(text).toContain('### Windows\n\n|  | ns |\n| --- | ---: |\n| api | 12 |\n\nShorter is better.\n')
  })

  it('show on the first page what belongs there', async () => {
    const pages = await pagesOf({ ...report, sections: [{ ...section, overview: true }] }, readme)
    expect(pages['docs/benchmarks.md']).toContain('## Speed\n\n| target |')
    expect((await pagesOf(report, readme))['docs/benchmarks.md']).not.toContain('## Speed')
  })

  it('warn of a run that is not worth much', async () => {
    const pages = await pagesOf({ ...report, quick: true, full: false, complete: false }, readme)
    for (const name of ['docs/benchmarks.md', 'docs/benchmarks/comparisons.md', 'docs/benchmarks/targets.md']) {
      expect(pages[name]).toContain('**A quick run: its figures say little.**')
    }
    expect(pages['README.md']).toContain('is a quick one')
    expect(pages['README.md']).not.toContain('fastq')
  })

  it('are the same whenever they are made of the same report', async () => {
    const once = await pagesOf(report, readme)
    expect(await pagesOf(report, once['README.md'] ?? '')).toEqual(once)
  })

  it('need the markers in the README', () => {
    expect(() => between('nothing', markers.begin, markers.end, 'x')).toThrow('no part between')
  })
})

describe('charts', () => {
  it('show every contender and its figure', async () => {
    const svg = (await chartOf(comparison)) ?? ''
    expect(svg).toMatch(/^<svg [^]*<\/svg>\n$/)
    for (const text of ['fastq', 'catzilla/inline', 'loop', 'all awaited', 'in one call', '400'])
      expect(svg).toContain(`>${text}<`)
    expect(svg).not.toContain('NaN')
  })

  it('draw lines where the measures lie on an axis', async () => {
    const measures = comparison.measures.map((measure, index) => ({ ...measure, x: 10 ** (index + 3) }))
    const svg = (await chartOf({ ...comparison, axis: 'tasks queued', measures })) ?? ''
    expect(svg).toContain('>tasks queued<')
    expect(svg).not.toContain('NaN')
  })

  it('are left out where there is nothing to show', async () => {
    expect(await chartOf({ ...comparison, measures: [] })).toBeUndefined()
  })
})

describe('texts', () => {
  it('say why a section measured nothing', () => {
    const skipped = { title: 'Columns', tables: [], verdicts: [], skipped: 'there is no native core' }
    expect(textOfSection(skipped)).toContain('skipped: there is no native core')
    expect(textOfSection({ ...skipped, failed: 'no luck' })).toContain('FAILED: no luck')
  })

  it('say honestly how many targets are met, and what broke', () => {
    const text = textOfSummary({
      ...report,
      sections: [section, { title: 'HTTP', tables: [], verdicts: [], failed: 'no port' }],
    })
    expect(text).toContain('1 of 2 targets met, and 1 of 1 goals beyond them')
    expect(text).toContain('FAILED: HTTP: no port')
    expect(text).toContain('FAILED: throughput, piscina: out of luck')
    expect(textOfSection(section)).toMatch(/faster.*not met/)
    expect(failuresOf({ ...report, comparisons: [] })).toEqual([])
  })

  it('have the rows of a comparison, and who is not among them', () => {
    const text = textOfComparison(comparison)
    expect(text).toMatch(/fastq .*1\.00 ×/)
    expect(text).toContain('Without bare lmdb, with nothing of the kind.')
    expect(text).toContain('Skipped: bullmq: there is no redis-server')
  })
})
