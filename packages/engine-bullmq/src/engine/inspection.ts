// What can be looked up: tasks of this process from memory, those of others on the broker.
import { ConfigurationError, describeValue } from '@catzilla/engine'
import type { TaskInfo, TaskPage, TaskQuery, TaskStatus } from '@catzilla/engine'
import type { Job, JobType } from 'bullmq'
import { endOfJob } from '../format/ended-job.ts'
import type { StoredOutcome, TaskJob } from '../format/records.ts'
import { restoreValue } from '../format/values.ts'
import type { BrokerHandle } from './broker-handle.ts'
import type { Hub } from './hub.ts'
import type { Limits } from './limits.ts'
import type { Pauses } from './pauses.ts'
import type { Retention } from './retention.ts'

const DEFAULT_LIMIT = 50

/** Of each name, and each of the states that tasks of other processes are looked for in. */
const MOST_OF_OTHERS = 1000

const CURSOR = /^([0-9]+(?:\.[0-9]+)?)_([0-9]+)$/

/** The states of BullMQ in which a task of ours may be. */
const states: Readonly<Record<TaskStatus, readonly JobType[]>> = {
  pending: ['waiting', 'prioritized'],
  scheduled: ['delayed'],
  retrying: ['delayed'],
  running: ['active'],
  completed: ['completed'],
  failed: ['failed'],
  cancelled: ['failed'],
  expired: ['failed'],
}

export class Inspection {
  readonly #hub: Hub
  readonly #parts: { retention: Retention; limits: Limits; pauses: Pauses }
  /** Names that may have tasks. */
  readonly #names: () => Iterable<string>

  constructor(
    hub: Hub,
    parts: { retention: Retention; limits: Limits; pauses: Pauses },
    names: () => Iterable<string>,
  ) {
    this.#hub = hub
    this.#parts = parts
    this.#names = names
  }

  async find(taskId: string): Promise<TaskInfo | undefined> {
    const handle = this.handleOf(taskId)
    if (handle !== undefined) return this.#infoOf(handle)
    // of our own that was let go; ids of others have no such mark
    if (this.#hub.stoppingSince === Infinity || !/^bq-[\da-z]+-[\da-z]+$/.test(taskId)) return undefined
    const names = [...this.#names()]
    const jobs = await Promise.all(names.map((name) => this.#hub.queues.of(name).getJob(taskId)))
    const job = jobs.find((each) => each !== undefined)
    return job === undefined ? undefined : this.#infoOfJob(job)
  }

  handleOf(taskId: string): BrokerHandle | undefined {
    return this.#hub.live.get(taskId) ?? this.#parts.retention.find(taskId)
  }

  async page(query: TaskQuery): Promise<TaskPage> {
    const limit = query.limit ?? DEFAULT_LIMIT
    const before = query.cursor === undefined ? undefined : placeOf(query.cursor)
    const own = [...this.#hub.live.values(), ...this.#parts.retention.all()]
    const known = new Set(own.map((handle) => handle.taskId))
    const entries = [
      ...own.map((handle) => ({ at: handle.createdAt, ordinal: handle.ordinal, info: () => this.#infoOf(handle) })),
      ...(await this.#others(query, known)),
    ]
    const sorted = entries
      .filter((each) => before === undefined || isBefore(each, before))
      .toSorted((a, b) => b.at - a.at || b.ordinal - a.ordinal)
    const tasks: TaskInfo[] = []
    let last: Place | undefined
    for (const entry of sorted) {
      const info = await entry.info()
      if (!matches(info, query)) continue
      if (tasks.length === limit) return { tasks, nextCursor: `${last?.at}_${last?.ordinal}` }
      tasks.push(info)
      last = entry
    }
    return { tasks, nextCursor: undefined }
  }

  async #others(
    query: TaskQuery,
    known: ReadonlySet<string>,
  ): Promise<{ at: number; ordinal: number; info: () => TaskInfo | Promise<TaskInfo> }[]> {
    if (this.#hub.stoppingSince === Infinity) return []
    const names = [...this.#names()].filter((name) => query.name === undefined || query.name === name)
    const wanted = query.status === undefined ? Object.keys(states) : [query.status].flat()
    const types = [...new Set(wanted.flatMap((status) => states[status as TaskStatus]))]
    const lists = await Promise.all(
      names.map((name) => this.#hub.queues.of(name).getJobs(types, 0, MOST_OF_OTHERS - 1, false)),
    )
    return lists
      .flat()
      .filter((job) => job?.id !== undefined && !known.has(job.id))
      .flatMap((job) => {
        const info = this.#infoOfJob(job)
        return info === undefined ? [] : [{ at: info.createdAt, ordinal: 0, info: () => info }]
      })
  }

  async #infoOf(handle: BrokerHandle): Promise<TaskInfo> {
    const { tags, metadata } = handle.call.options
    const running = handle.run === null ? undefined : await this.#hub.local.find(handle.taskId)
    const stats = handle.stats()
    const info: TaskInfo = {
      ...stats,
      args: handle.args,
      tags,
      metadata,
      logs: running?.logs ?? handle.logs,
      outcome: handle.peeked ?? null,
      dueAt: stats.status === 'scheduled' || stats.status === 'retrying' ? handle.dueAt : null,
      waitingFor: stats.status === 'pending' ? this.#waitingFor(handle.name) : null,
      lastHeartbeatAt: running?.lastHeartbeatAt ?? handle.lastHeartbeatAt,
      retryOf: handle.retryOf,
    }
    return handle.recovered ? { ...info, recovered: true } : info
  }

  #waitingFor(name: string): string {
    const { limits, pauses } = this.#parts
    if (pauses.all) return 'the engine is paused; resume() lets tasks start'
    if (pauses.has(name)) return `the task is paused; resume('${name}') lets it start`
    const concurrency = limits.concurrencyOf(name)
    if (concurrency !== undefined) return `its concurrency limit of ${concurrency}, or a free worker`
    const rate = limits.rateOf(name)
    if (rate !== undefined) return `its rate limit of ${rate.max} in ${rate.perMs} ms, or a free worker`
    return 'a free worker'
  }

  /** Undefined when its time is over: BullMQ lets go of it with the next end of a task of its name. */
  #infoOfJob(job: Job<TaskJob, StoredOutcome>): TaskInfo | undefined {
    const { data, name, id = '' } = job
    const ended = endOfJob(job)
    const options = {
      ...this.#hub.calls.definitionOf(name)?.options,
      ...(data.options === undefined ? {} : (restoreValue(data.options) as object)),
    } as Partial<BrokerHandle['call']['options']>
    const { keepResultMs = Infinity, tags = [], metadata = {}, priority = 2, lane = 'inline' } = options
    if (ended !== undefined && (job.finishedOn ?? 0) + keepResultMs <= this.#hub.now()) return undefined
    const startedAt = ended?.facts.startedAt ?? job.processedOn ?? null
    const status = ended?.outcome.status ?? this.#statusOf(job)
    const completedAt = job.finishedOn ?? null
    const until = completedAt ?? this.#hub.now()
    const info: TaskInfo = {
      taskId: id,
      name,
      status,
      priority,
      lane,
      engine: this.#hub.engineName,
      createdAt: data.createdAt,
      startedAt,
      completedAt,
      waitTimeMs: Math.max(0, (startedAt ?? until) - data.createdAt),
      executionTimeMs: startedAt === null ? null : Math.max(0, until - startedAt),
      memoryUsageMb: ended?.facts.memoryUsageMb ?? null,
      retries: Math.max(0, (ended?.facts.attempt ?? job.attemptsMade + 1) - 1),
      workerId: ended?.facts.workerId ?? null,
      progress: progressOf(job.progress),
      args: restoreValue(data.args) as readonly unknown[],
      tags,
      metadata,
      logs: ended?.facts.logs ?? [],
      outcome: ended?.outcome ?? null,
      dueAt: status === 'scheduled' || status === 'retrying' ? job.timestamp + job.delay : null,
      waitingFor: status === 'pending' ? this.#waitingFor(name) : null,
      lastHeartbeatAt: null,
      retryOf: data.retryOf ?? null,
    }
    return (ended?.facts.recovered ?? job.stalledCounter > 0) ? { ...info, recovered: true } : info
  }

  #statusOf(job: Job<TaskJob, StoredOutcome>): TaskStatus {
    if (job.processedOn !== undefined && job.attemptsStarted > job.attemptsMade) return 'running'
    const isDelayed = job.delay > 0 && job.timestamp + job.delay > this.#hub.now()
    if (!isDelayed) return 'pending'
    return job.attemptsMade > 0 ? 'retrying' : 'scheduled'
  }
}

interface Place {
  readonly at: number
  readonly ordinal: number
}

/** @throws ConfigurationError */
function placeOf(cursor: string): Place {
  const [, at, ordinal] = CURSOR.exec(cursor) ?? []
  if (at === undefined || ordinal === undefined) {
    throw new ConfigurationError(`cursor accepts the nextCursor of a page, got ${describeValue(cursor)}`)
  }
  return { at: Number(at), ordinal: Number(ordinal) }
}

function isBefore(a: Place, b: Place): boolean {
  return a.at < b.at || (a.at === b.at && a.ordinal < b.ordinal)
}

function matches(info: TaskInfo, { status, name, priority, tags }: TaskQuery): boolean {
  if (status !== undefined && ![status].flat().includes(info.status)) return false
  if (name !== undefined && info.name !== name) return false
  if (priority !== undefined && info.priority !== priority) return false
  return tags === undefined || tags.every((tag) => info.tags.includes(tag))
}

function progressOf(progress: unknown): TaskInfo['progress'] {
  if (typeof progress !== 'object' || progress === null || !('ratio' in progress)) return null
  return progress as TaskInfo['progress']
}
