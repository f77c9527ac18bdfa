// The end of a task, and everybody who waits for it: what handles of engines have in common that learn of an end from
// elsewhere (a store, a broker, the steps of a run).
import type { TaskOutcome } from '../contract/task.ts'
import { callSafely } from './event-stream.ts'
import { deferred, rejected } from './quiet-promise.ts'
import type { Deferred } from './quiet-promise.ts'

export type OutcomeListener = (outcome: TaskOutcome) => void

/** Settles at most once. A promise and a list of listeners are made when somebody asks for them. */
export abstract class Settling {
  #outcome: TaskOutcome | undefined
  #unobserved = false
  #wait: Deferred<unknown> | null = null
  #listeners: OutcomeListener[] | null = null

  /** Who it is, for messages about listeners that throw. */
  protected abstract get described(): string

  /** Somebody has looked at a failure for the first time. */
  protected abstract observed(): void

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

  /** It failed, and nobody has looked at that yet. */
  get isUnobserved(): boolean {
    return this.#unobserved
  }

  /** The result; rejects with the error of a task that has none. Nobody has to handle the rejection. */
  wait(): Promise<unknown> {
    const outcome = this.#outcome
    if (outcome?.status === 'completed') return Promise.resolve(outcome.value)
    if (outcome !== undefined) {
      this.#look()
      return rejected(outcome.error)
    }
    return (this.#wait ??= deferred<unknown>()).promise
  }

  /** Listeners are called in a microtask; what they throw is reported and stops nobody else. */
  onSettled(listener: OutcomeListener): void {
    if (this.#outcome === undefined) {
      if (this.#listeners === null) this.#listeners = [listener]
      else this.#listeners.push(listener)
    } else {
      this.#look()
      this.#tell([listener], this.#outcome)
    }
  }

  /** @returns false when it had ended before: the first end stands */
  settle(outcome: TaskOutcome): boolean {
    if (this.#outcome !== undefined) return false
    this.#unobserved = outcome.status === 'failed' && !this.awaited
    this.#outcome = outcome
    if (outcome.status === 'completed') this.#wait?.resolve(outcome.value)
    else this.#wait?.reject(outcome.error)
    this.#tell(this.#listeners, outcome)
    this.#listeners = null
    return true
  }

  #look(): void {
    if (!this.#unobserved) return
    this.#unobserved = false
    this.observed()
  }

  #tell(listeners: readonly OutcomeListener[] | null, outcome: TaskOutcome): void {
    if (listeners === null) return
    queueMicrotask(() => {
      for (const listener of listeners) callSafely(() => listener(outcome), `listener of ${this.described}`)
    })
  }
}
