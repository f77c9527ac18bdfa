// Why a task is run again whose worker is gone: the text of its `stalled` event.

/** What the broker says of a job: who began it last, and when, in milliseconds since the epoch. */
export interface BegunJob {
  readonly processedBy?: string | undefined
  readonly processedOn?: number | undefined
}

/**
 * @param job as it was read after it had gone back to the queue; undefined when it is there no more
 * @param lostBy when that was, in milliseconds since the epoch
 * @param lockMs how long its lock holds that was not renewed
 */
export function stallReason(job: BegunJob | undefined, lostBy: number, lockMs: number): string {
  return `${whoLost(job, lostBy, lockMs)} had not renewed the lock of the task for ${lockMs} ms: its process ended, stood still, or lost its connection; the task is run again`
}

function whoLost(job: BegunJob | undefined, lostBy: number, lockMs: number): string {
  // who had lost it had begun a whole lock before: the half leaves room for clocks that differ
  const begunSince = (job?.processedOn ?? 0) > lostBy - lockMs / 2
  if (begunSince) return `its worker (before worker ${job?.processedBy ?? '(unnamed)'}, which has it now)`
  return `worker ${job?.processedBy ?? '(unnamed)'}`
}
