// Targets of the design documents: figures made up here.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { contenders } from '../src/contenders/catalog.ts'
import { scenarioNamed } from '../src/scenarios/catalog.ts'
import { footprintMb, missingFootprint } from '../src/targets/documents/footprint.ts'
import { lessThan, verdictOf, wanted } from '../src/targets/documents/rows.ts'

describe('targets of the design documents', () => {
  it('take their figures from scenarios and contenders that there are', () => {
    for (const { source } of wanted) {
      expect(contenders.map(({ name }) => name)).toContain(source.contender)
      expect(scenarioNamed(source.scenario).measures.map(({ id }) => id)).toContain(source.measure)
    }
  })

  it('are met or not, in the unit of the document', () => {
    const [time, memory] = wanted
    if (time === undefined || memory === undefined) throw new Error('there are no targets')
    expect(verdictOf(time, 25)).toEqual({
      target: 'compiled simple task: submitted and awaited, idle engine: < 0.1 ms',
      measured: '0.025 ms',
      met: true,
    })
    expect(verdictOf(time, 100).met).toBe(false)
    expect(verdictOf(memory, 160)).toMatchObject({ measured: '0.00016 MB', met: true })
    const rate = wanted.find(({ better }) => better === 'more')
    expect(rate && [verdictOf(rate, 999_999).met, verdictOf(rate, 1_000_000).met]).toEqual([false, true])
  })

  it('say by how much memory is less, or more', () => {
    expect(lessThan('memory', 40, 'celery', 100, 0.6)).toMatchObject({
      measured: '60 % less (40.0 against 100 MiB)',
      met: true,
    })
    expect(lessThan('memory', 70, 'rq', 100, 0.4)).toMatchObject({
      measured: '30 % less (70.0 against 100 MiB)',
      met: false,
    })
    expect(lessThan('memory', 150, 'rq', 100, 0.4)).toMatchObject({
      measured: '50 % MORE (150 against 100 MiB)',
      met: false,
    })
  })

  it.skipIf(missingFootprint() !== undefined)('look at the memory of this process and all below it', () => {
    const own = footprintMb([process.pid])
    expect(own).toBeGreaterThan(10)
    // another process is more, though far from as much more as its program is large
    expect(footprintMb([process.ppid])).toBeGreaterThan(own / 2)
    expect(footprintMb([])).toBe(0)
  })

  it.skipIf(missingFootprint() !== undefined)('leave out a process that has ended', async () => {
    const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
    const ended = once(child, 'close')
    // as long as this loop has the event loop, nobody takes note of its end
    while (!/^State:\s+Z/m.test(readFileSync(`/proc/${child.pid}/status`, 'utf8'))) continue
    expect(footprintMb([Number(child.pid)])).toBe(0)
    await ended
  })
})
