// The end of the output: a table of the tasks, the totals of the engine, and why it was this engine.
import type { BackgroundTasks, EngineInfo, EngineStatistics, ShutdownReport } from '@catzilla/api'
import { TaskPriority } from '@catzilla/api'
import Table from 'cli-table3'
import type { LedgerRow } from './ledger.ts'

const titles = ['task', 'priority', 'lane', 'engine', 'attempts', 'wait', 'run', 'status', 'result']

/** The table has rules only above, below and under its titles, and no colours: it suits a narrow terminal and a log. */
const tableChars = {
  left: '',
  middle: ' ',
  right: '',
  'top-left': '',
  'top-mid': '─',
  'top-right': '',
  'left-mid': '',
  'mid-mid': '─',
  'right-mid': '',
  'bottom-left': '',
  'bottom-mid': '─',
  'bottom-right': '',
}

/** Everything that is printed after the last scene. */
export function closingReport(tasks: BackgroundTasks, rows: readonly LedgerRow[]): string {
  return [taskTable(rows), ...totals(tasks.getStats()), engineLine(tasks.engineInfo)].join('\n')
}

/** What `shutdown()` reported, as a line. */
export function shutdownLine({ completed, cancelled, requeued, abandoned }: ShutdownReport): string {
  return `shutdown: ${completed} completed, ${cancelled} cancelled, ${requeued} requeued, ${abandoned.length} abandoned`
}

/** A duration in milliseconds, in a unit and with digits that suit it. */
export function formatDuration(ms: number): string {
  if (ms >= 999.5) return `${(ms / 1000).toFixed(2)} s`
  return `${ms.toFixed(ms < 9.995 ? 2 : 0)} ms`
}

function formatPercent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`
}

function taskTable(rows: readonly LedgerRow[]): string {
  const right = 'right' as const
  const left = 'left' as const
  const table = new Table({
    head: titles,
    colAligns: [left, left, left, left, right, right, right, left, left],
    style: { 'padding-left': 0, 'padding-right': 1, head: [], border: [], compact: true },
    chars: tableChars,
  })
  for (const row of rows) {
    const { task, lane, engine, attempts, status, says } = row
    const [wait, run] = [formatDuration(row.waitMs), formatDuration(row.runMs)]
    table.push([task, priorityName(row.priority), lane, engine, attempts, wait, run, status, says])
  }
  return table.toString().replaceAll(/ +$/gm, '')
}

function priorityName(priority: TaskPriority): string {
  const names = Object.entries(TaskPriority)
  return (names.find(([, value]) => value === priority)?.[0] ?? String(priority)).toLowerCase()
}

function totals(stats: EngineStatistics): string[] {
  const { submittedTasks, completedTasks, failedTasks, cancelledTasks, retryCount } = stats
  const wait = `${formatDuration(stats.avgWaitTimeMs)} on average, ${formatDuration(stats.p95WaitTimeMs)} at p95`
  const run = `${formatDuration(stats.avgExecutionTimeMs)} on average, ${formatDuration(stats.p95ExecutionTimeMs)} at p95`
  return [
    'Wait and run are those of the latest attempt; for many tasks in one row, the longest wait and the sum of the runs.',
    '',
    `Totals:  ${submittedTasks} submitted, ${completedTasks} completed, ${failedTasks} failed, ${cancelledTasks} cancelled, ${retryCount} retries`,
    `Waits:   ${wait}`,
    `Runs:    ${run}`,
    `Load:    ${formatPercent(stats.avgWorkerUtilization)} of ${stats.totalWorkers} slots busy, ${stats.tasksPerSecond.toFixed(0)} tasks/s`,
    `Memory:  ${stats.memoryUsageMb.toFixed(0)} MiB resident, up ${stats.uptimeSeconds.toFixed(1)} s`,
  ]
}

function engineLine({ name, reason, passedOver }: EngineInfo): string {
  const others = passedOver.map((other) => `\n         passed over ${other.name}: ${other.reason}`)
  return `Engine:  ${name} (${reason})${others.join('')}`
}
