// The states a task may be in and every move between them. Both local engines and the model test follow this one table.
import type { SettledStatus, TaskStatus } from './task.ts'

/** From each state, the states that may follow. A settled state has none: settled is final. */
export const taskTransitions: Readonly<Record<TaskStatus, readonly TaskStatus[]>> = {
  scheduled: ['pending', 'cancelled', 'expired'],
  pending: ['running', 'cancelled', 'expired'],
  running: ['completed', 'failed', 'retrying', 'cancelled'],
  retrying: ['pending', 'cancelled'],
  completed: [],
  failed: [],
  cancelled: [],
  expired: [],
}

/** Whether `status` is final. */
export function isSettled(status: TaskStatus): status is SettledStatus {
  return taskTransitions[status].length === 0
}
