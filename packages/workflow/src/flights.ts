// The tasks of a run that are under way: submitted, waited for, called off.
import { EngineClosedError, QueueFullError } from '@catzilla/api'
import type { TaskOutcome, TaskResult } from '@catzilla/api'
import { toError } from '@catzilla/api/extend'
import type { Caller, Runnable } from './graph.ts'

/** Runs that are steps of this one are paused with it. */
interface Pausable {
  pause(): void
  resume(): void
}

type End = (outcome: TaskOutcome) => void

/** Takes the place of a task that still waits for room in the queue. */
const waitsForRoom = Symbol('waits for room')

export class Flights {
  readonly #tasks = new Map<number, TaskResult<unknown> | typeof waitsForRoom>()
  readonly #closed: (error: Error) => void

  /** @param closed the engine takes no more tasks, and will not run those it had */
  constructor(closed: (error: Error) => void) {
    this.#closed = closed
  }

  /** Submits, waiting for room when the queue is full. `end` is told once, unless the task is called off first. */
  submit(key: number, body: Runnable, args: readonly unknown[], caller: Caller, end: End): void {
    try {
      this.#follow(key, body.start(args, caller), end)
    } catch (thrown) {
      if (thrown instanceof QueueFullError) void this.#submitLater(key, body.startWhenRoom(args, caller), end)
      else this.#refused(key, thrown, end)
    }
  }

  /** As `submit`, for what does not wait for room. */
  launch<T>(key: number, start: () => TaskResult<T>, end: (outcome: TaskOutcome<T>) => void): void {
    try {
      this.#follow(key, start(), end as End)
    } catch (thrown) {
      this.#refused(key, thrown, end as End)
    }
  }

  /** Calls off all whose key is met. */
  cancel(reason: string, isMeant: (key: number) => boolean): void {
    for (const [key, task] of this.#tasks) {
      if (!isMeant(key)) continue
      this.#tasks.delete(key)
      if (task !== waitsForRoom) task.cancel(reason)
    }
  }

  /** Pauses or resumes the runs among them. */
  passOn(what: 'pause' | 'resume'): void {
    for (const task of this.#tasks.values()) {
      if (typeof task === 'object' && what in task) (task as unknown as Pausable)[what]()
    }
  }

  async #submitLater(key: number, starting: Promise<TaskResult<unknown>>, end: End): Promise<void> {
    this.#tasks.set(key, waitsForRoom)
    try {
      const task = await starting
      if (this.#tasks.get(key) === waitsForRoom) this.#follow(key, task, end)
      else task.cancel('the step was called off while it waited for room in the queue')
    } catch (thrown) {
      if (this.#tasks.get(key) === waitsForRoom) this.#refused(key, thrown, end)
    }
  }

  #follow(key: number, task: TaskResult<unknown>, end: End): void {
    this.#tasks.set(key, task)
    task.addCallback((outcome) => {
      // one that was called off, or started anew, is no longer listened to
      if (this.#tasks.get(key) !== task) return
      this.#tasks.delete(key)
      if (outcome.status === 'cancelled' && outcome.error instanceof EngineClosedError) this.#closed(outcome.error)
      else end(outcome)
    })
  }

  #refused(key: number, thrown: unknown, end: End): void {
    this.#tasks.delete(key)
    const error = toError(thrown)
    if (error instanceof EngineClosedError) this.#closed(error)
    else end({ status: 'failed', error })
  }
}
