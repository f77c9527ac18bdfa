// Group commit: whatever is to be written while one commit is on its way goes into the next one, so that all who wait share
// its sync. While the store cannot write, what must not be lost is kept and tried again; new tasks are refused.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Alarm, Clock, StoreError } from '@catzilla/engine'
import type { Store, StoreChange } from './store.ts'
import { asStoreError, closedStore } from './store-errors.ts'

/** Pause in milliseconds before a failing store is tried again. */
const RETRY_MS = 1000

interface Waiting {
  readonly changes: readonly StoreChange[]
  /** Told when the changes are on disk. */
  readonly done: () => void
  /** Told instead when they could not be written; without it they are tried until they can be. */
  readonly refused: ((error: StoreError) => void) | null
}

export class Writer {
  readonly #store: Store
  readonly #clock: Clock
  /** Told when writing begins to fail, and with null when it works again. */
  readonly #tell: (error: StoreError | null) => void
  #waiting: Waiting[] = []
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
    return !this.#committing && this.#waiting.length === 0
  }

  /** Writes, in the order of the calls. @param refused makes the changes ones that are given up when they cannot be written */
  write(changes: readonly StoreChange[], done: () => void = () => {}, refused: Waiting['refused'] = null): void {
    this.#waiting.push({ changes, done, refused })
    if (!this.#committing && this.#retry === undefined) this.#begin()
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
    const error = this.#failure ?? closedStore(this.#store.directory)
    for (const { refused } of this.#waiting.splice(0)) refused?.(error)
  }

  #begin(): void {
    this.#committing = true
    // a turn later: what is submitted in this one shares the commit
    queueMicrotask(() => void this.#commitAll())
  }

  async #commitAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting
      this.#waiting = []
      const failure = await this.#commit(group)
      if (failure !== null) return this.#fail(failure, group)
      this.#works()
      for (const { done } of group) done()
      // those who waited may have more to write at once: then it shares the next commit
      if (group.length > 1) await nextTurn()
    }
    this.#committing = false
    this.#tellIdle()
  }

  async #commit(group: readonly Waiting[]): Promise<StoreError | null> {
    try {
      await this.#store.write(group.flatMap(({ changes }) => changes))
      return null
    } catch (thrown) {
      return asStoreError(thrown, this.#store.directory, 'writing')
    }
  }

  #fail(failure: StoreError, group: readonly Waiting[]): void {
    const first = this.#failure === null
    this.#failure = failure
    const refused = group.filter((each) => each.refused !== null)
    // whether a failed commit left anything behind is not known: what was refused must not come back later
    const undo = refused.flatMap(({ changes }) => changes.map(({ key }) => ({ key, value: undefined })))
    const kept = group.filter((each) => each.refused === null)
    const later = this.#waiting.filter((each) => each.refused === null)
    const alsoRefused = this.#waiting.filter((each) => each.refused !== null)
    this.#waiting = [...kept, { changes: undo, done: () => {}, refused: null }, ...later]
    this.#committing = false
    this.#retry = this.#clock.setAlarm(RETRY_MS, () => this.#tryAgain())
    for (const each of [...refused, ...alsoRefused]) each.refused?.(failure)
    if (first) this.#tell(failure)
    this.#tellIdle()
  }

  #tryAgain(): void {
    this.#retry?.cancel()
    this.#retry = undefined
    if (!this.#committing && this.#waiting.length > 0) this.#begin()
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
