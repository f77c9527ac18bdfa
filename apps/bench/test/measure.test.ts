// The harness on a clock of its own: who runs when, and what becomes of the samples.
import { describe, expect, it } from 'vitest'
import { interleave, median, percentile, ratio, ratios, spread, summarise, timed } from '../src/measure.ts'
import type { Contender } from '../src/measure.ts'

/** A contender that only notes its turn, and samples the number of the round. */
function noting(name: string, turns: string[]): Contender<number> {
  return {
    name,
    async run(round) {
      turns.push(`${name}${round}`)
      return round
    },
  }
}

describe('interleave', () => {
  it('gives everyone a turn per round, every second round backwards', async () => {
    const turns: string[] = []
    await interleave([noting('a', turns), noting('b', turns), noting('c', turns)], { rounds: 3, warmUps: 0 })
    expect(turns).toEqual(['a0', 'b0', 'c0', 'c1', 'b1', 'a1', 'a2', 'b2', 'c2'])
  })

  it('drops the samples of the warm-up', async () => {
    const turns: string[] = []
    const samples = await interleave([noting('a', turns), noting('b', turns)], { rounds: 2, warmUps: 3 })
    expect(turns).toHaveLength(10)
    expect([...samples]).toEqual([
      ['a', [3, 4]],
      ['b', [3, 4]],
    ])
  })

  it('begins no round after its time, once there are three', async () => {
    const turns: string[] = []
    const samples = await interleave([noting('a', turns)], { rounds: 20, warmUps: 1, budgetMs: 0 })
    expect(samples.get('a')).toEqual([1, 2, 3])
  })

  it('prepares before each sample', async () => {
    const turns: string[] = []
    const before = (): void => void turns.push('-')
    await interleave([noting('a', turns), noting('b', turns)], { rounds: 1, warmUps: 1, before })
    expect(turns.join(' ')).toBe('- a0 - b0 - b1 - a1')
  })
})

describe('timed', () => {
  it('samples the time per unit, by the clock it is given', async () => {
    let time = 1000
    const work = async (): Promise<number> => {
      time += 600
      return 200
    }
    const samples = await interleave([timed('a', work, () => time)], { rounds: 2, warmUps: 0 })
    expect(samples.get('a')).toEqual([3, 3])
  })

  it('compares contenders round by round', async () => {
    let time = 0
    const taking = (name: string, durations: number[]): Contender<number> => {
      const work = async (): Promise<number> => {
        time += durations.shift() ?? Number.NaN
        return 1
      }
      return timed(name, work, () => time)
    }
    // the machine is ten times as slow in the second round: for both
    const entrants = [taking('slow', [8, 60, 4]), taking('fast', [2, 20, 2])]
    const samples = await interleave(entrants, { rounds: 3, warmUps: 0 })
    const [slow, fast] = [samples.get('slow') ?? [], samples.get('fast') ?? []]
    expect(ratio(slow, fast)).toBe(3)
    expect(summarise(slow)).toEqual({ median: 8, min: 4, max: 60 })
  })
})

describe('figures', () => {
  it('takes the middle sample, or the mean of the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([4, 1, 3, 100])).toBe(3.5)
  })

  it('leaves the samples in their order', () => {
    const samples = [3, 1, 2]
    summarise(samples)
    expect(samples).toEqual([3, 1, 2])
  })

  it('takes percentiles by nearest rank', () => {
    const samples = Array.from({ length: 100 }, (_, index) => 100 - index)
    expect([0.5, 0.99, 1].map((rank) => percentile(samples, rank))).toEqual([50, 99, 100])
    expect(percentile([7], 0.01)).toBe(7)
  })

  it('refuses to compare unequal numbers of rounds, and to make figures of nothing', () => {
    expect(() => ratio([1], [1, 2])).toThrow('got 1 and 2')
    expect(() => median([])).toThrow(RangeError)
    expect(() => percentile([], 0.5)).toThrow(RangeError)
  })

  it('tells the median and the middle half, whatever lies outside of it', () => {
    expect(spread([5, 1, 2, 900, 3, 4, 6, 7])).toEqual({ median: 4.5, from: 2, to: 6 })
    expect(() => spread([])).toThrow('at least one sample')
  })

  it('takes ratios within a round', () => {
    expect(ratios([2, 9], [1, 3])).toEqual([2, 3])
  })
})
