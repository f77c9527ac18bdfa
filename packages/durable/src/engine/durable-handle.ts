// A task as its submitter sees it: settled when its end is on disk, and not before.
import { Settling, isSettled, rejected } from '@catzilla/engine'
import type { StoreError, TaskCall, TaskHandle, TaskStats, TaskStatus } from '@catzilla/engine'
import type { TaskPlace } from '../format/keys.ts'
import type { Commit, WriteWatcher } from '../store/writer.ts'

/** What a handle asks of the engine that made it. */
export interface HandleHome {
  /** Somebody has asked for a failure that nobody had looked at. */
  observed(): void
}

/** What is true of a few tasks only: all others share one, so that a task that waits is small. */
interface Rare {
  readonly retryOf: string | null
  /** An earlier process died while it ran. */
  readonly recovered: boolean
  /** Epoch milliseconds, of a task of an earlier process; null: the engine inside knows. */
  readonly createdAt: number | null
  /** Of its attempts, those in which the process died. */
  readonly recoveries: number
  /** Attempts of it stand in the store. */
  readonly hasAttempts: boolean
  /** It could not be stored: what becomes of it stays in memory. */
  readonly refusal: StoreError | null
}

const nothingRare: Rare = Object.freeze({
  retryOf: null,
  recovered: false,
  createdAt: null,
  recoveries: 0,
  hasAttempts: false,
  refusal: null,
})

const acceptedAtOnce: Promise<void> = Promise.resolve()

export class DurableHandle extends Settling implements TaskHandle, TaskPlace, WriteWatcher {
  readonly call: TaskCall
  readonly sequence: number
  readonly inner: TaskHandle
  /** Where its running attempt is noted; -1: nowhere. */
  slot = -1
  /** The latest attempt that was begun. */
  attempt = 0
  readonly #home: HandleHome
  #rare: Rare = nothingRare
  /** That has its record; null: the disk has it. */
  #commit: Commit | null = null

  constructor(home: HandleHome, call: TaskCall, inner: TaskHandle, sequence: number) {
    super()
    this.#home = home
    this.call = call
    this.inner = inner
    this.sequence = sequence
  }

  get rare(): Rare {
    return this.#rare
  }

  note(rare: Partial<Rare>): void {
    this.#rare = { ...this.#rare, ...rare }
  }

  get priority(): TaskPlace['priority'] {
    return this.call.options.priority
  }

  /** Put together anew each time: a text for each that waits would be memory of its own. */
  get taskId(): string {
    return this.inner.taskId
  }

  get name(): string {
    return this.call.name
  }

  get accepted(): Promise<void> {
    const { refusal } = this.#rare
    return refusal === null ? (this.#commit?.written ?? acceptedAtOnce) : rejected(refusal)
  }

  /** @param commit that has its record */
  acceptedWith(commit: Commit): void {
    this.#commit = commit
  }

  /** Its record is on disk. */
  committed(): void {
    this.#commit = null
  }

  /**
   * Its record could not be written. What has not started will not: nobody would know of it after a crash. What runs goes
   * on, and ends as it ends.
   */
  refused(error: StoreError): void {
    this.note({ refusal: error })
    if (this.status !== 'running') this.inner.cancel(`it could not be stored: ${error.message}`)
  }

  /** An end that is not yet recorded does not show, but that it was cancelled: whoever did so knows. */
  get status(): TaskStatus {
    const { peeked } = this
    if (peeked !== undefined) return peeked.status
    const { status } = this.inner
    return isSettled(status) && status !== 'cancelled' && status !== 'expired' ? 'running' : status
  }

  stats(): TaskStats {
    const stats = this.inner.stats()
    const { status } = this
    const createdAt = this.#rare.createdAt ?? stats.createdAt
    return status === stats.status ? { ...stats, createdAt } : { ...stats, createdAt, status, completedAt: null }
  }

  cancel(reason?: string): boolean {
    return this.peeked === undefined && this.inner.cancel(reason)
  }

  protected get described(): string {
    return `task '${this.name}'`
  }

  protected observed(): void {
    this.#home.observed()
  }
}
