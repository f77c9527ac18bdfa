// Submission that waits for room in the queue, first come, first served.
import { QueueFullError, TaskCancelledError, TaskExpiredError, copyArguments, memoryTerms } from '@catzilla/engine'
import { checkArgumentsAsync } from './schema.ts'
import { submit } from './submit.ts'
import type { TaskParts } from './task.ts'
import type { TaskResult } from './task-result.ts'

/**
 * Submits a task as soon as there is room and the engine holds it.
 * @throws as `Task.enqueue`
 */
export async function enqueue(parts: TaskParts, args: readonly unknown[]): Promise<TaskResult<unknown>> {
  const { home, call, input } = parts
  const since = home.clock.now()
  // copied now: what the caller changes while it waits is not seen. It is not taken: it may never be submitted
  const terms = memoryTerms(call.options)
  const copied = input === undefined ? copyArguments(args, call.name, terms === 'taken' ? 'copied' : terms) : args
  const checked = input === undefined ? copied : await checkArgumentsAsync(call.name, input, args)
  const checkedParts = { ...parts, input: undefined }
  for (;;) {
    const wait = new RoomWait(checkedParts, since)
    // one at a time asks for room: so nobody overtakes, and a place that one does not take goes to the next
    const submitted = home.turnstile.pass(() => submitWhenRoom(checkedParts, checked, wait))
    const result = await Promise.race([submitted, wait.over])
    try {
      await result.accepted
      return result
    } catch (error) {
      if (!(error instanceof QueueFullError)) throw error
    }
  }
}

async function submitWhenRoom(
  parts: TaskParts,
  args: readonly unknown[],
  wait: RoomWait,
): Promise<TaskResult<unknown>> {
  const { home, call } = parts
  const { uniqueKey } = call.options
  try {
    for (;;) {
      // one that has its key already needs no room
      if (uniqueKey === undefined) await Promise.race([home.engine.room(), wait.over])
      try {
        return submit(wait.whatIsLeft(), args)
      } catch (error) {
        // somebody who did not wait took the place meanwhile
        if (!(error instanceof QueueFullError)) throw error
        if (uniqueKey !== undefined) await Promise.race([home.engine.room(), wait.over])
      }
    }
  } finally {
    wait.stop()
  }
}

/** How long a task waits for room: until its signal aborts, or the time is over by which it has to start. */
class RoomWait {
  /** Rejects when it is over. */
  readonly over: Promise<never>
  readonly stop: () => void
  readonly #parts: TaskParts
  readonly #since: number
  #error: Error | undefined

  constructor(parts: TaskParts, since: number) {
    this.#parts = parts
    this.#since = since
    const { call, home } = parts
    const { signal, expireAfterMs } = call.options
    let end: (error: Error) => void = () => {}
    this.over = new Promise((_, reject) => {
      end = (error) => {
        this.#error ??= error
        reject(error)
      }
    })
    // whoever waits hears of it
    this.over.catch(() => {})
    const abort = (): void => end(cancelled(call.name))
    const left = expireAfterMs === undefined ? Infinity : expireAfterMs - this.#waited
    const alarm = left < Infinity ? home.clock.setAlarm(left, () => end(expired(parts))) : undefined
    signal?.addEventListener('abort', abort, { once: true })
    this.stop = () => {
      alarm?.cancel()
      signal?.removeEventListener('abort', abort)
    }
    if (signal?.aborted === true) abort()
  }

  get #waited(): number {
    return this.#parts.home.clock.now() - this.#since
  }

  /** What is to be submitted now: of the time by which the task has to start, the wait is gone. @throws when it is over */
  whatIsLeft(): TaskParts {
    if (this.#error !== undefined) throw this.#error
    const { call } = this.#parts
    const { expireAfterMs } = call.options
    const waited = this.#waited
    if (expireAfterMs === undefined || waited < 1) return this.#parts
    if (waited >= expireAfterMs) throw expired(this.#parts)
    const options = { ...call.options, expireAfterMs: expireAfterMs - waited }
    return { ...this.#parts, call: Object.freeze({ ...call, options: Object.freeze(options) }) }
  }
}

function cancelled(name: string): TaskCancelledError {
  return new TaskCancelledError(`task '${name}' was cancelled while it waited for room in the queue`)
}

function expired({ call: { name, options } }: TaskParts): TaskExpiredError {
  return new TaskExpiredError(
    `task '${name}' had not started ${options.expireAfterMs} ms after enqueue(): there was no room for it in the queue`,
  )
}
