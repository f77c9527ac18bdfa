// Tells those who wait for a task that C looks after how it ended: promises and groups at once, listeners after the round.
import type { TaskOutcome } from '../contract/task.ts'
import { callSafely } from '../support/event-stream.ts'
import type { EventStream } from '../support/event-stream.ts'
import { TaskGroup } from '../support/task-group.ts'
import { Waiter } from './native-task.ts'

type Listener = (outcome: TaskOutcome) => void

export class EndTelling {
  readonly #events: EventStream
  /** In threes: a listener, what it is owed, and the name of its task. */
  #owed: (Listener | TaskOutcome | string)[] = []

  constructor(events: EventStream) {
    this.#events = events
  }

  /**
   * @param name of the task
   * @param waiting what its place on the slab holds: a group, a waiter, or a listener
   * @param end its result, or the error of one that failed or was cancelled
   */
  tell(name: string, waiting: unknown, status: TaskOutcome['status'], end: unknown): void {
    if (waiting instanceof TaskGroup) return waiting.settle(status === 'completed' ? undefined : (end as Error))
    if (!(waiting instanceof Waiter)) {
      this.#owed.push(waiting as Listener, outcomeOf(status, end), name)
      return
    }
    if (status === 'completed') waiting.resolve?.(end)
    else waiting.reject?.(end as Error)
    if (waiting.listeners === null) return
    const outcome = outcomeOf(status, end)
    for (const listener of waiting.listeners) this.#owed.push(listener, outcome, name)
  }

  /** Calls the listeners, once who settles tasks has done with them. */
  deliver(): void {
    if (this.#owed.length === 0) return
    const owed = this.#owed
    this.#owed = []
    this.#events.defer(() => {
      for (let index = 0; index < owed.length; index += 3) {
        const [listener, outcome] = [owed[index] as Listener, owed[index + 1] as TaskOutcome]
        tellSafely(listener, outcome, owed[index + 2] as string)
      }
    })
  }
}

function outcomeOf(status: TaskOutcome['status'], end: unknown): TaskOutcome {
  return status === 'completed' ? { status, value: end } : { status, error: end as Error }
}

/** As `callSafely`, without a closure for each of many calls that go well. */
function tellSafely(listener: Listener, outcome: TaskOutcome, name: string): void {
  let answer: unknown
  try {
    answer = listener(outcome)
  } catch (thrown) {
    callSafely(() => {
      throw thrown
    }, `listener of task '${name}'`)
    return
  }
  if (answer instanceof Promise) callSafely(() => answer, `listener of task '${name}'`)
}
