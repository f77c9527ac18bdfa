// The running task, from inside its body.
import { TaskDefinitionError, currentTask as findCurrentTask } from '@catzilla/engine'
import type { TaskContext } from '@catzilla/engine'

/**
 * The task whose body calls this, also after an `await`.
 * @throws TaskDefinitionError outside of a task, as in a body that was called directly
 * @example
 * const { signal, progress } = currentTask()
 * const page = await fetch(url, { signal })
 */
export function currentTask(): TaskContext {
  const context = findCurrentTask()
  if (context !== undefined) return context
  throw new TaskDefinitionError('currentTask() was called outside of a running task; ask insideTask() first')
}

/** Whether the caller runs as a task. */
export function insideTask(): boolean {
  return findCurrentTask() !== undefined
}
