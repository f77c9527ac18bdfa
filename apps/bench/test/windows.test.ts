// Every contender does the work of every window, and gives the results that the benchmark checks.
import { describe, expect, it } from 'vitest'
import { contenders } from '../src/targets/inline/contenders.ts'
import { seededRandom } from '../src/seeded-random.ts'
import { sumBelow } from '../src/targets/inline/windows.ts'
import type { Pattern } from '../src/targets/inline/windows.ts'

const patterns: readonly Pattern[] = ['each', 'all', 'oneByOne', 'forget']

describe.each(Object.keys(contenders))('%s', (name) => {
  it.each(['sync', 'async'] as const)('runs all of the windows, with a body that is %s', async (kind) => {
    const setup = await contenders[name]?.(kind)
    for (const [index, pattern] of patterns.entries()) {
      expect(await setup?.loops[pattern](200)).toBe(sumBelow(200))
      expect(setup?.probe.runs).toBe(200 * (index + 1))
    }
    await setup?.close()
  })
})

it('draws the same random numbers in every run, evenly', () => {
  const [first, second] = [seededRandom(1), seededRandom(1)]
  const drawn = Array.from({ length: 10_000 }, () => first())
  expect(drawn).toEqual(Array.from({ length: 10_000 }, () => second()))
  expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true)
  const inLowestTenth = drawn.filter((value) => value < 0.1).length
  expect(inLowestTenth).toBeGreaterThan(900)
  expect(inLowestTenth).toBeLessThan(1_100)
})
