// The layout as it is drawn: to the right where there is room, downwards on a phone. Boxes of steps, paths of lines, and where
// the arrow keys lead.
import { layoutOf } from './layout.ts'
import type { GraphStep, Layout, Line, Spot } from './layout.ts'

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface DrawnPath {
  readonly from: string
  readonly to: string
  readonly d: string
  readonly box: Box
}

export interface DrawnLayout {
  readonly width: number
  readonly height: number
  readonly boxes: ReadonlyMap<string, Box>
  readonly lines: readonly DrawnPath[]
  /** The step to which a key leads; undefined when it leads nowhere. */
  readonly next: (from: string, key: string) => string | undefined
}

/** Of the drawing, in pixels: below it, layers lie below each other. */
export const NARROW = 560
const WIDTH = 190
const HEIGHT = 46

type Point = readonly [x: number, y: number]

/** @param down whether layers lie below each other */
export function drawnLayout(steps: readonly GraphStep[], down: boolean): DrawnLayout {
  const sizes = down
    ? { along: HEIGHT, across: WIDTH, gapAlong: 34, gapAcross: 14 }
    : { along: WIDTH, across: HEIGHT, gapAlong: 44, gapAcross: 16 }
  const layout = layoutOf(steps, sizes)
  const turned = ({ along, across }: Spot): Point => (down ? [across, along] : [along, across])
  const boxes = new Map<string, Box>()
  for (const [id, spot] of layout.spots) {
    const [x, y] = turned(spot)
    boxes.set(id, { x: x - WIDTH / 2, y: y - HEIGHT / 2, width: WIDTH, height: HEIGHT })
  }
  const [width, height] = turned({ along: layout.along, across: layout.across })
  const half = sizes.along / 2
  const lines = layout.lines.flatMap((line) => {
    const spots = spotsOf(line, layout, half)
    return spots === undefined ? [] : [pathOf(line, spots, half, turned)]
  })
  return { width, height, boxes, lines, next: (from, key) => nextStep(layout, steps, down, from, key) }
}

/** From the end of one step by its bends to the beginning of the other. */
function spotsOf({ from, to, bends }: Line, { spots }: Layout, half: number): readonly Spot[] | undefined {
  const [begin, end] = [spots.get(from), spots.get(to)]
  if (begin === undefined || end === undefined) return undefined
  return [{ ...begin, along: begin.along + half }, ...bends, { ...end, along: end.along - half }]
}

function pathOf({ from, to }: Line, spots: readonly Spot[], half: number, turned: (spot: Spot) => Point): DrawnPath {
  let d = ''
  for (const [index, spot] of spots.entries()) {
    const before = spots[index - 1]
    if (before === undefined) {
      d += `M${at(turned(spot))}`
      continue
    }
    // a line passes a layer straight, and bends between two
    const isBend = (place: number): boolean => place > 0 && place < spots.length - 1
    const start = { ...before, along: before.along + (isBend(index - 1) ? half : 0) }
    const end = { ...spot, along: spot.along - (isBend(index) ? half : 0) }
    const middle = (start.along + end.along) / 2
    if (start !== before) d += `L${at(turned(start))}`
    d += `C${at(turned({ ...start, along: middle }))} ${at(turned({ ...end, along: middle }))} ${at(turned(end))}`
  }
  return { from, to, d, box: around(spots.map(turned)) }
}

function at([x, y]: Point): string {
  return `${x.toFixed(1)},${y.toFixed(1)}`
}

function around(points: readonly Point[]): Box {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)]
  const [x, y] = [Math.min(...xs), Math.min(...ys)]
  // a straight line has a width too
  return { x, y, width: Math.max(...xs) - x + 1, height: Math.max(...ys) - y + 1 }
}

function nextStep(
  { layers, spots }: Layout,
  steps: readonly GraphStep[],
  down: boolean,
  from: string,
  key: string,
): string | undefined {
  const [back, on, up, below] = down
    ? ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight']
    : ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']
  const nearest = (ids: readonly string[]): string | undefined => {
    const own = spots.get(from)?.across ?? 0
    const gap = (id: string): number => Math.abs((spots.get(id)?.across ?? 0) - own)
    return ids.toSorted((a, b) => gap(a) - gap(b))[0]
  }
  if (key === back) return nearest(steps.find(({ id }) => id === from)?.needs ?? [])
  if (key === on) return nearest(steps.filter(({ needs }) => needs.includes(from)).map(({ id }) => id))
  if (key === 'Home') return layers[0]?.[0]
  if (key === 'End') return layers.at(-1)?.at(-1)
  const layer = layers.find((ids) => ids.includes(from)) ?? []
  if (key === up) return layer[layer.indexOf(from) - 1]
  return key === below ? layer[layer.indexOf(from) + 1] : undefined
}
