// A task as it goes to the broker: what of it stands in the job, and what BullMQ is told of it.
import { isSlotKey } from '@catzilla/engine'
import type { DeduplicationOptions, JobJson, JobsOptions } from 'bullmq'
import { RECORD_VERSION, brokerPriority, mostKept } from '../format/records.ts'
import type { TaskJob } from '../format/records.ts'
import type { BrokerHandle } from './broker-handle.ts'
import { columnsOf } from './calls.ts'
import type { KnownCall } from './calls.ts'
import type { Hub } from './hub.ts'

/** As BullMQ's backends take it. */
export interface JobEntry {
  readonly job: JobJson
  readonly jobId: string
}

/** A slot of a schedule stays taken for so long: other processes come to it a little later, and its task may have ended. */
const SLOT_KEPT_MS = 300_000

type Writable<T> = { -readonly [K in keyof T]: T[K] }

export function entryOf(handle: BrokerHandle, { call, stored }: KnownCall, { id, options }: Hub): JobEntry {
  const { taskId, createdAt, retryOf, payload } = handle
  const { expireAfterMs, priority, uniqueKey, maxRetries } = call.options
  const columns = columnsOf(call)
  const most = mostKept(options.engine)
  // written field by field: nearly all tasks have these four only
  const data: Writable<TaskJob> = { v: RECORD_VERSION, args: payload, createdAt, from: id }
  if (stored !== undefined) data.options = stored
  if (expireAfterMs !== undefined) data.expiresAt = createdAt + expireAfterMs
  if (retryOf !== null) data.retryOf = retryOf
  if (columns !== undefined) data.columns = columns
  if (most !== undefined) data.most = most
  const timestamp = Date.now()
  // whoever runs it knows the rest: what it pauses between attempts, how long its end is kept
  const opts: JobsOptions = { attempts: maxRetries + 1 }
  if (priority !== 0) opts.priority = brokerPriority(priority)
  // BullMQ counts whole milliseconds: never early
  if (handle.dueAt !== null) opts.delay = Math.max(1, Math.ceil(handle.dueAt) + 1 - timestamp)
  if (uniqueKey !== undefined) opts.deduplication = deduplicationOf(uniqueKey)
  const job: JobJson = {
    // what has not begun has none of these
    progress: 0,
    attemptsMade: 0,
    attemptsStarted: 0,
    stalledCounter: 0,
    failedReason: 'null',
    returnvalue: 'null',
    id: taskId,
    name: call.name,
    data: JSON.stringify(data),
    opts,
    timestamp,
  }
  if (opts.delay !== undefined) job.delay = opts.delay
  if (opts.priority !== undefined) job.priority = opts.priority
  if (uniqueKey !== undefined) job.deduplicationId = uniqueKey
  return { job, jobId: taskId }
}

/** Until the task has ended; BullMQ keeps a key with a time for just that time. */
function deduplicationOf(uniqueKey: string): DeduplicationOptions {
  return isSlotKey(uniqueKey) ? { id: uniqueKey, ttl: SLOT_KEPT_MS } : { id: uniqueKey }
}
