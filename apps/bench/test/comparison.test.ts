// Comparisons of contenders that are made up here: who takes turns with whom, who is left out, who is ahead.
import { describe, expect, it } from 'vitest'
import { compare } from '../src/comparison/compare.ts'
import type { Comparing } from '../src/comparison/compare.ts'
import { bestOf, goodness, rankRows } from '../src/comparison/result.ts'
import type { Contender, Group } from '../src/contenders/contender.ts'
import type { Figures, Scenario } from '../src/scenarios/scenario.ts'

const scenario: Scenario = {
  name: 'speed',
  title: 'Speed',
  about: 'How fast.',
  measures: [
    { id: 'rate', title: 'rate', unit: 'tasks/s', better: 'more' },
    { id: 'wait', title: 'wait', unit: 'ms', better: 'less' },
  ],
  run: () => Promise.reject(new Error('nobody is opened here')),
}

function contender(name: string, group: Group = 'peer', missing?: string): Contender {
  const open = (): Promise<never> => Promise.reject(new Error('nobody is opened here'))
  return { name, group, where: 'here', window: 1, open, ...(missing === undefined ? {} : { missing: () => missing }) }
}

function comparing(contenders: readonly Contender[], sample: (name: string) => Promise<Figures>): Comparing {
  const pace = { rounds: 3, least: 2, budgetMs: Infinity }
  return { scenario, contenders, pace, sample, tell: () => {}, now: () => 0 }
}

describe('compare', () => {
  it('gives everybody a turn per round, every second round backwards', async () => {
    const turns: string[] = []
    const result = await compare(
      comparing([contender('a'), contender('b')], async (name) => {
        turns.push(name)
        return { rate: turns.length, wait: 1 }
      }),
    )
    expect(turns.join(' ')).toBe('a b b a a b')
    expect(result.rounds).toBe(3)
    expect(result.measures[0]?.rows).toMatchObject([
      { contender: 'a', samples: [1, 4, 5], median: 4, min: 1, max: 5 },
      { contender: 'b', samples: [2, 3, 6], median: 3, min: 2, max: 6 },
    ])
  })

  it('goes on without who breaks, and says why', async () => {
    const told: string[] = []
    let turns = 0
    const result = await compare({
      ...comparing([contender('whole'), contender('broken')], async (name) => {
        if (name === 'broken' && ++turns === 2) throw new Error('out of luck')
        return { rate: 1, wait: 1 }
      }),
      tell: (line) => told.push(line),
    })
    expect(result.rounds).toBe(3)
    expect(result.absent).toEqual([{ contender: 'broken', reason: 'out of luck', failed: true }])
    expect(result.measures[0]?.rows.map((row) => row.contender)).toEqual(['whole'])
    expect(told).toContain('broken breaks and is left out: out of luck')
  })

  it('skips who is missing, and asks nobody again who has nothing of the kind', async () => {
    const turns: string[] = []
    const result = await compare(
      comparing(
        [contender('there'), contender('gone', 'peer', 'there is no Redis'), contender('empty')],
        async (name) => {
          turns.push(name)
          return name === 'empty' ? {} : { wait: 2 }
        },
      ),
    )
    expect(turns).toEqual(['there', 'empty', 'there', 'there'])
    expect(result.absent).toEqual([
      { contender: 'gone', reason: 'there is no Redis', failed: false },
      { contender: 'empty', reason: 'has nothing of the kind', failed: false },
    ])
    expect(result.measures.map(({ rows }) => rows.length)).toEqual([0, 1])
  })

  it('leaves out who is for other scenarios', async () => {
    const other = { ...contender('other'), only: ['memory'] }
    const result = await compare(comparing([contender('a'), other], async () => ({ rate: 1 })))
    expect(result.measures[0]?.rows.map((row) => row.contender)).toEqual(['a'])
    expect(result.absent).toEqual([])
  })

  it('begins no round after its time, once there are enough', async () => {
    let time = 0
    const slow = comparing([contender('a')], async () => {
      time += 100
      return { rate: 1, wait: 1 }
    })
    const result = await compare({ ...slow, pace: { rounds: 9, least: 2, budgetMs: 50 }, now: () => time })
    expect(result.rounds).toBe(2)
  })

  it('ends when nobody is left', async () => {
    const result = await compare(comparing([contender('a')], () => Promise.reject(new Error('no'))))
    expect(result).toMatchObject({ rounds: 1, measures: [{ rows: [] }, { rows: [] }] })
  })
})

describe('ranks', () => {
  const entrant = (name: string, group: Group, samples: number[]) => ({
    contender: name,
    group,
    where: 'here',
    samples,
  })

  it('are relative to the best queue, which no bare baseline is', () => {
    const rows = rankRows(
      [
        entrant('ours', 'ours', [50, 60, 55]),
        entrant('loop', 'bare', [400, 480, 440]),
        entrant('peer', 'peer', [100, 120, 110]),
      ],
      'more',
    )
    expect(rows.map(({ contender: name, ofBest }) => [name, ofBest])).toEqual([
      ['loop', 4],
      ['peer', 1],
      ['ours', 0.5],
    ])
    const measure = { ...scenario.measures[0], rows } as never
    expect(bestOf(measure, 'ours')?.contender).toBe('ours')
    expect(bestOf(measure, 'peer')?.contender).toBe('peer')
  })

  it('turn round where less is better, and compare within a round', () => {
    // the machine is ten times as slow in the second round: for both
    expect(goodness([8, 60, 4], [2, 20, 2], 'less')).toBeCloseTo(1 / 3)
    expect(rankRows([entrant('slow', 'ours', [8]), entrant('fast', 'peer', [2])], 'less')).toMatchObject([
      { contender: 'fast', ofBest: 1 },
      { contender: 'slow', ofBest: 0.25 },
    ])
  })

  it('divide by nothing', () => {
    expect(goodness([0], [0], 'less')).toBe(1)
    expect(goodness([-1], [5], 'more')).toBeGreaterThanOrEqual(0)
  })
})
