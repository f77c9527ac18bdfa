// A look as text: what fits on a terminal, the busiest names first. A pure function.
import type { LaneReport, NameReport } from '@catzilla/engine'
import type { Look } from './look.ts'

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** Lines of the screen, none longer than it is wide. */
export function screenOf(look: Look, { columns, rows }: Size): string[] {
  const lines = [
    ...headLines(look),
    '',
    ...table(['class', 'queued', 'oldest', 'wait p50', 'p95', 'p99', 'max', 'late'], classRows(look)),
    '',
    ...table(['lane', 'busy', 'queued', 'wait p95', 'run p50', 'run p95', 'run p99'], laneRows(look)),
    '',
    ...table(['task', 'taken', 'done', 'failed', 'wait p95', 'run p50', 'run p95'], nameRows(look)),
    '',
    ...busyLines(look),
  ]
  return lines
    .slice(0, rows)
    .map(plain)
    .map((line) => (line.length > columns ? `${line.slice(0, Math.max(0, columns - 1))}…` : line))
}

/** What a terminal would obey, and what turns the direction of text round: names and messages are those of somebody else. */
const COMMANDS = /[\p{Cc}\u2028\u2029\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu

/** A line that a terminal shows as it is. */
export function plain(line: string): string {
  return line.replace(COMMANDS, '\uFFFD')
}

function headLines({ stats, health, at }: Look): string[] {
  const { system, queueMetrics, performanceMetrics, errorMetrics, rates, eventLoop } = stats
  const state = health.healthy ? 'healthy' : health.ready ? 'NOT HEALTHY' : 'NOT READY'
  const { lastSecond, lastMinute } = rates
  return [
    `${system.engine} engine   ${state}   up ${duration(system.uptimeSeconds * 1000)}   ${new Date(at).toISOString()}`,
    ...health.reasons.map((reason) => `  ! ${reason}`),
    `taken ${rate(lastSecond.submitted)}   done ${rate(lastSecond.completed)}   failed ${rate(lastSecond.failed)}   (last minute ${rate(lastMinute.completed)}, failed ${rate(lastMinute.failed)})`,
    `queue ${count(queueMetrics.totalQueued)} (${percent(queueMetrics.queuePressure)})   done in all ${count(system.totalTasksProcessed)}   failed ${count(errorMetrics.failedTasks)}   retries ${count(errorMetrics.retryCount)}`,
    `memory ${Math.round(performanceMetrics.memoryUsageMb)} MiB   event loop ${percent(eventLoop.utilization)} busy, ${duration(eventLoop.delayP99Ms)} late   auto-scaling ${system.autoScaling ? 'on' : 'off'}`,
  ]
}

function classRows({ stats }: Look): string[][] {
  return Object.entries(stats.priorities).map(([name, { queued, oldestAgeMs, recentWait, breaches }]) => [
    name,
    count(queued),
    duration(oldestAgeMs),
    duration(recentWait.p50Ms),
    duration(recentWait.p95Ms),
    duration(recentWait.p99Ms),
    duration(recentWait.maxMs),
    count(breaches),
  ])
}

function laneRows({ stats }: Look): string[][] {
  return Object.entries<LaneReport>(stats.lanes).map(([lane, { slots, active, queued, wait, execution }]) => [
    lane,
    `${active}/${slots}`,
    count(queued),
    duration(wait?.recent.p95Ms ?? 0),
    duration(execution?.recent.p50Ms ?? 0),
    duration(execution?.recent.p95Ms ?? 0),
    duration(execution?.recent.p99Ms ?? 0),
  ])
}

/** Names shown: those with the most tasks of late. */
const NAMES = 15

function nameRows({ stats }: Look): string[][] {
  const recent = ({ execution }: NameReport): number => execution.recent.count
  return Object.entries(stats.names)
    .toSorted(([, a], [, b]) => recent(b) - recent(a))
    .slice(0, NAMES)
    .map(([name, found]) => [
      name,
      count(found.submitted),
      count(found.completed),
      count(found.failed),
      duration(found.wait.recent.p95Ms),
      duration(found.execution.recent.p50Ms),
      duration(found.execution.recent.p95Ms),
    ])
}

function busyLines({ workers }: Look): string[] {
  const busy = workers.filter(({ state }) => state === 'busy')
  if (busy.length === 0) return ['no worker is busy']
  return busy.map(({ lane, workerId, task }) => {
    const who = workerId === null ? lane : `${lane} ${workerId}`
    return `${who}: ${task?.name ?? '?'} (${task?.taskId ?? '?'}) for ${duration(task?.runningMs ?? 0)}`
  })
}

/** First column to the left, figures to the right. */
function table(head: readonly string[], rows: readonly string[][]): string[] {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)))
  return all.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  )
}

export function duration(ms: number): string {
  if (ms < 1) return ms === 0 ? '0' : `${Math.round(ms * 1000)} µs`
  if (ms < 1000) return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min`
  return `${(ms / 3_600_000).toFixed(1)} h`
}

function rate(perSecond: number): string {
  return `${perSecond < 10 ? perSecond.toFixed(1) : count(perSecond)}/s`
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`
}
