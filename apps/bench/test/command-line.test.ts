// What is understood of the command line, and what it makes to be measured.
import { describe, expect, it } from 'vitest'
import { listing, planOf } from '../src/catalog.ts'
import { UsageError, parseCommandLine } from '../src/command-line.ts'

describe('the command line', () => {
  it('measures everything by the wall clock when nothing is said', () => {
    expect(parseCommandLine([])).toEqual({
      command: 'run',
      quick: false,
      json: false,
      publish: false,
      clock: 'wall',
      scenarios: [],
      contenders: [],
    })
  })

  it('takes scenarios and contenders, as options and as words', () => {
    const argv = ['memory', '--scenario', 'timers', '--contender=fastq', '--contender', 'catzilla', '--quick', '--json']
    expect(parseCommandLine(argv)).toMatchObject({
      quick: true,
      json: true,
      scenarios: ['timers', 'memory'],
      contenders: ['fastq', 'catzilla'],
    })
    expect(parseCommandLine(['--list']).command).toBe('list')
    expect(parseCommandLine(['-h']).command).toBe('help')
    expect(parseCommandLine(['--cpu']).clock).toBe('cpu')
  })

  it('names what it does not understand', () => {
    expect(() => parseCommandLine(['--fast'])).toThrow(UsageError)
    expect(() => parseCommandLine(['--fast'])).toThrow("'--fast'")
    expect(() => parseCommandLine(['--publish', '--contender', 'fastq'])).toThrow('--publish is for')
  })
})

describe('the plan', () => {
  it('is everything with everybody, unless something is asked for', () => {
    const plan = planOf([], [])
    expect(plan.full).toBe(true)
    expect(plan.comparisons.map(({ name }) => name)).toContain('throughput')
    expect(plan.targets).toContain('native:idle')
    const peers = ['fastq', 'p-queue', 'piscina', 'tinypool', 'workerpool', 'bullmq', 'promise loop', 'C loop']
    expect(plan.contenders.map(({ name }) => name)).toEqual(expect.arrayContaining(['catzilla/compiled', ...peers]))
  })

  it('asks what was to be asked', () => {
    const { comparisons, targets } = planOf([], [])
    const asked = comparisons.map(({ name, measures }) => [name, measures.map(({ id }) => id)])
    expect(Object.fromEntries(asked)).toMatchObject({
      throughput: expect.arrayContaining(['forget', 'handles', 'awaited', 'batch', 'columns']),
      'round-trip': ['idle-p50', 'idle-p99', 'busy-p50', 'busy-p99'],
      'cpu-bodies': ['10us', '1ms'],
      'event-loop': expect.any(Array),
      priority: expect.any(Array),
      timers: expect.any(Array),
      payloads: expect.any(Array),
      retries: expect.any(Array),
      memory: expect.any(Array),
      mixed: expect.any(Array),
      durable: expect.any(Array),
      scaling: expect.any(Array),
    })
    expect(targets).toEqual(expect.arrayContaining(['documents', 'durable:accepting', 'durable:recovery', 'bullmq']))
  })

  it('takes the first part of a name for all that begin with it', () => {
    const plan = planOf(['native', 'memory'], ['catzilla', 'fastq'])
    expect(plan.full).toBe(false)
    expect(plan.comparisons.map(({ name }) => name)).toEqual(['memory'])
    expect(plan.targets.every((name) => name.startsWith('native:'))).toBe(true)
    expect(plan.targets.length).toBeGreaterThan(3)
    expect(plan.contenders.map(({ name }) => name.split('/')[0])).toEqual(expect.arrayContaining(['catzilla', 'fastq']))
    expect(plan.contenders.some(({ name }) => name === 'p-queue')).toBe(false)
  })

  it('takes a kind for all of it, and contenders for comparisons', () => {
    expect(planOf(['comparisons'], [])).toMatchObject({ targets: [], full: false })
    expect(planOf(['targets'], []).comparisons).toEqual([])
    expect(planOf([], ['fastq']).targets).toEqual([])
  })

  it('says what there is when something is asked for that there is not', () => {
    expect(() => planOf(['speed'], [])).toThrow(/no scenario named speed\. There are: throughput, /)
    expect(() => planOf([], ['agenda'])).toThrow(/no contender named agenda\. There are: catzilla\/compiled, /)
    expect(() => planOf(['nativ'], [])).toThrow(UsageError)
  })

  it('is listed', () => {
    expect(listing()).toMatch(
      /Comparisons:\n {2}throughput +Throughput[^]*Contenders:[^]* fastq +event loop[^]*Targets:/,
    )
  })
})
