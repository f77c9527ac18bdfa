// What a submitter gets at once: the handle of a task.
import {
  ConfigurationError,
  TaskDefinitionError,
  WaitTimeoutError,
  describeValue,
  callSafely,
  checkOptions,
  isSettled,
} from '@catzilla/engine'
import type { Clock, TaskHandle, TaskOutcome, TaskStats, TaskStatus } from '@catzilla/engine'
import { TaskFuture } from './task-future.ts'

/**
 * The handle of a submitted task. It settles exactly once: with the result, or with the error that says how it ended.
 * A result nobody awaits never causes an unhandled rejection.
 */
export class TaskResult<T> {
  readonly #handle: TaskHandle<T>
  readonly #clock: Clock

  constructor(handle: TaskHandle<T>, clock: Clock) {
    this.#handle = handle
    this.#clock = clock
  }

  get taskId(): string {
    return this.#handle.taskId
  }

  get name(): string {
    return this.#handle.name
  }

  get status(): TaskStatus {
    return this.#handle.status
  }

  /** Settles when the engine holds the task: durable engines on disk, brokers on the broker, others at once. */
  get accepted(): Promise<void> {
    return this.#handle.accepted
  }

  /** How the task ended; undefined while it has not. */
  get outcome(): TaskOutcome<T> | undefined {
    return this.#handle.outcome
  }

  /** Whether the task has settled, well or badly. */
  isReady(): boolean {
    return isSettled(this.#handle.status)
  }

  /**
   * The result, when it is there.
   * @param timeoutMs longest wait in milliseconds; without it as long as it takes. The task goes on in any case.
   * @throws WaitTimeoutError, or the error the task ended with
   */
  wait(timeoutMs?: number): Promise<T> {
    if (timeoutMs === undefined || timeoutMs === Infinity) return this.#handle.wait()
    checkOptions(waitTable, { timeoutMs }, 'wait')
    return this.#waitAtMost(timeoutMs)
  }

  /**
   * The result, holding up the thread until it is there. For lanes that run elsewhere.
   * @param timeoutMs longest wait in milliseconds; without it as long as it takes. The task goes on in any case.
   * @throws WaitTimeoutError, or the error the task ended with
   * @throws TaskDefinitionError on the inline lane: the task needs the very thread that would wait
   */
  waitSync(timeoutMs?: number): T {
    if (timeoutMs !== undefined) checkOptions(waitTable, { timeoutMs }, 'waitSync')
    const handle = this.#handle
    if (!isSettled(handle.status)) this.#holdUp(timeoutMs ?? Infinity)
    const { outcome } = handle
    if (outcome?.status === 'completed') return outcome.value
    throw outcome?.error ?? new TypeError(`task ${this.taskId} was said to have settled, and has not`)
  }

  /** Calls `callback` with the outcome, once, on the event loop, also when the task has settled already. */
  addCallback(callback: (outcome: TaskOutcome<T>) => void): this {
    if (typeof callback !== 'function') {
      throw new ConfigurationError(`addCallback accepts a function, got ${describeValue(callback)}`)
    }
    this.#handle.onSettled((outcome) => callSafely(() => callback(outcome), `callback of task '${this.name}'`))
    return this
  }

  /** Times (epoch milliseconds), durations (milliseconds), attempts and progress of the task so far. */
  getStats(): TaskStats {
    return this.#handle.stats()
  }

  /** Ends the task: one that waits never starts, one that runs has its signal aborted. True when this call ended it. */
  cancel(reason?: string): boolean {
    return this.#handle.cancel(reason)
  }

  /** The result as something to `await` and to chain. */
  future(): TaskFuture<T> {
    return new TaskFuture<T>(this)
  }

  #holdUp(timeoutMs: number): void {
    const handle = this.#handle
    if (handle.waitSync === undefined) {
      throw new TaskDefinitionError(
        `task '${this.name}' runs on the ${handle.stats().lane} lane: waitSync() would wait for a task that waits for this thread; use await wait()`,
      )
    }
    if (!handle.waitSync(timeoutMs)) throw this.#late(timeoutMs)
  }

  #late(timeoutMs: number): WaitTimeoutError {
    return new WaitTimeoutError(`task '${this.name}' has not settled within ${timeoutMs} ms; it goes on`)
  }

  async #waitAtMost(timeoutMs: number): Promise<T> {
    if (this.isReady()) return this.#handle.wait()
    let giveUp: (error: Error) => void = () => {}
    const late = new Promise<never>((_, reject) => (giveUp = reject))
    const alarm = this.#clock.setAlarm(timeoutMs, () => giveUp(this.#late(timeoutMs)))
    try {
      return await Promise.race([this.#handle.wait(), late])
    } finally {
      alarm.cancel()
    }
  }
}

const waitTable = {
  timeoutMs: {
    byDefault: 'Infinity',
    accepts: 'a number of milliseconds ≥ 0, or Infinity',
    about: 'Longest wait.',
    check: (value: unknown) => typeof value === 'number' && value >= 0,
  },
}
