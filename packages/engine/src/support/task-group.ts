// Many tasks that somebody waits for together: one promise for however many there are.
import type { TaskHandle, TaskOutcome } from '../contract/task.ts'

/** Counts the tasks of a group as they settle. Engines may tell it at once: it does little and throws nothing. */
export class TaskGroup {
  /** Settles with the group. */
  readonly settled: Promise<void>
  readonly #failing: boolean
  /** One more than are open, until all have joined: asking for a status may settle others. */
  #open = 1
  #resolve: () => void = () => {}
  #reject: (error: Error) => void = () => {}

  /** @param failing whether the first failure ends the wait */
  constructor(handles: readonly TaskHandle[], failing: boolean) {
    this.#failing = failing
    this.settled = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    for (const handle of handles) {
      if (handle.join !== undefined) {
        this.#open++
        handle.join(this)
      } else if (handle.status !== 'completed') {
        this.#open++
        handle.onSettled(this.listener)
      }
    }
    this.settle(undefined)
  }

  /** One of the tasks has settled. */
  settle(failure: Error | undefined): void {
    this.#open--
    if (failure !== undefined && this.#failing) this.#reject(failure)
    if (this.#open === 0) this.#resolve()
  }

  readonly listener = (outcome: TaskOutcome): void => {
    this.settle(outcome.status === 'completed' ? undefined : outcome.error)
  }
}

/**
 * Resolves when all have settled. Each of them counts as looked at.
 * @param failing whether to reject with the first failure instead, at once
 */
export function allSettled(handles: readonly TaskHandle[], failing: boolean): Promise<void> {
  return new TaskGroup(handles, failing).settled
}
