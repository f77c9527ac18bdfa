// How the engine ends: what may still run does, until the time is over; the rest is ended, told and counted.
import { EngineClosedError } from '../contract/errors.ts'
import type { ShutdownReport, StopOptions } from '../contract/task-engine.ts'
import type { TaskHandle, TaskSummary } from '../contract/task.ts'
import { summary } from './inspection.ts'
import { runningIn } from './lane.ts'
import type { Settlement } from './settlement.ts'
import type { TaskRecord } from './task-record.ts'
import type { TaskTable } from './task-table.ts'
import type { Walk } from './walk.ts'

/** Somebody who looks after tasks outside of the walk. */
export interface EndElsewhere {
  /** Ends the tasks that do not run, those that come due after `dueAfter` only; tells how many. */
  cancelWaiting(dueAfter: number, why: string): number
  abandonRunning(why: string): TaskSummary[]
}

export class Shutdown {
  readonly #walk: Walk
  readonly #table: TaskTable
  readonly #settlement: Settlement
  readonly #elsewhere: EndElsewhere | null
  #cancelled = 0

  constructor(walk: Walk, table: TaskTable, settlement: Settlement, elsewhere: EndElsewhere | null) {
    this.#walk = walk
    this.#table = table
    this.#settlement = settlement
    this.#elsewhere = elsewhere
  }

  async run(options: StopOptions): Promise<ShutdownReport> {
    const { statistics, clock, occupancy } = this.#walk
    const ranBefore = statistics.completed + statistics.failed
    const deadline = clock.now() + options.timeoutMs
    if (options.waitForCompletion) {
      // while the engine is paused nothing more starts: waiting for the queue is no use
      this.#cancelWaiting(this.#walk.paused ? -Infinity : deadline, 'the engine is shutting down')
      await this.#idleOr(deadline)
    }
    const why = options.waitForCompletion ? `shutdown timed out after ${options.timeoutMs} ms` : 'the engine shut down'
    this.#cancelWaiting(-Infinity, why)
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

  #cancelWaiting(dueAfter: number, why: string): void {
    const now = this.#walk.clock.now()
    for (const record of this.#table) {
      if (record.status === 'running' || startsBefore(record, dueAfter)) continue
      if (this.#settlement.cancel(record, closedError(record, why), now)) this.#cancelled++
    }
    this.#cancelled += this.#elsewhere?.cancelWaiting(dueAfter, why) ?? 0
  }

  #abandonRunning(why: string): TaskSummary[] {
    const now = this.#walk.clock.now()
    const abandoned = [...runningIn(this.#walk.lanes)].map((record) => {
      const known = summary(record)
      this.#settlement.cancel(record, closedError(record, why), now)
      return known
    })
    return [...abandoned, ...(this.#elsewhere?.abandonRunning(why) ?? [])]
  }
}

function startsBefore(record: TaskRecord, deadline: number): boolean {
  if (record.plan.named.gate?.paused) return false
  return (record.timer?.dueAt ?? 0) <= deadline
}

/** The error of a task that the end of the engine ends. */
export function closedError({ name, taskId, status }: TaskHandle, why: string): EngineClosedError {
  const state = status === 'running' ? 'was still running' : `was ${status} and will not run`
  return new EngineClosedError(`task '${name}' (${taskId}) ${state}: ${why}`)
}
