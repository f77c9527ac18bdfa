// Group commit: whatever is to be written while one commit is on its way goes into the next one, so that all who wait share
// its sync. While the store cannot write, what must not be lost is kept and tried again; new tasks are refused.
import type { Alarm, Clock, StoreError } from '@catzilla/engine'
import type { Draft } from '../format/draft.ts'
import type { TaskPlace } from '../format/keys.ts'
import { asStoreError, closedStore } from './store-errors.ts'
import type { AcceptedRecords, Change, TaskStore } from './task-store.ts'

/** Pause in milliseconds before a failing store is tried again. */
const RETRY_MS = 1000

/** Who is told of a write. */
export interface WriteWatcher {
  /** It is on disk. */
  committed(): void
  /** It could not be written, and is given up. Without it, it is tried until it can be. */
  readonly refused?: (error: StoreError) => void
}

/** A task that is to be accepted: where it will stand, and who is told. When its record cannot be written it is refused. */
export interface AcceptedTask extends TaskPlace, Required<WriteWatcher> {}

const nobody: WriteWatcher = { committed: () => {} }

/** One commit, on its way. */
export interface Commit {
  /** Settles with it: the same promise for all who share it. */
  readonly written: Promise<void>
}

/** What shares a commit, and the promise of all who wait for it: one, however many they are. */
class Group implements Commit {
  changes: Change[] = []
  records: AcceptedRecords = noRecords()
  /** Most writes are of tasks that are accepted: each is its record and itself, and nothing more. */
  #accepted: AcceptedTask[] = []
  /** Who is told, in the order of the writes. */
  #watchers: WriteWatcher[] = []
  /** Of each write, how many changes there are up to its last one. */
  #ends: number[] = []
  #promise: { readonly promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } | null = null

  get size(): number {
    return this.#accepted.length + this.#watchers.length
  }

  add(changes: readonly Change[], watcher: WriteWatcher): void {
    for (const change of changes) this.changes.push(change)
    this.#watchers.push(watcher)
    this.#ends.push(this.changes.length)
  }

  accept(task: AcceptedTask, record: Draft): void {
    this.#accepted.push(task)
    this.records[task.priority].push(record)
  }

  /** Takes over those writes of `other` that are not given up. @returns what takes away those that are */
  keep(other: Group): Change[] {
    const undoing: Change[] = other.#accepted.map(({ priority, sequence }) => ({ gone: { priority, sequence } }))
    let from = 0
    for (const [index, watcher] of other.#watchers.entries()) {
      const to = other.#ends[index] ?? from
      const changes = other.changes.slice(from, to)
      if (watcher.refused === undefined) this.add(changes, watcher)
      else undoing.push(...changes.map(undone))
      from = to
    }
    return undoing
  }

  get written(): Promise<void> {
    if (this.#promise !== null) return this.#promise.promise
    const settle: { resolve: () => void; reject: (error: Error) => void } = { resolve() {}, reject() {} }
    const promise = new Promise<void>((resolve, reject) => {
      settle.resolve = resolve
      settle.reject = reject
    })
    // whoever looks gets the error; nobody has to
    promise.catch(() => {})
    this.#promise = { promise, ...settle }
    return promise
  }

  succeeded(): void {
    const { accepted, watchers } = this.#drop()
    for (const task of accepted) task.committed()
    for (const watcher of watchers) watcher.committed()
    this.#promise?.resolve()
  }

  failed(error: StoreError): void {
    const { accepted, watchers } = this.#drop()
    for (const task of accepted) task.refused(error)
    for (const watcher of watchers) watcher.refused?.(error)
    this.#promise?.reject(error)
  }

  /** Whoever keeps the commit does not keep what was written. */
  #drop(): { readonly accepted: readonly AcceptedTask[]; readonly watchers: readonly WriteWatcher[] } {
    const accepted = this.#accepted
    const watchers = this.#watchers
    this.#accepted = []
    this.#watchers = []
    this.#ends = []
    this.changes = []
    this.records = noRecords()
    return { accepted, watchers }
  }
}

function noRecords(): AcceptedRecords {
  return [[], [], [], []]
}

/**
 * `idle`: nothing is to be written, or the store is tried again later. `gathering`: a commit is about to begin, with what is
 * written until then. `committing`: one is on its way.
 */
type Phase = 'idle' | 'gathering' | 'committing'

export class Writer {
  readonly #store: TaskStore
  readonly #clock: Clock
  /** Told when writing begins to fail, and with null when it works again. */
  readonly #tell: (error: StoreError | null) => void
  #waiting = new Group()
  #phase: Phase = 'idle'
  #failure: StoreError | null = null
  #retry: Alarm | undefined
  #idle: (() => void)[] = []

  constructor(store: TaskStore, clock: Clock, tell: (error: StoreError | null) => void) {
    this.#store = store
    this.#clock = clock
    this.#tell = tell
  }

  /** Why nothing can be written at present; null when it can. */
  get failure(): StoreError | null {
    return this.#failure
  }

  /** Whether everything is on disk. */
  get idle(): boolean {
    return this.#phase === 'idle' && this.#waiting.size === 0
  }

  /**
   * Writes, in the order of the calls.
   * @returns its commit, which rejects when it fails, whatever is tried again
   */
  write(changes: readonly Change[], watcher: WriteWatcher = nobody): Commit {
    const group = this.#waiting
    group.add(changes, watcher)
    this.#begin()
    return group
  }

  /** As `write`, of a task with its record. */
  accept(task: AcceptedTask, record: Draft): Commit {
    const group = this.#waiting
    group.accept(task, record)
    this.#begin()
    return group
  }

  /** Settles when everything is on disk, or the store has failed at it once more. */
  async flush(): Promise<void> {
    if (this.#retry !== undefined) this.#tryAgain()
    if (this.idle) return
    await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  /** Nothing is written any more; what waits is given up. */
  close(): void {
    this.#retry?.cancel()
    this.#retry = undefined
    const given = this.#waiting
    this.#waiting = new Group()
    given.failed(this.#failure ?? closedStore(this.#store.directory))
  }

  #begin(): void {
    if (this.#phase === 'idle' && this.#retry === undefined) this.#gather(queueMicrotask)
  }

  /** A commit begins when `soon` calls back: what is written until then shares it. */
  #gather(soon: (begin: () => void) => void): void {
    this.#phase = 'gathering'
    soon(() => this.#commit())
  }

  #commit(): void {
    const group = this.#waiting
    if (group.size === 0) return this.#rest()
    this.#waiting = new Group()
    this.#phase = 'committing'
    this.#store.write(group.changes, group.records).then(
      () => this.#succeed(group),
      (thrown: unknown) => this.#fail(asStoreError(thrown, this.#store.directory, 'writing'), group),
    )
  }

  #succeed(group: Group): void {
    this.#works()
    const { size } = group
    group.succeeded()
    // those who waited may have more to write at once: then it shares the next commit
    if (size > 1) this.#gather(setImmediate)
    else this.#commit()
  }

  #fail(failure: StoreError, group: Group): void {
    const first = this.#failure === null
    const later = this.#waiting
    this.#failure = failure
    this.#waiting = new Group()
    // whether a failed commit left anything behind is not known: what was refused must not come back later
    const undoing = this.#waiting.keep(group)
    this.#waiting.add(undoing, nobody)
    this.#waiting.keep(later)
    this.#retry = this.#clock.setAlarm(RETRY_MS, () => this.#tryAgain())
    this.#phase = 'idle'
    group.failed(failure)
    later.failed(failure)
    if (first) this.#tell(failure)
    this.#tellIdle()
  }

  #tryAgain(): void {
    this.#retry?.cancel()
    this.#retry = undefined
    if (this.#phase === 'idle' && this.#waiting.size > 0) this.#gather(queueMicrotask)
  }

  #rest(): void {
    this.#phase = 'idle'
    this.#tellIdle()
  }

  #works(): void {
    if (this.#failure === null) return
    this.#failure = null
    this.#tell(null)
  }

  #tellIdle(): void {
    for (const resolve of this.#idle.splice(0)) resolve()
  }
}

/** What takes away what the change may have left behind. */
function undone(change: Change): Change {
  return 'key' in change ? { key: change.key, value: undefined } : change
}
