// The auto-scaler against shapes of load on a virtual clock: it follows, it does not oscillate or overshoot, and it comes back.
import { beforeAll, describe, expect, test } from 'vitest'
import { loadShapes } from './load-shapes.ts'
import { TASKS_PER_WORKER, simulate } from './scaling-simulation.ts'
import type { Simulated } from './scaling-simulation.ts'

const SEED = Number(process.env['CATZILLA_SEED'] ?? 20_261_122)
const shapes = loadShapes(SEED)
const bounds = { least: 2, most: 32 }

/** Changes that go the other way than the one before. */
function reversals(changes: Simulated['changes']): number {
  return changes.filter(({ action }, index) => index > 0 && changes[index - 1]?.action !== action).length
}

describe.each(shapes)(`$name (seed ${SEED})`, ({ name, arrivals }) => {
  const peak = Math.max(...arrivals)
  let simulated: Simulated

  beforeAll(async () => {
    simulated = await simulate(arrivals, bounds)
  })

  test('is back at the fewest workers after it', () => {
    expect(simulated.workers.at(-1)).toBe(bounds.least)
    expect(simulated.queued.at(-1)).toBe(0)
  })

  test('never leaves its bounds, and never changes within the cooldown', () => {
    expect(Math.min(...simulated.workers)).toBeGreaterThanOrEqual(bounds.least)
    expect(Math.max(...simulated.workers)).toBeLessThanOrEqual(bounds.most)
    const gaps = simulated.changes.slice(1).map(({ second }, index) => second - (simulated.changes[index]?.second ?? 0))
    expect(Math.min(30, ...gaps)).toBe(30)
  })

  test('overshoots by no more than one step', () => {
    const needed = Math.ceil(peak / TASKS_PER_WORKER)
    expect(Math.max(...simulated.workers)).toBeLessThanOrEqual(Math.max(bounds.least, Math.ceil(needed * 1.5)) + 1)
  })

  test('does not oscillate', () => {
    // a sawtooth turns every two minutes: whoever follows it turns with it
    expect(reversals(simulated.changes)).toBeLessThanOrEqual(name === 'sawtooth' ? 2 * (arrivals.length / 120) : 1)
  })

  test('gives the figures and a reason with each change', () => {
    expect(simulated.changes.length).toBeGreaterThanOrEqual(2)
    for (const { reason, figures, from, to, action } of simulated.changes) {
      expect(reason).toMatch(/\d+ %/)
      expect(Object.values(figures).every((figure) => Number.isFinite(figure))).toBe(true)
      expect(action).toBe(to > from ? 'up' : 'down')
    }
  })
})

test('a steady load is carried in the end', async () => {
  const step = shapes.find(({ name }) => name === 'step')
  const { workers, queued } = await simulate(step?.arrivals ?? [], bounds)
  expect(workers[599]).toBeGreaterThanOrEqual(7)
  expect(queued[599]).toBe(0)
})

test('noise about a load that is carried changes nothing', async () => {
  const noisy = shapes.find(({ name }) => name === 'noise')
  const { changes } = await simulate(noisy?.arrivals ?? [], { least: 5, most: 32 })
  expect(changes.filter(({ second }) => second >= 200 && second < 600)).toEqual([])
})

test('lanes that are bound to processors stop at their number', async () => {
  const { workers } = await simulate(
    Array.from({ length: 600 }, () => 500),
    bounds,
    { cpuCount: 4 },
  )
  expect(Math.max(...workers)).toBe(4)
})
