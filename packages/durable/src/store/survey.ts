// A store as it is seen from outside, by commands: what is in it, without an engine.
import { priorityNames } from '@catzilla/engine'
import type { PriorityName, TaskPriority } from '@catzilla/engine'
import { keys, placeOf, rangeOf } from '../format/keys.ts'
import type { TaskPlace } from '../format/keys.ts'
import { readDeath, readEnd, readTask } from '../format/records.ts'
import type { StoredEnd, StoredTask } from '../format/records.ts'
import { UnreadableError } from '../format/seal.ts'
import type { Seal } from '../format/seal.ts'
import { identityOf } from './identity.ts'
import type { Identity } from './identity.ts'
import { readOwner } from './owner.ts'
import type { Owner } from './owner.ts'
import type { Store, StoreFigures } from './store.ts'
import { TaskStore, readEntry } from './task-store.ts'
import type { TaskEntry } from './task-store.ts'

/** How many there are of everything. */
export interface StoreSurvey extends StoreFigures {
  readonly identity: Identity | null
  readonly owner: Owner | null
  /** Unsettled tasks by class, and by name. */
  readonly waiting: Readonly<Record<PriorityName, number>>
  readonly names: Readonly<Record<string, number>>
  /** Ends that are kept, by status. */
  readonly ended: Readonly<Record<string, number>>
  readonly deadLetters: number
  readonly unreadable: number
}

/** One record of a store: a line of an export. `end` and `letter` are null where there is none. */
export interface SurveyedTask {
  readonly key: string
  readonly priority: PriorityName
  readonly task: StoredTask | null
  readonly end: StoredEnd | null
  readonly letter: {
    readonly reason: string
    readonly message: string
    readonly at: number
    readonly attempts: number
  } | null
  /** Why it cannot be read; null when it can. */
  readonly unreadable: string | null
}

/** Every task of the store: those that wait or have ended, then the dead letters. @throws StoreError */
export function* tasksIn(store: Store, seal: Seal): Generator<SurveyedTask> {
  for (const entry of new TaskStore(store, seal).entries(rangeOf('t'))) yield taskAt(store, seal, entry)
  for (const { key, value } of store.entries(rangeOf('d'))) {
    const place = placeOf(key)
    if (place !== undefined) yield letterAt(seal, key, place, value)
  }
}

/** @throws StoreError */
export function survey(store: Store, seal: Seal): StoreSurvey {
  const waiting: Record<PriorityName, number> = { critical: 0, high: 0, normal: 0, low: 0 }
  const names: Record<string, number> = {}
  const ended: Record<string, number> = {}
  let deadLetters = 0
  let unreadable = 0
  for (const { priority, task, end, letter, unreadable: why } of tasksIn(store, seal)) {
    if (why !== null) unreadable++
    if (letter !== null) deadLetters++
    else if (end !== null) ended[end.stats.status] = (ended[end.stats.status] ?? 0) + 1
    else if (task !== null) {
      waiting[priority]++
      names[task.name] = (names[task.name] ?? 0) + 1
    }
  }
  const identity = identityOf(store) ?? null
  return {
    ...store.figures(),
    identity,
    owner: readOwner(store) ?? null,
    waiting,
    names,
    ended,
    deadLetters,
    unreadable,
  }
}

function taskAt(store: Store, seal: Seal, entry: TaskEntry): SurveyedTask {
  const { key, place } = entry
  const priority = nameOf(place.priority)
  const task = readable(() => readEntry(entry))
  const endKey = keys.task('e', place)
  const bytes = store.get(endKey)
  const end = bytes === undefined ? null : readable(() => readEnd(seal, endKey, bytes))
  const why = [task, end].find((each) => each instanceof UnreadableError)
  return {
    key,
    priority,
    task: task instanceof UnreadableError ? null : task,
    end: end instanceof UnreadableError ? null : end,
    letter: null,
    unreadable: why?.message ?? null,
  }
}

function letterAt(seal: Seal, key: string, place: TaskPlace, value: Uint8Array): SurveyedTask {
  const blank = { key, priority: nameOf(place.priority), task: null, end: null }
  const death = readable(() => readDeath(seal, key, value))
  if (death instanceof UnreadableError) {
    const letter = { reason: 'unreadable', message: death.message, at: 0, attempts: 0 }
    return { ...blank, letter, unreadable: death.message }
  }
  const { reason, message, at, attempts } = death
  const task = readable(() => readTask(seal.open(keys.task('t', place), death.task), place.priority))
  const letter = { reason, message, at, attempts }
  if (task instanceof UnreadableError) return { ...blank, letter, unreadable: task.message }
  return { ...blank, task, letter, unreadable: null }
}

function nameOf(priority: TaskPriority): PriorityName {
  return priorityNames[priority]
}

function readable<T>(read: () => T): T | UnreadableError {
  try {
    return read()
  } catch (error) {
    if (error instanceof UnreadableError) return error
    throw error
  }
}
