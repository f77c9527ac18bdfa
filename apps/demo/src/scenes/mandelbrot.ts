// Scene: numbers by the million. How fast points of the plane escape from the Mandelbrot iteration, column by column.
import type { Stage } from '../stage.ts'

const width = 2000
const height = 1500
const points = width * height

/** Every how-manieth point is computed a second time. A prime, so that all columns of the picture are met. */
const sampleEvery = 97

/**
 * Steps until z² + c leaves the circle of radius 2, at most 100. It uses nothing from outside of itself, so that an
 * engine may run it anywhere.
 */
export function escapeCount(cx: number, cy: number): number {
  let x = 0
  let y = 0
  let step = 0
  while (step < 100 && x * x + y * y <= 4) {
    const next = x * x - y * y + cx
    y = 2 * x * y + cy
    x = next
    step++
  }
  return step
}

/** Computes the picture by tasks and compares a sample with a plain loop. */
export async function mandelbrotScene({ tasks, terminal, checks, ledger }: Stage): Promise<void> {
  terminal.heading(`3. Numbers: ${points.toLocaleString('en')} points of the Mandelbrot set`)
  const { xs, ys } = plane()
  const escape = tasks.task({ name: 'mandelbrot.escape' }, escapeCount)
  const batch = escape.mapArrays(xs, ys)
  let settled = 0
  for await (const _ of batch) terminal.progress(++settled / batch.size, `${settled} of ${batch.size} tasks`)
  const counts = await batch.wait()

  checks.equal(counts.length, points, 'there is a result for every point')
  const checksum = checksumOf((index) => counts[index] ?? Number.NaN)
  const expected = checksumOf((index) => escapeCount(xs[index] ?? Number.NaN, ys[index] ?? Number.NaN))
  checks.equal(checksum, expected, 'the tasks and a plain loop give the same numbers')
  const inside = counts.reduce((sum, count) => sum + (count === 100 ? 1 : 0), 0)
  const area = ((inside / points) * 3 * 2.25).toFixed(4)
  const sample = Math.ceil(points / sampleEvery).toLocaleString('en')
  terminal.line(`checksum ${checksum} over ${sample} points, the same as by a plain loop; area inside about ${area}`)
  ledger.enterTogether(batch.results, `checksum ${checksum}`)
}

/** The coordinates of the points, row by row, from -2.2 to 0.8 and from -1.125 to 1.125. */
function plane(): { xs: Float64Array; ys: Float64Array } {
  const xs = new Float64Array(points)
  const ys = new Float64Array(points)
  for (let index = 0; index < points; index++) {
    xs[index] = -2.2 + (3 * (index % width)) / width
    ys[index] = -1.125 + (2.25 * Math.floor(index / width)) / height
  }
  return { xs, ys }
}

/** FNV-1a over the sample, in hexadecimal. */
function checksumOf(valueAt: (index: number) => number): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < points; index += sampleEvery) hash = Math.imul(hash ^ valueAt(index), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}
