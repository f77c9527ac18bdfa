// The data set, how its lines are read, and the statistics, against figures worked out by other means.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readingsFile } from '../src/folders.ts'
import { processReadings } from '../src/readings/readings.ts'
import { analyseReadings, summarise } from '../src/readings/statistics.ts'

const header = 'taken_at,station,temperature_c'
const now = new Date('2024-04-01T00:00:00Z')

describe('the data set', () => {
  it('is what its script writes', () => {
    const script = join(import.meta.dirname, '../data/generate-readings.mjs')
    expect(execFileSync(process.execPath, [script], { encoding: 'utf8' })).toBe(readFileSync(readingsFile, 'utf8'))
  })
})

describe('processing', () => {
  it('sorts readings by station and rejects gaps and broken sensors', () => {
    const csv = [header, 't,Oslo,1.5', 't,Bonn,-3', 't,Oslo,', 't,Bonn,-999.0', 't,Oslo,0', ''].join('\n')
    const processed = processReadings(7, csv, now)
    expect(processed).toEqual({
      dataId: 7,
      processedAt: '2024-04-01T00:00:00.000Z',
      rejected: 2,
      byStation: { Bonn: [-3], Oslo: [1.5, 0] },
    })
    expect(Object.keys(processed.byStation)).toEqual(['Bonn', 'Oslo'])
  })

  it.each(['', 'a,b,c', 't,Oslo,1'])('does not try again with what are no readings: "%s"', (csv) => {
    expect(() => processReadings(1, csv, now)).toThrow(expect.objectContaining({ name: 'NonRetryableError' }))
  })

  it.each(['t,Oslo', 't,Oslo,warm', 't,Oslo,1,2'])('names the line that is no reading: "%s"', (line) => {
    expect(() => processReadings(1, `${header}\nt,Oslo,1\n${line}`, now)).toThrow(`line 3: not a reading: "${line}"`)
  })
})

describe('statistics', () => {
  it('of a textbook example', () => {
    // the squared distances from 5 add up to 32; 32 / 7 under the root
    expect(summarise([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({
      count: 8,
      mean: 5,
      min: 2,
      max: 9,
      median: 4.5,
      standardDeviation: Math.sqrt(32 / 7),
    })
  })

  it('of one number', () => {
    expect(summarise([3])).toEqual({ count: 1, mean: 3, min: 3, max: 3, median: 3, standardDeviation: 0 })
  })

  it('of none are refused', () => {
    expect(() => summarise([])).toThrow(RangeError)
  })

  it('keep their precision far from zero', () => {
    expect(summarise([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]).standardDeviation).toBeCloseTo(Math.sqrt(30), 10)
  })

  it('do not change the list', () => {
    const list = [3, 1, 2]
    summarise(list)
    expect(list).toEqual([3, 1, 2])
  })

  it.each([2, 3, 10, 101, 1000])('of %i numbers agree with the definitions', (count) => {
    const values = Array.from({ length: count }, (_, index) => ((index * 7919 + 13) % 1009) / 10 - 50)
    const summary = summarise(values)
    const mean = values.reduce((sum, value) => sum + value, 0) / count
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    expect(summary.mean).toBeCloseTo(mean, 9)
    expect(summary.standardDeviation).toBeCloseTo(Math.sqrt(squares / (count - 1)), 9)
    expect([summary.count, summary.min, summary.max]).toEqual([count, Math.min(...values), Math.max(...values)])
    // half of the numbers at most are on either side of the median
    expect(values.filter((value) => value < summary.median).length).toBeLessThanOrEqual(count / 2)
    expect(values.filter((value) => value > summary.median).length).toBeLessThanOrEqual(count / 2)
  })

  it('of the stations and of all together', () => {
    const byStation = { Bonn: [1, 3], Oslo: [5] }
    const analysis = analyseReadings({ dataId: 2, processedAt: 'then', rejected: 4, byStation })
    expect(analysis).toMatchObject({ dataId: 2, processedAt: 'then', rejected: 4, overall: { count: 3, mean: 3 } })
    expect(analysis.stations).toEqual({ Bonn: summarise([1, 3]), Oslo: summarise([5]) })
  })
})
