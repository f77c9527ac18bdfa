// What people ask about tasks: one by id, a page of them, and why a task still waits.
import { ConfigurationError, describeValue } from '../contract/errors.ts'
import type { TaskPage, TaskQuery } from '../contract/task-engine.ts'
import { priorityNames } from '../contract/task.ts'
import type { TaskInfo, TaskSummary } from '../contract/task.ts'
import type { Walk } from './settlement.ts'
import type { TaskRecord } from './task-record.ts'
import type { TaskTable } from './task-table.ts'

const DEFAULT_LIMIT = 50

export class Inspection {
  readonly #walk: Walk
  readonly #table: TaskTable
  readonly #isPaused: () => boolean

  constructor(walk: Walk, table: TaskTable, isPaused: () => boolean) {
    this.#walk = walk
    this.#table = table
    this.#isPaused = isPaused
  }

  /** @param ranked whether to count the tasks that are ahead of a waiting one */
  info(record: TaskRecord, ranked = true): TaskInfo {
    const { options } = record.plan
    const { toEpoch } = this.#walk
    const extras = record.run?.extrasOrNull ?? null
    const heartbeatAt = extras?.heartbeatAt ?? null
    const due = record.status === 'scheduled' || record.status === 'retrying' ? record.timer?.dueAt : undefined
    return {
      ...record.stats(),
      args: record.args,
      tags: options.tags,
      metadata: options.metadata,
      logs: [...(extras?.logs ?? [])],
      outcome: record.peekOutcome() ?? null,
      dueAt: due === undefined ? null : toEpoch(due),
      waitingFor: record.status === 'pending' ? this.#waitingFor(record, ranked) : null,
      lastHeartbeatAt: heartbeatAt === null ? null : toEpoch(heartbeatAt),
      retryOf: extras?.retryOf ?? null,
    }
  }

  page(query: TaskQuery): TaskPage {
    const limit = query.limit ?? DEFAULT_LIMIT
    const before = query.cursor === undefined ? Infinity : sequenceOf(query.cursor)
    const found = [...this.#table]
      .filter((record) => record.sequence < before && matches(record, query))
      .toSorted((a, b) => b.sequence - a.sequence)
    const records = found.slice(0, limit)
    const last = records.at(-1)
    return {
      // ranks are for a single look-up: for a page each would walk the queue again
      tasks: records.map((record) => this.info(record, false)),
      nextCursor: found.length > limit && last !== undefined ? last.sequence.toString(36) : undefined,
    }
  }

  #waitingFor(record: TaskRecord, ranked: boolean): string {
    const now = this.#walk.clock.now()
    const gates = [record.plan.named.gate, record.run?.extrasOrNull?.keyGate]
    const holding = gates.find((gate) => gate?.parked.includes(record.list as never))
    if (this.#isPaused()) return 'the engine is paused'
    if (holding) return holding.reason(now)
    if (!ranked) return 'it waits for its turn'
    const ahead = this.#ahead(record)
    if (ahead === 0) return 'it starts next'
    const name = priorityNames[record.plan.options.priority]
    return `${ahead} ${ahead === 1 ? 'task is' : 'tasks are'} ahead of it in the classes down to ${name}; ${this.#walk.running.length} run`
  }

  /** Tasks of more urgent classes, and those of its own class that came before it. */
  #ahead(record: TaskRecord): number {
    const { classes } = this.#walk.ready
    let count = 0
    for (let priority = 0; priority < record.plan.options.priority; priority++) count += classes[priority]?.length ?? 0
    for (let each = record.prev; each !== null; each = each.prev) count++
    return count
  }
}

/** @throws ConfigurationError for what no page has given as its cursor */
function sequenceOf(cursor: string): number {
  if (/^[0-9a-z]{1,11}$/.test(cursor)) return Number.parseInt(cursor, 36)
  throw new ConfigurationError(`task query: cursor accepts the nextCursor of a page, got ${describeValue(cursor)}`)
}

function matches(record: TaskRecord, { status, name, priority, tags }: TaskQuery): boolean {
  const { options } = record.plan
  return (
    (status === undefined ||
      (typeof status === 'string' ? status === record.status : status.includes(record.status))) &&
    (name === undefined || name === record.name) &&
    (priority === undefined || priority === options.priority) &&
    (tags === undefined || tags.every((tag) => options.tags.includes(tag)))
  )
}

/** The short form of a task for reports. */
export function summary(record: TaskRecord): TaskSummary {
  const { taskId, name, status, priority, createdAt, startedAt } = record.stats()
  return { taskId, name, status, priority, createdAt, startedAt }
}
