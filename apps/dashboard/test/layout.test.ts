// Where the steps of a graph are drawn: behind what they need, apart from each other, and with straight ways where there are.
import { describe, expect, it } from 'vitest'
import { layoutOf } from '../src/workflows/layout.ts'
import type { GraphStep, Layout } from '../src/workflows/layout.ts'

const sizes = { along: 100, across: 40, gapAlong: 50, gapAcross: 10 }

function lay(needs: Readonly<Record<string, readonly string[]>>): Layout {
  return layoutOf(
    Object.entries(needs).map(([id, of]) => ({ id, needs: of })),
    sizes,
  )
}

function across(layout: Layout, id: string): number {
  return layout.spots.get(id)?.across ?? Number.NaN
}

describe('the layout of a graph', () => {
  it('sets a chain in one line', () => {
    const layout = lay({ a: [], b: ['a'], c: ['b'] })
    expect(layout.layers).toEqual([['a'], ['b'], ['c']])
    expect(['a', 'b', 'c'].map((id) => layout.spots.get(id))).toEqual([
      { along: 50, across: 20 },
      { along: 200, across: 20 },
      { along: 350, across: 20 },
    ])
    expect([layout.along, layout.across]).toEqual([400, 40])
  })

  it('sets what fans out around its middle', () => {
    const layout = lay({ a: [], b: ['a'], c: ['a'], d: ['a'], e: ['b', 'c', 'd'] })
    expect(across(layout, 'a')).toBe(across(layout, 'c'))
    expect(across(layout, 'e')).toBe(across(layout, 'c'))
    expect(across(layout, 'd') - across(layout, 'b')).toBe(100)
  })

  it('leads a line round the steps that it passes', () => {
    const layout = lay({ a: [], b: ['a'], c: ['b', 'a'] })
    const line = layout.lines.find(({ from, to }) => from === 'a' && to === 'c')
    expect(line?.bends).toHaveLength(1)
    expect(Math.abs((line?.bends[0]?.across ?? 0) - across(layout, 'b'))).toBeGreaterThan(20)
  })

  it('leads lines past each other rather than across', () => {
    const layout = lay({ a: [], b: [], c: ['b'], d: ['a'] })
    expect(Math.sign(across(layout, 'a') - across(layout, 'b'))).toBe(
      Math.sign(across(layout, 'd') - across(layout, 'c')),
    )
  })

  it('takes steps that are named before what they need', () => {
    expect(lay({ last: ['first'], first: [] }).layers).toEqual([['first'], ['last']])
  })

  it('has room for no step at all', () => {
    expect(layoutOf([], sizes).layers.flat()).toEqual([])
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('keeps the rules for graphs at random (seed %i)', (seed) => {
    const random = randomOf(seed)
    const steps: GraphStep[] = Array.from({ length: 1 + Math.floor(random() * 120) }, (_, n) => ({
      id: `s${n}`,
      needs: [...new Set(Array.from({ length: Math.floor(random() * 4) }, () => Math.floor(random() * n)))]
        .filter((need) => need < n)
        .map((need) => `s${need}`),
    }))
    const { spots, lines, layers, across: breadth } = layoutOf(steps, sizes)
    expect(spots.size).toBe(steps.length)
    for (const { id, needs } of steps) {
      for (const need of needs) expect(spots.get(need)?.along).toBeLessThan((spots.get(id)?.along ?? 0) - sizes.along)
      expect(spots.get(id)?.across).toBeGreaterThanOrEqual(sizes.across / 2 - 1e-6)
      expect(spots.get(id)?.across).toBeLessThanOrEqual(breadth - sizes.across / 2 + 1e-6)
    }
    for (const layer of layers) {
      const places = layer.map((id) => spots.get(id)?.across ?? 0)
      for (const [index, place] of places.slice(1).entries()) {
        expect(place - (places[index] ?? 0)).toBeGreaterThanOrEqual(sizes.across + sizes.gapAcross - 1e-6)
      }
    }
    expect(lines).toHaveLength(steps.reduce((sum, { needs }) => sum + needs.length, 0))
  })

  it('takes a thousand steps in every shape, and lets lines pass behind steps when there would be too many bends', () => {
    const chain = Array.from({ length: 1000 }, (_, n) => ({ id: `s${n}`, needs: n === 0 ? [] : [`s${n - 1}`, 's0'] }))
    const { layers, lines } = layoutOf(
      chain.map(({ id, needs }) => ({ id, needs: [...new Set(needs)] })),
      sizes,
    )
    expect(layers).toHaveLength(1000)
    expect(lines.every(({ bends }) => bends.length === 0)).toBe(true)
  })
})

/** Numbers from 0 to 1 that are the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed * 2_654_435_769
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 3_266_489_917) >>> 0
    return state / 2 ** 32
  }
}
