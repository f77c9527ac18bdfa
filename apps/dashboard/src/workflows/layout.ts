// Where the steps of a graph stand: in layers, each behind all that it needs, with lines that cross as little as a few sweeps can
// achieve. A pure function over plain data; lengths are pixels along (from the first step to the last) and across.

export interface GraphStep {
  readonly id: string
  /** Ids of the steps it waits for. */
  readonly needs: readonly string[]
}

export interface Sizes {
  /** Of a step, along and across. */
  readonly along: number
  readonly across: number
  /** Between layers, and between steps of one. */
  readonly gapAlong: number
  readonly gapAcross: number
}

/** The middle of a step or of a bend. */
export interface Spot {
  readonly along: number
  readonly across: number
}

export interface Line {
  readonly from: string
  readonly to: string
  /** Where it passes the layers between the two. */
  readonly bends: readonly Spot[]
}

export interface Layout {
  readonly spots: ReadonlyMap<string, Spot>
  readonly lines: readonly Line[]
  readonly along: number
  readonly across: number
  /** Ids by layer, each in its order. */
  readonly layers: readonly (readonly string[])[]
}

/** A step, or a bend of a line that passes a layer. */
interface Cell {
  readonly id: string | undefined
  readonly size: number
  readonly before: Cell[]
  readonly after: Cell[]
  /** Its place in the order of its layer, and its middle. */
  order: number
  across: number
}

interface Path {
  readonly from: string
  readonly to: string
  readonly cells: readonly Cell[]
}

/** Room that a line takes where it passes a layer. */
const BEND = 14
/** Bends at most; in graphs with more, lines pass behind steps. */
const MOST_BENDS = 4000
const SWEEPS = 4

export function layoutOf(steps: readonly GraphStep[], sizes: Sizes): Layout {
  const depths = depthsOf(steps)
  const layers: Cell[][] = Array.from({ length: Math.max(0, ...depths.values()) + 1 }, () => [])
  const cells = new Map<string, Cell>()
  for (const { id } of steps) {
    const cell = newCell(id, sizes.across)
    cells.set(id, cell)
    layers[depths.get(id) ?? 0]?.push(cell)
  }
  const paths = pathsOf(steps, depths, cells, layers)
  for (let sweep = 0; sweep < SWEEPS; sweep++) orderLayers(layers, sweep % 2 === 0)
  number(layers)
  for (let sweep = 0; sweep <= SWEEPS; sweep++) placeLayers(layers, sizes.gapAcross, sweep % 2 === 0)
  return finished(layers, paths, depths, sizes)
}

/** The longest way to each step. */
function depthsOf(steps: readonly GraphStep[]): ReadonlyMap<string, number> {
  const waiting = new Map(steps.map(({ id, needs }) => [id, needs.length]))
  const users = new Map<string, string[]>(steps.map(({ id }) => [id, []]))
  for (const { id, needs } of steps) for (const need of needs) users.get(need)?.push(id)
  const depths = new Map(steps.map(({ id }) => [id, 0]))
  const ready = steps.filter(({ needs }) => needs.length === 0).map(({ id }) => id)
  for (let id = ready.pop(); id !== undefined; id = ready.pop()) {
    const next = (depths.get(id) ?? 0) + 1
    for (const user of users.get(id) ?? []) {
      depths.set(user, Math.max(depths.get(user) ?? 0, next))
      const left = (waiting.get(user) ?? 1) - 1
      waiting.set(user, left)
      if (left === 0) ready.push(user)
    }
  }
  return depths
}

function pathsOf(
  steps: readonly GraphStep[],
  depths: ReadonlyMap<string, number>,
  cells: ReadonlyMap<string, Cell>,
  layers: Cell[][],
): Path[] {
  const depth = (id: string): number => depths.get(id) ?? 0
  const wanted = steps.flatMap(({ id, needs }) => needs.map((need) => ({ from: need, to: id })))
  const bends = wanted.reduce((sum, { from, to }) => sum + Math.max(0, depth(to) - depth(from) - 1), 0)
  return wanted.map(({ from, to }) => {
    const passed = bends > MOST_BENDS ? [] : layers.slice(depth(from) + 1, depth(to))
    const own = passed.map((layer) => {
      const bend = newCell(undefined, BEND)
      layer.push(bend)
      return bend
    })
    const chain = [cells.get(from), ...own, cells.get(to)].filter((cell) => cell !== undefined)
    for (const [index, cell] of chain.entries()) {
      const next = chain[index + 1]
      if (next === undefined) continue
      cell.after.push(next)
      next.before.push(cell)
    }
    return { from, to, cells: own }
  })
}

function newCell(id: string | undefined, size: number): Cell {
  return { id, size, before: [], after: [], order: 0, across: 0 }
}

function number(layers: readonly Cell[][]): void {
  for (const layer of layers) for (const [order, cell] of layer.entries()) cell.order = order
}

/** Each cell goes to the middle of those that it hangs together with in the layer before, or behind. */
function orderLayers(layers: Cell[][], forwards: boolean): void {
  number(layers)
  for (const layer of forwards ? layers : layers.toReversed()) {
    const middles = new Map(layer.map((cell) => [cell, middle(forwards ? cell.before : cell.after, cell.order)]))
    layer.sort((a, b) => (middles.get(a) ?? 0) - (middles.get(b) ?? 0))
    for (const [order, cell] of layer.entries()) cell.order = order
  }
}

function middle(others: readonly Cell[], own: number): number {
  if (others.length === 0) return own
  return others.reduce((sum, { order }) => sum + order, 0) / others.length
}

/** As near to those that they hang together with as the order and the room allow. */
function placeLayers(layers: readonly Cell[][], gap: number, forwards: boolean): void {
  for (const layer of forwards ? layers : layers.toReversed()) {
    const offsets: number[] = []
    let edge = 0
    for (const { size } of layer) {
      offsets.push(edge + size / 2)
      edge += size + gap
    }
    const wanted = layer.map((cell, index) => {
      const others = forwards ? cell.before : cell.after
      const near = others.length === 0 ? (forwards ? (offsets[index] ?? 0) - edge / 2 : cell.across) : meanOf(others)
      return near - (offsets[index] ?? 0)
    })
    for (const [index, value] of ascending(wanted).entries()) {
      const cell = layer[index]
      if (cell !== undefined) cell.across = value + (offsets[index] ?? 0)
    }
  }
}

function meanOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, { across }) => sum + across, 0) / cells.length
}

/** The values that never fall and are, squared, nearest to those: runs that would fall become their mean. */
function ascending(values: readonly number[]): number[] {
  const runs: { sum: number; count: number }[] = []
  for (const value of values) {
    let run = { sum: value, count: 1 }
    for (
      let last = runs.at(-1);
      last !== undefined && last.sum / last.count > run.sum / run.count;
      last = runs.at(-1)
    ) {
      runs.pop()
      run = { sum: run.sum + last.sum, count: run.count + last.count }
    }
    runs.push(run)
  }
  return runs.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count))
}

function finished(
  layers: readonly Cell[][],
  paths: readonly Path[],
  depths: ReadonlyMap<string, number>,
  { along, across, gapAlong }: Sizes,
): Layout {
  const all = layers.flat()
  const least = all.reduce((min, { across: at, size }) => Math.min(min, at - size / 2), Infinity)
  const most = all.reduce((max, { across: at, size }) => Math.max(max, at + size / 2), -Infinity)
  const from = all.length === 0 ? 0 : least
  const alongOf = (depth: number): number => depth * (along + gapAlong) + along / 2
  const spots = new Map<string, Spot>()
  for (const [depth, layer] of layers.entries()) {
    for (const { id, across: at } of layer) {
      if (id !== undefined) spots.set(id, { along: alongOf(depth), across: at - from })
    }
  }
  const lines = paths.map((path) => {
    const first = (depths.get(path.from) ?? 0) + 1
    const bends = path.cells.map((cell, index) => ({ along: alongOf(first + index), across: cell.across - from }))
    return { from: path.from, to: path.to, bends }
  })
  const names = layers.map((layer) => layer.map(({ id }) => id).filter((id) => id !== undefined))
  const length = layers.length * (along + gapAlong) - gapAlong
  return { spots, lines, along: length, across: all.length === 0 ? across : most - least, layers: names }
}
