// What can be looked up: tasks that are here, those whose end is kept, those that wait on disk, and the dead letters.
import { ConfigurationError, defaultTaskOptions, describeValue } from '@catzilla/engine'
import type { TaskInfo, TaskPage, TaskPriority, TaskQuery } from '@catzilla/engine'
import { keys, placeOf, rangeOf, sequenceOfId } from '../format/keys.ts'
import type { TaskPlace } from '../format/keys.ts'
import { readEnd } from '../format/records.ts'
import type { StoredTask } from '../format/records.ts'
import { readEntry } from '../store/task-store.ts'
import { deathError } from './dead-letters.ts'
import type { StoredLetters } from './dead-letters.ts'
import type { DurableHandle } from './durable-handle.ts'
import type { Kept } from './kept.ts'

const DEFAULT_LIMIT = 50
/** Tasks looked at in one turn of the event loop. */
const PER_TURN = 500

const classes: readonly TaskPriority[] = [0, 1, 2, 3]

export class Inspection {
  readonly #kept: Kept
  readonly #letters: StoredLetters
  /** As the latest page found them. */
  #liveBySequence: ReadonlyMap<number, DurableHandle> = new Map()

  constructor(kept: Kept, letters: StoredLetters) {
    this.#kept = kept
    this.#letters = letters
  }

  async find(taskId: string): Promise<TaskInfo | undefined> {
    const handle = this.#kept.live.find(taskId)
    if (handle !== undefined) return this.#infoOfLive(handle)
    const sequence = sequenceOfId(taskId, this.#kept.prefix)
    if (sequence === undefined) return undefined
    for (const priority of classes) {
      const info = await this.#infoOfStored({ priority, sequence })
      if (info?.taskId === taskId) return info
    }
    return undefined
  }

  async page(query: TaskQuery): Promise<TaskPage> {
    const limit = query.limit ?? DEFAULT_LIMIT
    const tasks: TaskInfo[] = []
    let looked = 0
    let last = 0
    for (const { sequence, priority } of this.#places(query)) {
      if (++looked % PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve))
      const handle = this.#liveBySequence.get(sequence)
      const info =
        handle === undefined ? await this.#infoOfStored({ sequence, priority }) : await this.#infoOfLive(handle)
      if (info === undefined || !matches(info, query)) continue
      if (tasks.length === limit) return { tasks, nextCursor: last.toString(36) }
      tasks.push(info)
      last = sequence
    }
    return { tasks, nextCursor: undefined }
  }

  /** The record of a task whose end is kept, as it was submitted; undefined when there is none. */
  stored(taskId: string): StoredTask | undefined {
    const { prefix, tasks } = this.#kept
    const sequence = sequenceOfId(taskId, prefix)
    if (sequence === undefined) return undefined
    for (const priority of classes) {
      const entry = tasks.get({ priority, sequence })
      const found = entry && readEntry(entry)
      if (found?.taskId === taskId) return found
    }
    return undefined
  }

  /** Places of tasks, newest first, each once. */
  *#places({ cursor, priority }: TaskQuery): Generator<TaskPlace> {
    const before = cursor === undefined ? Infinity : sequenceOf(cursor)
    this.#liveBySequence = new Map([...this.#kept.live].map((handle) => [handle.sequence, handle]))
    const wanted = classes.filter((each) => priority === undefined || each === priority)
    const rows: Iterator<TaskPlace>[] = wanted.flatMap((each) => [
      this.#below('t', each, before),
      this.#below('d', each, before),
    ])
    const live = [...this.#liveBySequence.values()].filter((each) => each.sequence < before)
    rows.push(live.toSorted((a, b) => b.sequence - a.sequence).values())
    yield* newestFirst(rows)
  }

  *#below(kind: 't' | 'd', priority: TaskPriority, before: number): Generator<TaskPlace> {
    if (this.#kept.closing) return
    const { from, to } = rangeOf(kind, priority)
    const end = before === Infinity ? to : keys.task(kind, { priority, sequence: before })
    const range = { from, to: end, reverse: true }
    if (kind === 't') {
      for (const { place } of this.#kept.tasks.entries(range)) yield place
      return
    }
    for (const { key } of this.#kept.store.entries(range)) {
      const place = placeOf(key)
      if (place !== undefined) yield place
    }
  }

  async #infoOfLive(handle: DurableHandle): Promise<TaskInfo | undefined> {
    const info = await this.#kept.inner.find(handle.taskId)
    if (info === undefined) return undefined
    const { status, call, rare } = handle
    const outcome = handle.peeked ?? null
    const { tags, metadata } = call.options
    const createdAt = rare.createdAt ?? info.createdAt
    const shown = {
      ...info,
      createdAt,
      status,
      outcome,
      tags,
      metadata,
      retryOf: rare.retryOf,
      completedAt: outcome && info.completedAt,
    }
    return rare.recovered ? { ...shown, recovered: true } : shown
  }

  async #infoOfStored(place: TaskPlace): Promise<TaskInfo | undefined> {
    const { closing, retention, seal, store, tasks } = this.#kept
    if (closing) return undefined
    const kept = retention.find(place.sequence)
    if (kept === undefined && retention.has(place.sequence)) return undefined
    const entry = tasks.get(place)
    if (entry === undefined) return this.#infoOfLetter(place)
    const task = readEntry(entry)
    if (kept === undefined) return this.#infoOfWaiting(place, task)
    const endKey = keys.task('e', place)
    const end = store.get(endKey)
    if (end === undefined) return undefined
    const { stats, outcome, logs, lastHeartbeatAt, recovered } = readEnd(seal, endKey, end)
    const here = await this.#kept.inner.find(task.taskId)
    const { tags, metadata } = this.#optionsOf(task)
    return {
      ...stats,
      args: here?.args ?? task.args,
      tags,
      metadata,
      logs: here?.logs ?? logs,
      // the very objects, as long as they are here
      outcome: here?.outcome ?? outcome,
      dueAt: null,
      waitingFor: null,
      lastHeartbeatAt,
      retryOf: task.retryOf,
      ...(recovered ? { recovered: true as const } : {}),
    }
  }

  #infoOfWaiting(place: TaskPlace, task: StoredTask): TaskInfo {
    const known = this.#kept.calls.has(task.name)
    const isScheduled = task.dueAt !== null && task.dueAt > this.#kept.clock.epochMs()
    const why = known
      ? 'it is on disk, and is taken up when those before it have ended'
      : `no task named '${task.name}' is defined in this process`
    return {
      ...this.#restingInfo(place, task),
      status: isScheduled ? 'scheduled' : 'pending',
      waitTimeMs: Math.max(0, this.#kept.clock.epochMs() - (task.dueAt ?? task.createdAt)),
      dueAt: isScheduled ? task.dueAt : null,
      waitingFor: isScheduled ? null : why,
    }
  }

  #infoOfLetter(place: TaskPlace): TaskInfo | undefined {
    const letter = this.#letters.inspect(keys.task('d', place))
    if (letter?.task === undefined || letter.task === null) return undefined
    const task = { ...letter.task, options: {}, form: 'plain' as const }
    return {
      ...this.#restingInfo(place, task),
      status: 'failed',
      completedAt: letter.at,
      retries: Math.max(0, letter.attempts - 1),
      outcome: { status: 'failed', error: deathError(letter) },
      recovered: true,
    }
  }

  #restingInfo({ priority }: TaskPlace, task: StoredTask): TaskInfo {
    const { tags, metadata, lane } = this.#optionsOf(task)
    return {
      taskId: task.taskId,
      name: task.name,
      status: 'pending',
      priority,
      lane,
      engine: this.#kept.inner.name,
      createdAt: task.createdAt,
      startedAt: null,
      completedAt: null,
      waitTimeMs: 0,
      executionTimeMs: null,
      memoryUsageMb: null,
      retries: 0,
      workerId: null,
      progress: null,
      args: task.args,
      tags,
      metadata,
      logs: [],
      outcome: null,
      dueAt: null,
      waitingFor: null,
      lastHeartbeatAt: null,
      retryOf: task.retryOf,
    }
  }

  #optionsOf(task: StoredTask): Pick<typeof defaultTaskOptions, 'tags' | 'metadata' | 'lane'> {
    return this.#kept.calls.ofStored(task)?.call.options ?? { ...defaultTaskOptions, ...task.options }
  }
}

/** The rows, each newest first, as one; what stands in several is given once. */
function* newestFirst(rows: readonly Iterator<TaskPlace, void>[]): Generator<TaskPlace> {
  const heads = rows.map((row) => ({ row, place: nextOf(row) }))
  try {
    for (let latest = Infinity; ;) {
      const [first] = heads.toSorted((a, b) => (b.place?.sequence ?? -1) - (a.place?.sequence ?? -1))
      const place = first?.place
      if (first === undefined || place === undefined) return
      first.place = nextOf(first.row)
      if (place.sequence < latest) yield place
      latest = Math.min(latest, place.sequence)
    }
  } finally {
    for (const { row } of heads) row.return?.()
  }
}

/** Undefined at the end of the row. */
function nextOf(row: Iterator<TaskPlace, void>): TaskPlace | undefined {
  const next = row.next()
  return next.done === true ? undefined : next.value
}

/** @throws ConfigurationError for what no page has given as its cursor */
function sequenceOf(cursor: string): number {
  if (/^[0-9a-z]{1,11}$/.test(cursor)) return Number.parseInt(cursor, 36)
  throw new ConfigurationError(`task query: cursor accepts the nextCursor of a page, got ${describeValue(cursor)}`)
}

function matches(info: TaskInfo, { status, name, priority, tags }: TaskQuery): boolean {
  return (
    (status === undefined || (typeof status === 'string' ? status === info.status : status.includes(info.status))) &&
    (name === undefined || name === info.name) &&
    (priority === undefined || priority === info.priority) &&
    (tags === undefined || tags.every((tag) => info.tags.includes(tag)))
  )
}
