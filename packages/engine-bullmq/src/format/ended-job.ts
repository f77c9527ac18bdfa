// The end of a task, read from its job.
import { TaskCrashedError } from '@catzilla/engine'
import type { TaskLogLine, TaskOutcome } from '@catzilla/engine'
import type { Job } from 'bullmq'
import { restoreOutcome } from './records.ts'
import type { StoredOutcome, TaskJob } from './records.ts'

export interface EndedJob {
  readonly outcome: TaskOutcome
  readonly facts: {
    readonly startedAt: number | null
    readonly attempt: number
    readonly recovered: boolean
    readonly workerId: number | null
    readonly memoryUsageMb: number | null
    readonly logs: readonly TaskLogLine[]
  }
}

/** Undefined while it has not ended. */
export function endOfJob(job: Job<TaskJob, StoredOutcome>): EndedJob | undefined {
  if (!job.finishedOn) return undefined
  const stored = job.failedReason ? failureOf(job) : job.returnvalue
  if (typeof stored !== 'object' || stored === null)
    return { outcome: foreignEnd(job), facts: factsOf({ status: 'failed' }, job) }
  return { outcome: restoreOutcome(stored), facts: factsOf(stored, job) }
}

function failureOf(job: Job<TaskJob, StoredOutcome>): StoredOutcome | undefined {
  try {
    return JSON.parse(job.stacktrace?.at(-1) ?? '') as StoredOutcome
  } catch {
    return undefined
  }
}

/** BullMQ ended it by itself, or somebody else did. */
function foreignEnd({ name, id, failedReason }: Job<TaskJob, StoredOutcome>): TaskOutcome {
  const error = new TaskCrashedError(
    `task '${name}' (${id}) was ended by the broker: ${failedReason ?? 'without a reason'}; look for what ends or blocks its workers, then retry it`,
  )
  return { status: 'failed', error }
}

function factsOf(stored: StoredOutcome, job: Job<TaskJob, StoredOutcome>): EndedJob['facts'] {
  return {
    startedAt: stored.startedAt ?? job.processedOn ?? null,
    attempt: stored.attempt ?? job.attemptsMade,
    recovered: stored.recovered ?? job.stalledCounter > 0,
    workerId: stored.workerId ?? null,
    memoryUsageMb: stored.memoryUsageMb ?? null,
    logs: stored.logs ?? [],
  }
}
