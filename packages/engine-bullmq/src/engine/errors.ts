// The errors of tasks that this engine makes itself, in the words that all engines use.
import { EngineClosedError, TaskCancelledError, TaskExpiredError, describeValue } from '@catzilla/engine'
import type { BrokerHandle } from './broker-handle.ts'

type Task = Pick<BrokerHandle, 'name' | 'taskId'>

export function cancelledError({ name, taskId }: Task, reason: string | undefined): TaskCancelledError {
  return new TaskCancelledError(`task '${name}' (${taskId}) was cancelled${reason === undefined ? '' : `: ${reason}`}`)
}

export function expiredError({ name, taskId }: Task, expireAfterMs: number): TaskExpiredError {
  return new TaskExpiredError(
    `task '${name}' (${taskId}) had not started after expireAfterMs ${expireAfterMs} ms; raise expireAfterMs or its priority`,
  )
}

/** The reason that an abort signal carries. */
export function reasonOf(signal: AbortSignal): string {
  const reason: unknown = signal.reason
  if (reason instanceof Error) return reason.message
  return typeof reason === 'string' ? reason : describeValue(reason)
}

/** The engine closes before the task has ended; the broker keeps it. */
export function closedError(handle: BrokerHandle, why: string): EngineClosedError {
  return new EngineClosedError(
    `task '${handle.name}' (${handle.taskId}) was ${handle.status} when the engine stopped${why}`,
  )
}
