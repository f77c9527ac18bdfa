// What people ask about tasks: one by id, a page of them, and why a task still waits.
import { ConfigurationError, describeValue } from '../contract/errors.ts'
import type { TaskPage, TaskQuery } from '../contract/task-engine.ts'
import { priorityNames } from '../contract/task.ts'
import type { TaskDiary, TaskHandle, TaskInfo, TaskStatus, TaskSummary } from '../contract/task.ts'
import type { Plan } from './plan.ts'
import { TaskRecord } from './task-record.ts'
import type { TaskTable } from './task-table.ts'
import type { Walk } from './walk.ts'

const DEFAULT_LIMIT = 50

const silent: TaskDiary = { logs: [], lastHeartbeatAt: null }

/** What a task in a list is chosen by. */
interface Listed {
  readonly sequence: number
  readonly name: string
  readonly status: TaskStatus
  readonly plan: Pick<Plan, 'options'>
}

/** Tasks that are looked after outside of the walk. */
export interface TasksElsewhere {
  find(taskId: string): ListedElsewhere | undefined
  tasks(): Iterable<ListedElsewhere>
}

export interface ListedElsewhere extends Listed {
  info(): TaskInfo
}

export class Inspection {
  readonly #walk: Walk
  readonly #table: TaskTable
  readonly #elsewhere: TasksElsewhere | null

  constructor(walk: Walk, table: TaskTable, elsewhere: TasksElsewhere | null = null) {
    this.#walk = walk
    this.#table = table
    this.#elsewhere = elsewhere
  }

  find(taskId: string): TaskInfo | undefined {
    const record = this.#table.find(taskId)
    return record === undefined ? this.#elsewhere?.find(taskId)?.info() : this.info(record)
  }

  /** @param ranked whether to count the tasks that are ahead of a waiting one */
  info(record: TaskRecord, ranked = true): TaskInfo {
    const { options } = record.plan
    const { toEpoch } = this.#walk
    const extras = record.run?.extrasOrNull ?? null
    const { logs, lastHeartbeatAt } = record.diary ?? silent
    const due = record.status === 'scheduled' || record.status === 'retrying' ? record.timer?.dueAt : undefined
    return {
      ...record.stats(),
      args: isShared(record) ? copyArrays(record.args) : record.args,
      tags: options.tags,
      metadata: options.metadata,
      logs,
      outcome: record.peekOutcome() ?? null,
      dueAt: due === undefined ? null : toEpoch(due),
      waitingFor: record.status === 'pending' ? this.#waitingFor(record, ranked) : null,
      lastHeartbeatAt,
      retryOf: extras?.retryOf ?? null,
      ...(extras?.pastAttempts ? { pastAttempts: [...extras.pastAttempts] } : {}),
    }
  }

  page(query: TaskQuery): TaskPage {
    const limit = query.limit ?? DEFAULT_LIMIT
    const before = query.cursor === undefined ? Infinity : sequenceOf(query.cursor)
    const all: (TaskRecord | ListedElsewhere)[] = [...this.#table, ...(this.#elsewhere?.tasks() ?? [])]
    const found = all
      .filter((task) => task.sequence < before && matches(task, query))
      .toSorted((a, b) => b.sequence - a.sequence)
    const tasks = found.slice(0, limit)
    const last = tasks.at(-1)
    return {
      // ranks are for a single look-up: for a page each would walk the queue again
      tasks: tasks.map((task) => (task instanceof TaskRecord ? this.info(task, false) : task.info())),
      nextCursor: found.length > limit && last !== undefined ? last.sequence.toString(36) : undefined,
    }
  }

  #waitingFor(record: TaskRecord, ranked: boolean): string {
    const now = this.#walk.clock.now()
    const gates = [record.plan.named.gate, record.run?.extrasOrNull?.keyGate]
    const holding = gates.find((gate) => gate?.parked.includes(record.list as never))
    if (this.#walk.paused) return 'the engine is paused'
    if (holding) return holding.reason(now)
    if (!ranked) return 'it waits for its turn'
    const ahead = this.#ahead(record)
    if (ahead === 0) return 'it starts next'
    const name = priorityNames[record.plan.options.priority]
    return `${ahead} ${ahead === 1 ? 'task is' : 'tasks are'} ahead of it in the classes down to ${name}; ${record.plan.lane.running.length} run`
  }

  /** Tasks of more urgent classes, and those of its own class that came before it. */
  #ahead(record: TaskRecord): number {
    const { classes } = record.plan.lane.ready
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

function matches(task: Listed, { status, name, priority, tags }: TaskQuery): boolean {
  const { options } = task.plan
  return (
    (status === undefined || (typeof status === 'string' ? status === task.status : status.includes(task.status))) &&
    (name === undefined || name === task.name) &&
    (priority === undefined || priority === options.priority) &&
    (tags === undefined || tags.every((tag) => options.tags.includes(tag)))
  )
}

/** Whether another thread may read the arguments. Columns are by reference anyway. */
function isShared({ plan }: TaskRecord): boolean {
  return plan.check !== null && plan.call.columns !== true
}

/** Arrays of numbers that another thread reads: whoever looks gets copies, so that nobody can pull them away from under it. */
function copyArrays(args: readonly unknown[]): readonly unknown[] {
  return args.map((arg) => (ArrayBuffer.isView(arg) ? structuredClone(arg) : arg))
}

/** The short form of a task for reports. */
export function summary(task: Pick<TaskHandle, 'stats'>): TaskSummary {
  const { taskId, name, status, priority, createdAt, startedAt } = task.stats()
  return { taskId, name, status, priority, createdAt, startedAt }
}
