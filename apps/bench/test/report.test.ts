// The page of the documentation, from a report made up here.
import { describe, expect, it } from 'vitest'
import { markdownOf, textOfSection, textOfSummary } from '../src/report/report.ts'
import type { Report } from '../src/report/report.ts'

const section = {
  title: 'Speed',
  tables: [{ title: 'Windows', columns: ['', 'ns'], rows: [['api', '12']], note: 'Shorter is better.' }],
  verdicts: [
    { target: 'fast', measured: '60 %', met: true, goal: { what: '≥ 50 %', met: true } },
    { target: 'faster', measured: '40 %', met: false },
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
  sections: [section],
}

describe('the report', () => {
  it('is a page of Markdown with the targets first', () => {
    const page = markdownOf(report)
    expect(page).toContain('- A processor, 2 cores, 8 GiB, linux x64\n- Node 20.19.0 (V8 11.3)\n')
    expect(page).toContain(
      '| target | measured |  | goal |\n| --- | ---: | ---: | ---: |\n| fast | 60 % | met | ≥ 50 %, met |\n| faster | 40 % | not met |  |',
    )
    expect(page).toContain('### Windows\n\n|  | ns |\n| --- | ---: |\n| api | 12 |\n\nShorter is better.\n')
    expect(page.endsWith('.\n')).toBe(true)
  })

  it('says why a section measured nothing', () => {
    const skipped = { title: 'Columns', tables: [], verdicts: [], skipped: 'there is no native core' }
    expect(markdownOf({ ...report, sections: [skipped] })).toContain(
      '## Columns\n\nSkipped: there is no native core.\n',
    )
    expect(textOfSection(skipped)).toContain('skipped: there is no native core')
  })

  it('says honestly how many targets are met', () => {
    expect(textOfSummary(report)).toContain('1 of 2 targets met, and 1 of 1 goals beyond them')
    expect(textOfSection(section)).toMatch(/faster.*not met/)
  })
})
