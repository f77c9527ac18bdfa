// A durable engine while its store is open: the parts, put together, and how they begin and end.
import { systemClock } from '@catzilla/engine'
import type { Alarm, ShutdownReport, StopOptions, StoreError, TaskEngine } from '@catzilla/engine'
import { keys, sequenceOfId } from '../format/keys.ts'
import type { TaskPlace } from '../format/keys.ts'
import type { StoredTask } from '../format/records.ts'
import { Seal } from '../format/seal.ts'
import type { ResolvedDurableOptions } from '../options.ts'
import type { Files } from '../store/files.ts'
import { identify, identityOf } from '../store/identity.ts'
import { SEEN_EVERY_MS, claim, seenNow } from '../store/owner.ts'
import { TaskStore, readEntry } from '../store/task-store.ts'
import type { Change } from '../store/task-store.ts'
import { Writer } from '../store/writer.ts'
import { Acceptance } from './acceptance.ts'
import type { Calls } from './calls.ts'
import { StoredLetters } from './dead-letters.ts'
import type { DurableHandle } from './durable-handle.ts'
import type { EventRelay } from './event-relay.ts'
import { Inspection } from './inspection.ts'
import type { Kept } from './kept.ts'
import { LiveTasks } from './live-tasks.ts'
import { requireKeys } from './missing-key.ts'
import { Numbering } from './numbering.ts'
import { Recovery } from './recovery.ts'
import { Retention, removalOf } from './retention.ts'
import { Settlement } from './settlement.ts'
import { StoredRecords } from './stored-records.ts'

/** A task on disk that has not been taken up. */
export interface WaitingTask {
  readonly place: TaskPlace
  readonly task: StoredTask
}

export class Opened {
  readonly kept: Kept
  readonly acceptance: Acceptance
  readonly settlement: Settlement
  readonly recovery: Recovery
  readonly letters: StoredLetters
  readonly inspection: Inspection
  /** What others keep beside the tasks. */
  readonly records: StoredRecords
  #seen: Alarm | undefined
  /** What the notes say is in the store: they are of no more use. */
  #deathsCounted = false
  #idle: (() => void)[] = []

  /** @throws StoreError; then the files are closed again */
  constructor(inner: TaskEngine, options: ResolvedDurableOptions, files: Files, calls: Calls, relay: EventRelay) {
    try {
      this.kept = keptIn(files, inner, options, calls, relay)
    } catch (error) {
      files.notes.close()
      void files.store.close()
      throw error
    }
    this.acceptance = new Acceptance(this.kept)
    this.recovery = new Recovery(this.kept, this.acceptance.home)
    this.settlement = new Settlement(this.kept, (handle) => this.#gone(handle))
    this.letters = new StoredLetters({
      store: files.store,
      seal: this.kept.seal,
      prefix: this.kept.prefix,
      write: (changes) => this.#written(changes),
      resubmit: (stored) => this.#resubmit(stored),
    })
    this.inspection = new Inspection(this.kept, this.letters)
    this.records = new StoredRecords(this.kept, (changes) => this.#written(changes))
  }

  /** @throws StoreError, EngineUnavailableError */
  async start(): Promise<void> {
    const { inner, numbering, prefix, retention, seal, store } = this.kept
    inner.keepWith?.({
      idPrefix: prefix,
      lastSequence: numbering.lastBefore,
      starting: (taskId, attempt) => this.#starting(taskId, attempt),
    })
    retention.load(store, seal)
    this.recovery.countDeaths()
    this.#deathsCounted = true
    this.#sayThatWeAreHere()
    this.recovery.begin()
    await inner.start()
  }

  /** Settles when every task that can run here has ended and that is recorded. */
  async drain(): Promise<void> {
    while (this.kept.live.size > 0 || !this.recovery.through) {
      await this.recovery.whenThrough()
      if (this.kept.live.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve))
    }
  }

  /** The task of that id, if it waits on disk. */
  waiting(taskId: string): WaitingTask | undefined {
    const { prefix, retention, tasks } = this.kept
    const sequence = sequenceOfId(taskId, prefix)
    if (sequence === undefined || retention.has(sequence)) return undefined
    for (const priority of [0, 1, 2, 3] as const) {
      const place = { priority, sequence }
      const entry = tasks.get(place)
      const task = entry && readEntry(entry)
      if (task?.taskId === taskId) return { place, task }
    }
    return undefined
  }

  /** Removes a task that nobody here can run. */
  removeWaiting({ place }: WaitingTask): Promise<void> {
    return this.#written(removalOf(place))
  }

  async stop(options: StopOptions): Promise<ShutdownReport> {
    const { kept, recovery, settlement } = this
    kept.closing = true
    recovery.stop()
    const report = await kept.inner.stop(options)
    await settlement.flush()
    if (kept.live.size > 0) settlement.giveUp()
    const { requeued } = settlement
    await this.close()
    return { ...report, cancelled: Math.max(0, report.cancelled - requeued), requeued }
  }

  /** Nothing runs any more: the directory is anybody's. */
  async close(): Promise<void> {
    const { notes, numbering, retention, store, writer } = this.kept
    this.#seen?.cancel()
    this.recovery.stop()
    this.settlement.close()
    retention.close()
    if (writer.failure === null) {
      if (this.#deathsCounted) notes.clear()
      writer.write([numbering.atEnd(), { key: keys.owner, value: undefined }])
      await writer.flush()
    }
    writer.close()
    notes.close()
    await store.close()
    this.#tellIdle()
  }

  #starting(taskId: string, attempt: number): void {
    const handle = this.kept.live.named(taskId)
    if (handle === undefined) return
    handle.attempt = attempt
    handle.slot = this.kept.notes.begin(handle, attempt)
  }

  #gone(handle: DurableHandle): void {
    if (!this.kept.closing) this.recovery.gone(handle)
    if (this.kept.live.size === 0) this.#tellIdle()
  }

  #tellIdle(): void {
    for (const resolve of this.#idle.splice(0)) resolve()
  }

  #resubmit(stored: StoredTask): ReturnType<Acceptance['submit']> {
    const known = this.kept.calls.require(stored)
    return this.acceptance.submit(known, stored.args, stored.taskId)
  }

  #written(changes: readonly Change[]): Promise<void> {
    const { writer } = this.kept
    return new Promise((resolve, reject) => {
      writer.write(changes, { committed: resolve, refused: reject })
    })
  }

  /** By the system's clock, whichever one the tasks have: it is other processes that look at it. */
  #sayThatWeAreHere(): void {
    this.#seen = systemClock.setAlarm(SEEN_EVERY_MS, () => {
      const { writer } = this.kept
      if (writer.failure === null) writer.write([seenNow(systemClock.epochMs())])
      this.#sayThatWeAreHere()
    })
  }
}

/** @throws StoreError */
function keptIn(
  { store, notes }: Files,
  inner: TaskEngine,
  options: ResolvedDurableOptions,
  calls: Calls,
  relay: EventRelay,
): Kept {
  const { clock, compressAboveBytes, encryptionKeys } = options
  const seal = new Seal({ compressAboveBytes, encryptionKeys })
  // whatever does not fit is found before anything is written
  const tasks = new TaskStore(store, seal)
  if (identityOf(store) !== undefined) requireKeys(tasks)
  claim(store, systemClock.epochMs())
  const { prefix } = identify(store)
  const writer = new Writer(tasks, clock, tellFailure)
  return {
    inner,
    options,
    clock,
    store,
    tasks,
    writer,
    notes,
    prefix,
    calls,
    relay,
    seal,
    numbering: new Numbering(store),
    retention: new Retention(writer, clock, options),
    live: new LiveTasks(prefix),
    unique: new Map(),
    closing: false,
    unobserved: 0,
  }
}

/** Whoever submits is told by an error; this is for whoever reads the log. */
function tellFailure(error: StoreError | null): void {
  if (error === null) return
  process.emitWarning(error.message, { type: 'CatzillaWarning', code: 'CATZILLA_STORE' })
}
