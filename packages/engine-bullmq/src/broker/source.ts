// One queue as a worker meets it: BullMQ's Worker without its main loop. Which queue is fetched from, and when, is for the
// engine to say, since the slots are shared by all queues.
import { Worker } from 'bullmq'
import type { Job } from 'bullmq'
import type { StoredOutcome, TaskJob } from '../format/records.ts'
import type { QueueTerms } from './broker.ts'

export type BrokerJob = Job<TaskJob, StoredOutcome>

/** What a fetch gives: a task, or when to look again. */
export interface Fetched {
  readonly job: BrokerJob | undefined
  /** Epoch milliseconds before which there is nothing; 0: not known. */
  readonly notBefore: number
}

/** What the broker answers to a fetch: the job, its id, how long the rate limit lasts, when the next one comes due. */
type Answer = readonly unknown[] | undefined

export interface SourceTerms extends QueueTerms {
  readonly workerName: string
  readonly lockMs: number
  readonly maxRecoveries: number
}

const nothing: Fetched = { job: undefined, notBefore: 0 }

export class Source extends Worker<TaskJob, StoredOutcome> {
  /** The lock of every task that this engine runs. */
  readonly token: string

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
  async read(answer: Answer): Promise<Fetched> {
    if (!Array.isArray(answer)) return nothing
    const [data, id, limitedFor, dueAt] = answer as [Parameters<Source['createJob']>[0] | 0, string, number, number]
    if (limitedFor > 0) return { job: undefined, notBefore: Date.now() + limitedFor }
    if (!data) return { job: undefined, notBefore: dueAt || 0 }
    return { job: await this.nextJobFromJobData(data, id, this.token), notBefore: 0 }
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
