// When an engine has nothing left to do.
import type { EngineStatistics, TaskEngine } from '@catzilla/engine'

/** Settles when nothing is queued, scheduled, retrying or running. */
export function drained(engine: TaskEngine): Promise<void> {
  return new Promise((resolve) => {
    // the event tells of a moment that may be over: others may have submitted since
    const resolveWhenIdle = (): void => {
      if (hasWork(engine.snapshot())) return
      unsubscribe()
      resolve()
    }
    const unsubscribe = engine.subscribe(['drained'], resolveWhenIdle)
    resolveWhenIdle()
  })
}

/** Whether any task has not settled. Of tasks that an earlier process left it is known that they wait. */
function hasWork({ totalQueued, submittedTasks, ...ended }: EngineStatistics): boolean {
  const settled = ended.completedTasks + ended.failedTasks + ended.cancelledTasks + ended.expiredTasks
  return totalQueued > 0 || submittedTasks > settled
}
