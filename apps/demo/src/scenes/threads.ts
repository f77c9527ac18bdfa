// Scene: the same heavy JavaScript on the event loop and on threads, and what the event loop of this process has of it.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Task } from '@catzilla/api'
import { formatDuration } from '../closing-report.ts'
import type { Stage } from '../stage.ts'

const width = 1200
const height = 900
const bandHeight = 30
const bands = height / bandHeight
const NS_PER_MS = 1e6

type Band = Task<[top: number, rows: number, width: number, height: number], Uint8Array>

/**
 * Steps until each point of some rows of the picture escapes, at most 200. It uses nothing from outside of itself, so that
 * it can travel to a thread.
 */
export function escapeCounts(top: number, rows: number, columns: number, lines: number): Uint8Array {
  const counts = new Uint8Array(rows * columns)
  for (let index = 0; index < counts.length; index++) {
    const cx = -2.2 + (3 * (index % columns)) / columns
    const cy = -1.125 + (2.25 * (top + Math.floor(index / columns))) / lines
    let [x, y, step] = [0, 0, 0]
    for (; step < 200 && x * x + y * y <= 4; step++) {
      const next = x * x - y * y + cx
      y = 2 * x * y + cy
      x = next
    }
    counts[index] = step
  }
  return counts
}

/** Computes the picture inline and on threads, and compares the pictures. */
export async function threadScene(stage: Stage): Promise<void> {
  const { tasks, terminal, checks } = stage
  terminal.heading('5. Threads: heavy JavaScript off the event loop')
  const inline = await computePicture(
    stage,
    tasks.task({ name: 'picture.inline', lane: 'inline' }, escapeCounts),
    'on the event loop',
  )
  const threaded = tasks.task({ name: 'picture.thread', lane: 'thread' }, escapeCounts)
  const onThreads = await computePicture(stage, threaded, 'on threads')
  checks.holds(Buffer.from(inline).equals(Buffer.from(onThreads)), 'threads compute the same picture as the event loop')
}

async function computePicture({ terminal, checks, ledger }: Stage, band: Band, where: string): Promise<Uint8Array> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const begun = performance.now()
  delay.enable()
  const batch = band.batch(
    Array.from({ length: bands }, (_, index) => [index * bandHeight, bandHeight, width, height] as const),
  )
  let settled = 0
  for await (const _ of batch) terminal.progress(++settled / bands, `${settled} of ${bands} tasks ${where}`)
  delay.disable()
  const ms = performance.now() - begun
  const picture = Buffer.concat(await batch.wait())
  checks.equal(picture.length, width * height, `every point was computed ${where}`)
  const [p99, max] = [delay.percentile(99), delay.max].map((ns) => formatDuration(ns / NS_PER_MS))
  const line = `${where}: ${formatDuration(ms)}; the event loop was late by ${p99} at p99, ${max} at most`
  terminal.line(line)
  ledger.enterTogether(batch.results, `${bands} bands ${where}`)
  return picture
}
