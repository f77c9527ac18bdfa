// One queue as a worker meets it: BullMQ's Worker without its main loop. Which queue is fetched from, and when, is for the
// engine to say, since the slots are shared by all queues.
import { Worker } from 'bullmq'
import type { Job, JobJson, KeepJobs, MinimalJob } from 'bullmq'
import type { StoredOutcome, TaskJob } from '../format/records.ts'
import type { QueueTerms } from './broker.ts'

/** What was fetched, read as far as a run needs it: BullMQ's own objects are made of it where something goes wrong. */
export interface BrokerJob {
  readonly id: string
  readonly name: string
  readonly data: TaskJob
  readonly attemptsMade: number
  readonly stalledCounter: number
  /** Why it fails as soon as somebody takes it. */
  readonly deferredFailure: string | undefined
  readonly json: JobJson
}

/** What a fetch gives: a task, or when to look again. */
export interface Fetched {
  readonly job: BrokerJob | undefined
  /** Epoch milliseconds before which there is nothing; 0: not known. */
  readonly notBefore: number
}

/** What the broker answers to an end: what a fetch gives, for `read`. */
export interface Told {
  readonly result?: unknown
}

/** How much of what has ended is kept; true: nothing. */
export type Keeping = KeepJobs | boolean

export interface SourceTerms extends QueueTerms {
  readonly workerName: string
  readonly lockMs: number
  readonly maxRecoveries: number
}

/**
 * What is too old or too much is let go with one of so many ends, or once so much time has passed since the last one. By
 * number never more than a thirty-second too many are kept.
 */
const TRIM_EVERY = 32
const TRIM_AFTER_MS = 100

const nothing: Fetched = { job: undefined, notBefore: 0 }

export class Source extends Worker<TaskJob, StoredOutcome> {
  /** The lock of every task that this engine runs. */
  readonly token: string
  /** Completed since what was too old or too much was let go, and when that was. */
  #untrimmed = 0
  #trimmedAt = 0

  constructor(queueName: string, token: string, terms: SourceTerms) {
    const { connection, factory, prefix, workerName, lockMs, maxRecoveries } = terms
    super(
      queueName,
      undefined,
      {
        connection,
        prefix,
        name: workerName,
        autorun: false,
        lockDuration: lockMs,
        stalledInterval: Math.max(500, Math.round(lockMs / 2)),
        maxStalledCount: maxRecoveries,
        // the pause before a retry is worked out by the engine, and carried by the error
        settings: {
          backoffStrategy: (_attempts, _type, error) => (error as { retryIn?: number } | undefined)?.retryIn ?? -1,
        },
      },
      factory,
    )
    this.token = token
    this.on('error', () => {})
  }

  /** Takes the next task, if there is one. Never waits for one. */
  async fetch(): Promise<Fetched> {
    return this.read(await this.backend.moveToActive(this.token, this.opts.name ?? ''))
  }

  /** What came along with the end of another task. */
  read(answer: unknown): Fetched {
    if (!Array.isArray(answer)) return nothing
    // the job, its id, how long the rate limit lasts, when the next one comes due
    const [json, id, limitedFor, dueAt] = answer as [JobJson | 0, string, number, number]
    if (limitedFor > 0) return { job: undefined, notBefore: Date.now() + limitedFor }
    if (!json) return { job: undefined, notBefore: dueAt || 0 }
    return { job: jobOf(json, id), notBefore: 0 }
  }

  /** Past BullMQ's job, whose every step is a promise. @throws as its `moveToCompleted` */
  complete(job: BrokerJob, record: StoredOutcome, keep: Keeping, fetchNext: boolean): Promise<Told> {
    // all that this asks of a job
    const ended = { id: job.id, opts: job.json.opts } as unknown as MinimalJob
    const kept = this.#isTrimming(keep) ? keep : false
    return this.backend.moveToCompleted(ended, record, kept, this.token, fetchNext)
  }

  /** The broker looks for what to let go with some of the ends only, which costs it less than with each. */
  #isTrimming(keep: Keeping): boolean {
    if (typeof keep === 'boolean') return true
    const now = Date.now()
    const every = Math.min(TRIM_EVERY, (keep.count ?? Infinity) / TRIM_EVERY)
    if (++this.#untrimmed < every && now - this.#trimmedAt < TRIM_AFTER_MS) return false
    this.#untrimmed = 0
    this.#trimmedAt = now
    return true
  }

  /** A failure, or an attempt that failed. @throws as its `moveToFailed` */
  async fail(job: BrokerJob, failure: Error, keep: Keeping, fetchNext: boolean): Promise<Told> {
    const whole = this.whole(job)
    // whether it is tried again is for the engine to say, and the failure carries it
    Object.assign(whole.opts, {
      removeOnFail: keep,
      attempts: Infinity,
      backoff: { type: 'custom' },
      stackTraceLimit: 1,
    })
    return { result: await whole.moveToFailed(failure, this.token, fetchNext) }
  }

  /** Lines of a task where BullMQ's tools show them: they stand with its end as well, so none waits for this. */
  async log(jobId: string, lines: readonly string[]): Promise<void> {
    // one after the other, so that they stay in order on brokers with many connections
    for (const line of lines) await this.backend.addLog(jobId, line)
  }

  /** BullMQ's own of it. */
  whole({ json, id }: BrokerJob): Job<TaskJob, StoredOutcome> {
    return this.createJob(json, id)
  }

  /** Tasks whose worker is gone go back to the queue; their ids. */
  recoverLost(): Promise<string[]> {
    return this.backend.moveStalledJobsToWait()
  }

  get marker(): string {
    return this.backend.keys['marker'] ?? ''
  }

  /** No connection of its own, other than BullMQ's workers have: the bell waits for all of them. */
  protected override createBackend(): void {
    this.backend = this.backendFactory(this.name, this.opts)
  }
}

function jobOf(json: JobJson, id: string): BrokerJob {
  const { name, attemptsMade, stalledCounter, deferredFailure } = json
  const data = JSON.parse(json.data) as TaskJob
  return {
    id,
    name,
    data,
    attemptsMade: attemptsMade ?? 0,
    stalledCounter: stalledCounter ?? 0,
    deferredFailure,
    json,
  }
}
