// Group commit: whatever is to be written while one commit is on its way goes into the next one, so that all who wait share
// its sync. While the store cannot write, what must not be lost is kept and tried again; new tasks are refused.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Alarm, Clock, StoreError } from '@catzilla/engine'
import type { Store, StoreChange } from './store.ts'
import { asStoreError, closedStore } from './store-errors.ts'

/** Pause in milliseconds before a failing store is tried again. */
const RETRY_MS = 1000

/** Who is told of a write. */
export interface WriteWatcher {
  /** It is on disk. */
  committed(): void
  /** It could not be written, and is given up. Without it, it is tried until it can be. */
  readonly refused?: (error: StoreError) => void
}

interface Waiting {
  readonly changes: readonly StoreChange[]
  readonly watcher: WriteWatcher
}

const nobody: WriteWatcher = { committed: () => {} }

/** One commit, on its way. */
export interface Commit {
  /** Settles with it: the same promise for all who share it. */
  readonly written: Promise<void>
}

/** What shares a commit, and the promise of all who wait for it: one, however many they are. */
class Group implements Commit {
  entries: Waiting[] = []
  #promise: { readonly promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } | null = null

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
    for (const { watcher } of this.entries) watcher.committed()
    // whoever keeps the commit does not keep what was written
    this.entries = []
    this.#promise?.resolve()
  }

  failed(error: StoreError): void {
    for (const { watcher } of this.entries) watcher.refused?.(error)
    this.entries = []
    this.#promise?.reject(error)
  }
}

export class Writer {
  readonly #store: Store
  readonly #clock: Clock
  /** Told when writing begins to fail, and with null when it works again. */
  readonly #tell: (error: StoreError | null) => void
  #waiting = new Group()
  #committing = false
  #failure: StoreError | null = null
  #retry: Alarm | undefined
  #idle: (() => void)[] = []

  constructor(store: Store, clock: Clock, tell: (error: StoreError | null) => void) {
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
    return !this.#committing && this.#waiting.entries.length === 0
  }

  /**
   * Writes, in the order of the calls.
   * @returns its commit, which rejects when it fails, whatever is tried again
   */
  write(changes: readonly StoreChange[], watcher: WriteWatcher = nobody): Commit {
    const group = this.#waiting
    group.entries.push({ changes, watcher })
    if (!this.#committing && this.#retry === undefined) this.#begin()
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
    this.#committing = true
    // a turn later: what is submitted in this one shares the commit
    queueMicrotask(() => void this.#commitAll())
  }

  async #commitAll(): Promise<void> {
    while (this.#waiting.entries.length > 0) {
      const group = this.#waiting
      const isShared = group.entries.length > 1
      this.#waiting = new Group()
      const failure = await this.#commit(group)
      if (failure !== null) return this.#fail(failure, group)
      this.#works()
      group.succeeded()
      // those who waited may have more to write at once: then it shares the next commit
      if (isShared) await nextTurn()
    }
    this.#committing = false
    this.#tellIdle()
  }

  async #commit({ entries }: Group): Promise<StoreError | null> {
    const all: StoreChange[] = []
    for (const { changes } of entries) for (const change of changes) all.push(change)
    try {
      await this.#store.write(all)
      return null
    } catch (thrown) {
      return asStoreError(thrown, this.#store.directory, 'writing')
    }
  }

  #fail(failure: StoreError, group: Group): void {
    const first = this.#failure === null
    const later = this.#waiting
    this.#failure = failure
    this.#waiting = new Group()
    const isKept = ({ watcher }: Waiting): boolean => watcher.refused === undefined
    // whether a failed commit left anything behind is not known: what was refused must not come back later
    const refused = group.entries.filter((each) => !isKept(each))
    const undo = refused.flatMap(({ changes }) => changes.map(({ key }) => ({ key, value: undefined })))
    const kept = [...group.entries.filter(isKept), { changes: undo, watcher: nobody }, ...later.entries.filter(isKept)]
    this.#waiting.entries.push(...kept)
    this.#committing = false
    this.#retry = this.#clock.setAlarm(RETRY_MS, () => this.#tryAgain())
    group.failed(failure)
    later.failed(failure)
    if (first) this.#tell(failure)
    this.#tellIdle()
  }

  #tryAgain(): void {
    this.#retry?.cancel()
    this.#retry = undefined
    if (!this.#committing && this.#waiting.entries.length > 0) this.#begin()
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
