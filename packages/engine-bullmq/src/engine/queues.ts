// BullMQ's objects for each name: the queue that takes tasks, and the source that gives them.
import { Queue } from 'bullmq'
import type { QueueOptions } from 'bullmq'
import type { Broker } from '../broker/broker.ts'
import { CONTROL_QUEUE, queueNameOf } from '../broker/queue-names.ts'
import { Source } from '../broker/source.ts'
import type { StoredOutcome, TaskJob } from '../format/records.ts'
import type { ResolvedBullmqOptions } from '../options.ts'

export type TaskQueue = Queue<TaskJob, StoredOutcome>

export class Queues {
  readonly #broker: Broker
  readonly #options: ResolvedBullmqOptions
  readonly #token: string
  readonly #queues = new Map<string, TaskQueue>()
  readonly #sources = new Map<string, Source>()

  constructor(broker: Broker, options: ResolvedBullmqOptions, token: string) {
    this.#broker = broker
    this.#options = options
    this.#token = token
  }

  /** The queue of the tasks of a name. */
  of(taskName: string): TaskQueue {
    return this.#queueNamed(queueNameOf(taskName))
  }

  /** The queue whose pause is the pause of all. */
  get control(): TaskQueue {
    return this.#queueNamed(CONTROL_QUEUE)
  }

  sourceOf(taskName: string): Source {
    const name = queueNameOf(taskName)
    const found = this.#sources.get(name)
    if (found !== undefined) return found
    const { workerName, lockMs, maxRecoveries } = this.#options
    const source = new Source(name, this.#token, { ...this.#broker.terms, workerName, lockMs, maxRecoveries })
    this.#sources.set(name, source)
    return source
  }

  async close(): Promise<void> {
    const all = [...this.#queues.values(), ...this.#sources.values()]
    await Promise.allSettled(all.map((each) => each.close()))
  }

  #queueNamed(name: string): TaskQueue {
    const found = this.#queues.get(name)
    if (found !== undefined) return found
    const { connection, factory, prefix } = this.#broker.terms
    const options: QueueOptions = { connection, prefix }
    const queue: TaskQueue = new Queue<TaskJob, StoredOutcome>(name, options, factory)
    queue.on('error', () => {})
    this.#queues.set(name, queue)
    return queue
  }
}
