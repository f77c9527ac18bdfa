// What an earlier process left unsettled comes back: class by class, each in the order of its submission, and only as many at a
// time as the engine inside has room for beside new ones. The rest stays on disk until its turn.
import { KeepAlive, StoreError, isSettled } from '@catzilla/engine'
import type { Alarm, TaskHandle } from '@catzilla/engine'
import { keys, rangeOf } from '../format/keys.ts'
import type { TaskPlace } from '../format/keys.ts'
import { readAttempts, writeAttempts } from '../format/records.ts'
import type { StoredAttempts, StoredTask } from '../format/records.ts'
import { UnreadableError, isSegment } from '../format/seal.ts'
import type { RunningAttempt } from '../store/running-file.ts'
import type { StoreChange } from '../store/store.ts'
import { readEntry } from '../store/task-store.ts'
import type { TaskEntry } from '../store/task-store.ts'
import type { KnownCall } from './calls.ts'
import { crashedMessage, deathChanges } from './dead-letters.ts'
import { DurableHandle } from './durable-handle.ts'
import type { HandleHome } from './durable-handle.ts'
import type { Kept } from './kept.ts'
import { refuseMissingKey } from './missing-key.ts'

/** Tasks taken up that have not ended, at most. */
const WINDOW = 1000
/** Records looked at in one turn of the event loop. */
const PER_TURN = 256

const noAttempts: StoredAttempts = { attempts: 0, recoveries: 0, dueAt: null }

export class Recovery {
  readonly #kept: Kept
  readonly #home: HandleHome
  readonly #keepAlive = new KeepAlive()
  readonly #scheduled = new Map<string, number>()
  /** Where the walk over the store goes on; null when it is through. */
  #position: string | null = rangeOf('t').from
  #loaded = 0
  #turn: NodeJS.Immediate | undefined
  #alarm: Alarm | undefined
  /** When the first of the tasks comes due that were passed over for being too early. */
  #earliest = Infinity
  /** Tasks on disk that nobody here can run, by name, as far as the walk has met them. */
  readonly #unknown = new Map<string, number>()
  #reported = false
  #stopped = false
  #idle: (() => void)[] = []

  constructor(kept: Kept, home: HandleHome) {
    this.#kept = kept
    this.#home = home
  }

  /** Whether everything that can run here has been taken up. */
  get through(): boolean {
    return (this.#position === null && this.#earliest === Infinity) || this.#stopped
  }

  /** Tasks that are kept for a process that knows their names. */
  get unknown(): ReadonlyMap<string, number> {
    return this.#unknown
  }

  /** Counts the attempts in which the earlier process died. */
  countDeaths(): void {
    const { notes, retention, seal, store, tasks } = this.#kept
    const changes: StoreChange[] = []
    for (const running of latestOf(notes.read())) {
      if (tasks.get(running) === undefined || retention.has(running.sequence)) continue
      const { attempts, recoveries } = this.#attemptsOf(running)
      // the attempt had ended, and another one was still to come
      if (attempts >= running.attempt) continue
      const key = keys.task('a', running)
      const counted = { attempts: running.attempt, recoveries: recoveries + 1, dueAt: null }
      changes.push({ key, value: writeAttempts(seal, key, counted) })
    }
    if (changes.length > 0) store.writeNow(changes)
    notes.clear()
  }

  /** A turn later: tasks are defined right after the engine is made. */
  begin(): void {
    this.#again()
  }

  /** A task is gone: there may be room for another one. */
  gone(handle: DurableHandle): void {
    if (!this.#isOfThePast(handle.sequence)) return
    this.#loaded--
    if (this.#loaded < WINDOW / 2) this.#again()
  }

  /** A name is known now: its tasks can be taken up. */
  defined(name: string): void {
    if (this.#unknown.delete(name)) this.#restart()
  }

  /** Takes up the task at once; undefined when it is not there, or nobody here can run it. */
  takeNow(place: TaskPlace): TaskHandle | undefined {
    const { live, retention, tasks } = this.#kept
    const entry = tasks.get(place)
    if (entry === undefined || retention.has(place.sequence)) return undefined
    this.#look(entry, true)
    return live.at(place.sequence)
  }

  whenThrough(): Promise<void> {
    if (this.through) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  stop(): void {
    this.#stopped = true
    clearImmediate(this.#turn)
    this.#alarm?.cancel()
    this.#keepAlive.close()
    for (const resolve of this.#idle.splice(0)) resolve()
  }

  /** From the beginning: what has been taken up or has ended is passed over. */
  #restart(): void {
    this.#position = rangeOf('t').from
    this.#unknown.clear()
    this.#earliest = Infinity
    this.#again()
  }

  #again(): void {
    if (this.#stopped || this.#turn !== undefined || this.#position === null) return
    this.#keepAlive.hold(true)
    this.#turn = setImmediate(() => {
      this.#turn = undefined
      this.#walk()
    })
  }

  #walk(): void {
    try {
      const goesOn = this.#walkSome()
      if (goesOn) return this.#again()
    } catch (thrown) {
      return this.#give(thrown)
    }
    if (this.#position !== null) return
    this.#keepAlive.hold(false)
    this.#report()
    this.#sleep()
    if (this.through) for (const resolve of this.#idle.splice(0)) resolve()
  }

  /** Whether there is more to be looked at in the next turn. */
  #walkSome(): boolean {
    const { tasks } = this.#kept
    if (this.#position === null) return false
    let looked = 0
    for (const entry of tasks.entries({ from: this.#position, to: rangeOf('t').to })) {
      if (looked === PER_TURN) return true
      if (this.#loaded >= WINDOW) return false
      if (!this.#look(entry, false)) return false
      looked++
      this.#position = `${entry.key}\0`
    }
    this.#position = null
    return false
  }

  /** False when the engine inside has no room: then somebody else goes on with this one. */
  #look(entry: TaskEntry, early: boolean): boolean {
    const { place } = entry
    const { live, options, retention } = this.#kept
    if (!this.#isOfThePast(place.sequence) || retention.has(place.sequence)) return true
    const stored = this.#read(entry)
    if (stored === undefined || live.has(place.sequence)) return true
    const before = this.#attemptsOf(place)
    if (before.recoveries > options.maxRecoveries) {
      const message = crashedMessage(stored.name, before.recoveries)
      this.#bury(entry, { reason: 'crashed', message, attempts: before.attempts })
      return true
    }
    const known = this.#kept.calls.ofStored(stored)
    if (known === undefined) {
      this.#unknown.set(stored.name, (this.#unknown.get(stored.name) ?? 0) + 1)
      return true
    }
    return this.#takeUp(place, stored, before, known, early)
  }

  #takeUp(place: TaskPlace, stored: StoredTask, before: StoredAttempts, known: KnownCall, early: boolean): boolean {
    const dueAt = before.attempts > 0 ? before.dueAt : stored.dueAt
    const waits = dueAt !== null && dueAt > this.#kept.clock.epochMs()
    if (!early && waits && this.#scheduled.size >= WINDOW) {
      this.#earliest = Math.min(this.#earliest, dueAt)
      return true
    }
    try {
      const { taskId, createdAt, retryOf } = stored
      const past = { taskId, createdAt, attempts: before.attempts, dueAt, retryOf }
      const inner = this.#kept.inner.takeUp?.(known.inner, stored.args, past)
      if (inner !== undefined) this.#keep(inner, place, stored, before, known)
      if (waits && dueAt !== null) this.#scheduled.set(taskId, dueAt)
      return true
    } catch (thrown) {
      if ((thrown as Error).name === 'QueueFullError') return this.#waitForRoom()
      // such as a lane that this engine has not: kept for a process that has it
      this.#unknown.set(stored.name, (this.#unknown.get(stored.name) ?? 0) + 1)
      process.emitWarning(
        `task '${stored.name}' (${stored.taskId}) is kept and cannot be run here: ${String(thrown)}`,
        {
          type: 'CatzillaWarning',
          code: 'CATZILLA_TASK_KEPT',
        },
      )
      return true
    }
  }

  #keep(inner: TaskHandle, place: TaskPlace, stored: StoredTask, before: StoredAttempts, known: KnownCall): void {
    const { live, unique } = this.#kept
    const { attempts, recoveries } = before
    const handle = new DurableHandle(this.#home, known.call, inner, place.sequence)
    const { createdAt, retryOf } = stored
    handle.note({ createdAt, retryOf, recoveries, recovered: recoveries > 0, hasAttempts: before !== noAttempts })
    handle.attempt = attempts
    live.add(handle)
    if (known.unique !== null) unique.set(known.unique, stored.taskId)
    this.#loaded++
    inner.onSettled(() => this.#scheduled.delete(stored.taskId))
  }

  #waitForRoom(): boolean {
    this.#kept.inner.room().then(
      () => this.#again(),
      // it is stopping
      () => {},
    )
    return false
  }

  #read(entry: TaskEntry): StoredTask | undefined {
    try {
      return readEntry(entry)
    } catch (error) {
      refuseMissingKey(this.#kept.store, error)
      if (!(error instanceof UnreadableError)) throw error
      const message = `${whatIsDamaged(entry)} cannot be read: ${error.message}`
      this.#bury(entry, { reason: 'unreadable', message, attempts: 0 })
      return undefined
    }
  }

  #bury(entry: TaskEntry, why: { reason: 'crashed' | 'unreadable'; message: string; attempts: number }): void {
    const { clock, seal, writer } = this.#kept
    writer.write(deathChanges(seal, entry, { ...why, at: clock.epochMs() }))
    process.emitWarning(`a task is among the dead letters: ${why.message}`, {
      type: 'CatzillaWarning',
      code: 'CATZILLA_DEAD_LETTER',
    })
  }

  #attemptsOf(place: TaskPlace): StoredAttempts {
    const { seal, store } = this.#kept
    const key = keys.task('a', place)
    const value = store.get(key)
    if (value === undefined) return noAttempts
    try {
      return readAttempts(seal, key, value)
    } catch (error) {
      refuseMissingKey(store, error)
      if (error instanceof UnreadableError) return noAttempts
      throw error
    }
  }

  #isOfThePast(sequence: number): boolean {
    return sequence <= this.#kept.numbering.lastBefore
  }

  /** Until those come due that were passed over. */
  #sleep(): void {
    const { clock } = this.#kept
    for (const [taskId, dueAt] of this.#scheduled) {
      const handle = this.#kept.live.named(taskId)
      if (handle === undefined || isSettled(handle.status) || dueAt <= clock.epochMs()) this.#scheduled.delete(taskId)
    }
    if (this.#earliest === Infinity) return
    const wait = Math.max(1, this.#earliest - clock.epochMs())
    this.#keepAlive.hold(true)
    this.#alarm = clock.setAlarm(wait, () => this.#restart())
  }

  /** Once, when the walk is through: names that were misspelt or left out would else be waited for in vain. */
  #report(): void {
    if (this.#unknown.size === 0 || this.#reported) return
    this.#reported = true
    const list = [...this.#unknown].map(([name, count]) => `'${name}' (${count})`).join(', ')
    process.emitWarning(
      `tasks in ${this.#kept.store.directory} are kept and not run, since no task of their name is defined here: ${list}; define them, or remove them with "npx catzilla-durable"`,
      { type: 'CatzillaWarning', code: 'CATZILLA_UNKNOWN_TASKS' },
    )
  }

  #give(thrown: unknown): void {
    const error = thrown instanceof StoreError ? thrown : new StoreError(String(thrown), { cause: thrown })
    this.stop()
    process.emitWarning(`no more tasks are taken up: ${error.message}`, {
      type: 'CatzillaWarning',
      code: 'CATZILLA_STORE',
    })
  }
}

/** A segment may hold many tasks: whoever reads of one dead letter is to know. */
function whatIsDamaged({ record, stored }: TaskEntry): string {
  const isWhole = record instanceof UnreadableError && isSegment(stored)
  return isWhole ? 'a segment, which has the records of several tasks that were accepted together,' : 'its record'
}

/** Of each task its latest attempt: the one before may still be noted as well. */
function latestOf(noted: readonly RunningAttempt[]): Iterable<RunningAttempt> {
  const latest = new Map<number, RunningAttempt>()
  for (const running of noted) {
    const { attempt } = latest.get(running.sequence) ?? { attempt: 0 }
    if (running.attempt > attempt) latest.set(running.sequence, running)
  }
  return latest.values()
}
