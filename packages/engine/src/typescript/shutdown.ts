// How the engine ends: what may still run does, until the time is over; the rest is ended, told and counted.
import { EngineClosedError } from '../contract/errors.ts'
import type { ShutdownReport, StopOptions } from '../contract/task-engine.ts'
import type { TaskSummary } from '../contract/task.ts'
import { summary } from './inspection.ts'
import type { Settlement, Walk } from './settlement.ts'
import type { TaskRecord } from './task-record.ts'
import type { TaskTable } from './task-table.ts'

export class Shutdown {
  readonly #walk: Walk
  readonly #table: TaskTable
  readonly #settlement: Settlement
  #cancelled = 0

  constructor(walk: Walk, table: TaskTable, settlement: Settlement) {
    this.#walk = walk
    this.#table = table
    this.#settlement = settlement
  }

  /** @param paused whether nothing more will be started: then waiting for the queue is no use */
  async run(options: StopOptions, paused: boolean): Promise<ShutdownReport> {
    const { statistics, clock, occupancy } = this.#walk
    const ranBefore = statistics.completed + statistics.failed
    const deadline = clock.now() + options.timeoutMs
    if (options.waitForCompletion) {
      this.#cancelWaiting((record) => paused || !startsBefore(record, deadline), 'the engine is shutting down')
      await this.#idleOr(deadline)
    }
    const why = options.waitForCompletion ? `shutdown timed out after ${options.timeoutMs} ms` : 'the engine shut down'
    this.#cancelWaiting(() => true, why)
    const abandoned = this.#abandonRunning(why)
    occupancy.close()
    const completed = statistics.completed + statistics.failed - ranBefore
    return { completed, cancelled: this.#cancelled, requeued: 0, abandoned }
  }

  #idleOr(deadline: number): Promise<void> {
    return new Promise((resolve) => {
      const { occupancy, timers } = this.#walk
      occupancy.whenIdle(resolve)
      // a turn later: what comes due at the same moment, and what that lets start, still happens first
      if (occupancy.unsettled > 0 && deadline < Infinity) timers.add(deadline, () => setImmediate(resolve))
    })
  }

  #cancelWaiting(which: (record: TaskRecord) => boolean, why: string): void {
    const now = this.#walk.clock.now()
    for (const record of this.#table) {
      if (record.status === 'running' || !which(record)) continue
      if (this.#settlement.cancel(record, closedError(record, why), now)) this.#cancelled++
    }
  }

  #abandonRunning(why: string): TaskSummary[] {
    const now = this.#walk.clock.now()
    return [...this.#walk.running].map((record) => {
      const known = summary(record)
      this.#settlement.cancel(record, closedError(record, why), now)
      return known
    })
  }
}

function startsBefore(record: TaskRecord, deadline: number): boolean {
  if (record.plan.named.gate?.paused) return false
  return (record.timer?.dueAt ?? 0) <= deadline
}

function closedError(record: TaskRecord, why: string): EngineClosedError {
  const state = record.status === 'running' ? 'was still running' : `was ${record.status} and will not run`
  return new EngineClosedError(`task '${record.name}' (${record.taskId}) ${state}: ${why}`)
}
