// The inline lane: bodies run on the event loop of the submitting process, synchronous or asynchronous.
import { toError } from '../contract/errors.ts'
import type { TaskHandler } from '../contract/task.ts'
import { leaveTaskContext, runInTaskContext } from './task-context.ts'
import type { Running } from './task-context.ts'

/** What becomes of an attempt: a value or an error now, or a promise that will be followed. */
export interface AttemptFollower<A> {
  succeeded(attempt: A, value: unknown): void
  failed(attempt: A, error: Error): void
  /** The body gave a promise: time limits begin to matter. */
  pending(attempt: A): void
}

/** Runs the body now. Its end is told to `follower` exactly once, before this returns when the body is synchronous. */
export function runInline<A extends Running>(
  attempt: A,
  body: TaskHandler,
  args: readonly unknown[],
  follower: AttemptFollower<A>,
): void {
  let answer: unknown
  try {
    answer = runInTaskContext(attempt, body, args)
    if (isThenable(answer)) return follow(attempt, answer, follower)
  } catch (thrown) {
    leaveTaskContext()
    return follower.failed(attempt, toError(thrown))
  }
  follower.succeeded(attempt, answer)
}

function follow<A>(attempt: A, answer: PromiseLike<unknown>, follower: AttemptFollower<A>): void {
  const promise = answer instanceof Promise ? answer : Promise.resolve(answer)
  leaveTaskContext()
  follower.pending(attempt)
  promise.then(
    (value) => follower.succeeded(attempt, value),
    (thrown: unknown) => follower.failed(attempt, toError(thrown)),
  )
}

/** Whether a body gave a promise, of whatever library. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
