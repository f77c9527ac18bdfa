// Tasks that are not run again by themselves: those that were running whenever the process died, and those that nobody can read.
import { TaskCrashedError, TaskStateError, UnknownTaskError, describeValue } from '@catzilla/engine'
import type { TaskHandle } from '@catzilla/engine'
import { keys, placeOf, rangeOf, sequenceOfId } from '../format/keys.ts'
import type { TaskPlace } from '../format/keys.ts'
import { readDeath, readTask, sealTask, writeDeath } from '../format/records.ts'
import type { DeathReason, StoredDeath, StoredTask } from '../format/records.ts'
import { UnreadableError } from '../format/seal.ts'
import type { Seal } from '../format/seal.ts'
import type { Store } from '../store/store.ts'
import type { Change, TaskEntry } from '../store/task-store.ts'

/** A task among the dead letters, without its arguments. */
export interface DeadLetter {
  /** Of the task; of one that cannot be read, the key of its record. */
  readonly id: string
  /** Null when it cannot be read. */
  readonly name: string | null
  /** `'crashed'`: the process died too often while it ran; `'unreadable'`: its record is damaged, or its key is missing. */
  readonly reason: DeathReason
  readonly message: string
  /** Epoch milliseconds at which it was put here. */
  readonly at: number
  /** Attempts that it had begun. */
  readonly attempts: number
}

/** A dead letter with what can be read of its task; null when that is nothing. */
export interface InspectedLetter extends DeadLetter {
  readonly task: Omit<StoredTask, 'options' | 'form'> | null
}

/** What can be done with them. */
export interface DeadLetters {
  /** Oldest first, at most `limit` (100) of them. */
  list(limit?: number): DeadLetter[]
  /** With its arguments; undefined when there is none of that id. */
  inspect(id: string): InspectedLetter | undefined
  /**
   * Submits it again, as a new task with all its attempts.
   * @throws UnknownTaskError for an id or a name that is not known, TaskStateError when it cannot be read
   */
  retry(id: string): Promise<TaskHandle>
  /** Removes one, or all, for good; tells how many that were. */
  purge(id?: string): Promise<number>
}

interface Found {
  readonly key: string
  readonly place: TaskPlace
  readonly letter: InspectedLetter
  readonly stored: StoredTask | null
}

/** What dead letters ask of the engine that they are of. */
export interface LettersHome {
  readonly store: Store
  readonly seal: Seal
  readonly prefix: string
  write(changes: readonly Change[]): Promise<void>
  /** Submits the task again. @throws as `submit` of an engine, UnknownTaskError */
  resubmit(stored: StoredTask): TaskHandle
}

export class StoredLetters implements DeadLetters {
  readonly #home: LettersHome

  constructor(home: LettersHome) {
    this.#home = home
  }

  list(limit = 100): DeadLetter[] {
    const letters: DeadLetter[] = []
    for (const { letter } of this.#all()) {
      if (letters.length >= limit) break
      const { task: _, ...short } = letter
      letters.push(short)
    }
    return letters.toSorted((a, b) => a.at - b.at)
  }

  inspect(id: string): InspectedLetter | undefined {
    return this.#find(id)?.letter
  }

  async retry(id: string): Promise<TaskHandle> {
    const found = this.#find(id)
    if (found === undefined) throw new UnknownTaskError(`there is no dead letter with id ${describeValue(id)}`)
    if (found.stored === null) {
      throw new TaskStateError(`dead letter ${id} cannot be submitted again: ${found.letter.message}`)
    }
    const handle = this.#home.resubmit(found.stored)
    await handle.accepted
    await this.#home.write([{ key: found.key, value: undefined }])
    return handle
  }

  async purge(id?: string): Promise<number> {
    const found = id === undefined ? [...this.#all()] : [this.#find(id)].filter((each) => each !== undefined)
    await this.#home.write(found.map(({ key }) => ({ key, value: undefined })))
    return found.length
  }

  #find(id: string): Found | undefined {
    const { prefix, store } = this.#home
    const sequence = sequenceOfId(id, prefix)
    if (sequence === undefined) {
      const value = placeOf(id) === undefined ? undefined : store.get(id)
      return value === undefined ? undefined : this.#read(id, value)
    }
    for (const priority of [0, 1, 2, 3] as const) {
      const key = keys.task('d', { priority, sequence })
      const value = store.get(key)
      const found = value === undefined ? undefined : this.#read(key, value)
      if (found?.letter.id === id) return found
    }
    return undefined
  }

  *#all(): Generator<Found> {
    for (const { key, value } of this.#home.store.entries(rangeOf('d'))) {
      const found = this.#read(key, value)
      if (found !== undefined) yield found
    }
  }

  #read(key: string, value: Uint8Array): Found | undefined {
    const place = placeOf(key)
    if (place === undefined || !key.startsWith('d')) return undefined
    const { seal } = this.#home
    const death = readable(() => readDeath(seal, key, value))
    if (death instanceof UnreadableError) {
      const message = `its record cannot be read: ${death.message}`
      return { key, place, letter: { ...unread(key), message }, stored: null }
    }
    const stored = readable(() => readTask(seal.open(keys.task('t', place), death.task), place.priority))
    if (stored instanceof UnreadableError) {
      const { reason, message, at, attempts } = death
      return { key, place, letter: { id: key, name: null, reason, message, at, attempts, task: null }, stored: null }
    }
    return { key, place, letter: letterOf(death, stored), stored }
  }
}

/** What puts a task among the dead letters, and takes it from those that are run. A segment that cannot be read goes as a whole. */
export function deathChanges(seal: Seal, entry: TaskEntry, death: Omit<StoredDeath, 'task'>): Change[] {
  const { place, record, stored } = entry
  const key = keys.task('d', place)
  const task = record instanceof UnreadableError ? stored : sealTask(seal, entry.key, record)
  return [
    { key, value: writeDeath(seal, key, { ...death, task }) },
    { gone: place },
    { key: keys.task('a', place), value: undefined },
  ]
}

export function crashedMessage(name: string, recoveries: number): string {
  return `task '${name}' was running ${recoveries} times when the process died; it is not run again by itself`
}

/** The error of a dead letter that is looked up as a task. */
export function deathError(letter: DeadLetter): TaskCrashedError {
  return new TaskCrashedError(`${letter.message}; retry or purge it as a dead letter`)
}

function letterOf({ reason, message, at, attempts }: StoredDeath, stored: StoredTask): InspectedLetter {
  const { options: _, form: __, ...task } = stored
  return { id: stored.taskId, name: stored.name, reason, message, at, attempts, task }
}

function unread(id: string): Omit<InspectedLetter, 'message'> {
  return { id, name: null, reason: 'unreadable', at: 0, attempts: 0, task: null }
}

function readable<T>(read: () => T): T | UnreadableError {
  try {
    return read()
  } catch (error) {
    if (error instanceof UnreadableError) return error
    throw error
  }
}
