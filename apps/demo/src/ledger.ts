// The account of the tasks that ran: one row for each, or for many that were one piece of work.
import type { BackgroundTasks, TaskResult, TaskStats, TaskStatus } from '@catzilla/api'

/** One line of the closing table. Durations are milliseconds. */
export interface LedgerRow {
  readonly task: string
  readonly priority: TaskStats['priority']
  readonly lane: string
  readonly engine: string
  /** Runs begun; 0 for a task that was cancelled before its turn. */
  readonly attempts: number
  readonly waitMs: number
  readonly runMs: number
  readonly status: TaskStatus
  readonly says: string
}

/** Collects rows in the order in which they are entered. */
export class Ledger {
  readonly rows: LedgerRow[] = []

  /** Enters a task that has settled. */
  enter(result: TaskResult<unknown>, says: string): void {
    this.enterStats(result.getStats(), says)
  }

  /** Enters a task by its figures. */
  enterStats(stats: TaskStats, says: string): void {
    this.rows.push(rowOf(stats, says))
  }

  /** Enters many tasks as one: attempts and run times added up, the longest wait. */
  enterTogether(results: readonly TaskResult<unknown>[], says: string): void {
    this.enterStatsTogether(
      results.map((result) => result.getStats()),
      says,
    )
  }

  /** As `enterTogether`, by their figures. */
  enterStatsTogether(stats: readonly TaskStats[], says: string): void {
    const rows = stats.map((each) => rowOf(each, says))
    const [first] = rows
    if (first === undefined) return
    this.rows.push({
      ...first,
      task: rows.length === 1 ? first.task : `${first.task} ×${rows.length}`,
      attempts: rows.reduce((sum, row) => sum + row.attempts, 0),
      waitMs: rows.reduce((longest, row) => Math.max(longest, row.waitMs), 0),
      runMs: rows.reduce((sum, row) => sum + row.runMs, 0),
      status: rows.find((row) => row.status !== 'completed')?.status ?? 'completed',
    })
  }
}

function rowOf(stats: TaskStats, says: string): LedgerRow {
  return {
    task: stats.name,
    priority: stats.priority,
    lane: stats.lane,
    engine: stats.engine,
    attempts: stats.startedAt === null ? 0 : stats.retries + 1,
    waitMs: stats.waitTimeMs,
    runMs: stats.executionTimeMs ?? 0,
    status: stats.status,
    says,
  }
}

/** The figures of the latest task of a name; those of a workflow are found so. */
export async function latestOf(
  tasks: BackgroundTasks,
  { taskName }: { readonly taskName: string },
): Promise<TaskStats> {
  const [latest] = await allOf(tasks, { taskName })
  if (latest === undefined) throw new Error(`no task '${taskName}' has run`)
  return latest
}

/** The figures of all tasks of a name, newest first. */
export async function allOf(
  tasks: BackgroundTasks,
  { taskName }: { readonly taskName: string },
): Promise<readonly TaskStats[]> {
  return (await tasks.listTasks({ name: taskName, limit: 1000 })).tasks
}
