// A task as its submitter sees it: settled when its end is on disk, and not before.
import { callSafely, deferred, isSettled, rejected } from '@catzilla/engine'
import type { StoreError, TaskCall, TaskHandle, TaskOutcome, TaskStats, TaskStatus } from '@catzilla/engine'
import type { TaskPlace } from '../format/keys.ts'
import type { Commit, WriteWatcher } from '../store/writer.ts'

/** What a handle asks of the engine that made it. */
export interface HandleHome {
  /** Somebody has asked for a failure that nobody had looked at. */
  observed(): void
}

type Listener = (outcome: TaskOutcome) => void

const acceptedAtOnce: Promise<void> = Promise.resolve()

export class DurableHandle implements TaskHandle, TaskPlace, WriteWatcher {
  readonly call: TaskCall
  readonly priority: TaskPlace['priority']
  readonly sequence: number
  readonly inner: TaskHandle
  readonly retryOf: string | null
  /** An earlier process died while it ran. */
  readonly recovered: boolean
  /** Epoch milliseconds, of a task of an earlier process; null: the engine inside knows. */
  readonly createdAt: number | null
  /** Where its running attempt is noted; -1: nowhere. */
  slot = -1
  /** The latest attempt that was begun. */
  attempt = 0
  /** Of its attempts, those in which the process died. */
  recoveries = 0
  /** Attempts of it stand in the store. */
  hasAttempts = false
  /** It could not be stored: what becomes of it stays in memory. */
  refusal: StoreError | null = null
  readonly #home: HandleHome
  #accepted = false
  #commit: Commit | null = null
  #outcome: TaskOutcome | undefined
  #unobserved = false
  #wait: { promise: Promise<unknown>; resolve: (value: unknown) => void; reject: (error: Error) => void } | null = null
  #listeners: Listener[] | null = null

  constructor(
    home: HandleHome,
    call: TaskCall,
    inner: TaskHandle,
    sequence: number,
    more: { retryOf: string | null; recovered: boolean; createdAt: number | null; accepted: boolean },
  ) {
    this.#home = home
    this.call = call
    this.inner = inner
    this.sequence = sequence
    this.priority = call.options.priority
    this.retryOf = more.retryOf
    this.recovered = more.recovered
    this.createdAt = more.createdAt
    this.#accepted = more.accepted
  }

  /** Put together anew each time: a text for each that waits would be memory of its own. */
  get taskId(): string {
    return this.inner.taskId
  }

  get name(): string {
    return this.call.name
  }

  get accepted(): Promise<void> {
    if (this.#accepted) return acceptedAtOnce
    if (this.refusal !== null) return rejected(this.refusal)
    return this.#commit?.written ?? acceptedAtOnce
  }

  /** @param commit that has its record */
  acceptedWith(commit: Commit): void {
    this.#commit = commit
  }

  /** Its record is on disk. */
  committed(): void {
    this.#accepted = true
    this.#commit = null
  }

  /**
   * Its record could not be written. What has not started will not: nobody would know of it after a crash. What runs goes
   * on, and ends as it ends.
   */
  refused(error: StoreError): void {
    this.refusal = error
    if (this.status !== 'running') this.inner.cancel(`it could not be stored: ${error.message}`)
  }

  /** An end that is not yet recorded does not show, but that it was cancelled: whoever did so knows. */
  get status(): TaskStatus {
    if (this.#outcome !== undefined) return this.#outcome.status
    const { status } = this.inner
    return isSettled(status) && status !== 'cancelled' && status !== 'expired' ? 'running' : status
  }

  get outcome(): TaskOutcome | undefined {
    if (this.#outcome !== undefined) this.#look()
    return this.#outcome
  }

  /** The outcome for inspection, which is not looking at the result. */
  get peeked(): TaskOutcome | undefined {
    return this.#outcome
  }

  /** Whether anybody waits for the end or listens to it. */
  get awaited(): boolean {
    return this.#wait !== null || this.#listeners !== null
  }

  wait(): Promise<unknown> {
    const outcome = this.#outcome
    if (outcome?.status === 'completed') return Promise.resolve(outcome.value)
    if (outcome !== undefined) {
      this.#look()
      return rejected(outcome.error)
    }
    return (this.#wait ??= deferred<unknown>()).promise
  }

  onSettled(listener: Listener): void {
    if (this.#outcome === undefined) {
      if (this.#listeners === null) this.#listeners = [listener]
      else this.#listeners.push(listener)
    } else {
      this.#look()
      this.#tell([listener], this.#outcome)
    }
  }

  stats(): TaskStats {
    const stats = this.inner.stats()
    const { status } = this
    const createdAt = this.createdAt ?? stats.createdAt
    return status === stats.status ? { ...stats, createdAt } : { ...stats, createdAt, status, completedAt: null }
  }

  cancel(reason?: string): boolean {
    return this.#outcome === undefined && this.inner.cancel(reason)
  }

  /** The end is recorded. @param unobserved it failed and nobody looks */
  settle(outcome: TaskOutcome): void {
    if (this.#outcome !== undefined) return
    this.#unobserved = outcome.status === 'failed' && !this.awaited
    this.#outcome = outcome
    if (outcome.status === 'completed') this.#wait?.resolve(outcome.value)
    else this.#wait?.reject(outcome.error)
    this.#tell(this.#listeners, outcome)
    this.#listeners = null
  }

  #look(): void {
    if (!this.#unobserved) return
    this.#unobserved = false
    this.#home.observed()
  }

  #tell(listeners: readonly Listener[] | null, outcome: TaskOutcome): void {
    if (listeners === null) return
    queueMicrotask(() => {
      for (const listener of listeners) callSafely(() => listener(outcome), `listener of task '${this.name}'`)
    })
  }
}
