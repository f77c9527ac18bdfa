// What a submitter gets at once: the handle of a task.
import {
  ConfigurationError,
  TaskDefinitionError,
  WaitTimeoutError,
  describeValue,
  callSafely,
  checkOptions,
  isSettled,
  systemClock,
} from '@catzilla/engine'
import type { Clock, TaskHandle, TaskOutcome, TaskStats, TaskStatus } from '@catzilla/engine'
import { TaskFuture } from './task-future.ts'

/** Clocks of results whose tasks do not go by the system's: a million handles may be held, and each field counts. */
const clocks = new WeakMap<TaskResult<unknown>, Clock>()

/**
 * The handle of a submitted task. It settles exactly once: with the result, or with the error that says how it ended.
 * A result nobody awaits never causes an unhandled rejection.
 */
export class TaskResult<T> {
  readonly #handle: TaskHandle<T>

  constructor(handle: TaskHandle<T>, clock: Clock) {
    this.#handle = handle
    if (clock !== systemClock) clocks.set(this, clock)
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
    if (this.isReady()) return this.#handle.wait()
    return waitAtMost(this, this.#handle, timeoutMs)
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
    if (!isSettled(handle.status)) holdUp(handle, timeoutMs ?? Infinity)
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
}

function holdUp(handle: TaskHandle, timeoutMs: number): void {
  if (handle.waitSync === undefined) {
    throw new TaskDefinitionError(
      `task '${handle.name}' runs on the ${handle.stats().lane} lane: waitSync() would wait for a task that waits for this thread; use await wait()`,
    )
  }
  if (!handle.waitSync(timeoutMs)) throw late(handle, timeoutMs)
}

async function waitAtMost<T>(result: TaskResult<T>, handle: TaskHandle<T>, timeoutMs: number): Promise<T> {
  let giveUp: (error: Error) => void = () => {}
  const over = new Promise<never>((_, reject) => (giveUp = reject))
  const clock = clocks.get(result) ?? systemClock
  const alarm = clock.setAlarm(timeoutMs, () => giveUp(late(handle, timeoutMs)))
  try {
    return await Promise.race([handle.wait(), over])
  } finally {
    alarm.cancel()
  }
}

function late({ name }: TaskHandle, timeoutMs: number): WaitTimeoutError {
  return new WaitTimeoutError(`task '${name}' has not settled within ${timeoutMs} ms; it goes on`)
}

const waitTable = {
  timeoutMs: {
    byDefault: 'Infinity',
    accepts: 'a number of milliseconds ≥ 0, or Infinity',
    about: 'Longest wait.',
    check: (value: unknown) => typeof value === 'number' && value >= 0,
  },
}
