// Names of tasks as names of queues, in which BullMQ allows no colon.

export function queueNameOf(taskName: string): string {
  return taskName.replaceAll('%', '%25').replaceAll(':', '%3A')
}

/** The queue that is no task's: its pause is the pause of all. */
export const CONTROL_QUEUE = '%control'
