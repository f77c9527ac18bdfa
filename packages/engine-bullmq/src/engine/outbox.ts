// What goes to the broker, in the order in which it was asked for, one queue for each name: while one bulk of tasks is on
// its way the next one gathers.
import { toError } from '@catzilla/engine'
import type { BulkJobOptions } from 'bullmq'
import type { TaskJob } from '../format/records.ts'
import type { Queues, TaskQueue } from './queues.ts'

export interface OutgoingTask {
  readonly jobId: string
  readonly data: TaskJob
  readonly opts: BulkJobOptions
  /** False once it is over: it is not sent then. */
  isWanted(): boolean
  /** Told the id under which the broker has it: another one's when its unique key is taken. */
  added(jobId: string): void
  refused(error: Error): void
}

type Entry = { readonly task: OutgoingTask } | { readonly work: (queue: TaskQueue) => Promise<unknown> }

/** Tasks in one bulk. */
const MOST_IN_BULK = 500

/** So often tasks are offered to a broker that is there and does not take them. */
const MOST_ATTEMPTS = 8
const PAUSE_MS = 250

interface Row {
  readonly entries: Entry[]
  isGoing: boolean
}

export class Outbox {
  readonly #queues: Queues
  readonly #isConnected: () => boolean
  readonly #rows = new Map<string, Row>()
  #unsent = 0
  #letOut: () => void = () => {}
  readonly #opened = new Promise<void>((resolve) => (this.#letOut = resolve))
  #whenEmpty: (() => void)[] = []

  constructor(queues: Queues, isConnected: () => boolean) {
    this.#queues = queues
    this.#isConnected = isConnected
  }

  /** The broker is there: what was submitted before goes now. */
  open(): void {
    this.#letOut()
  }

  add(name: string, task: OutgoingTask): void {
    this.#push(name, { task })
  }

  /** Something else to do with the queue, in the same order. Its failures are its own. */
  do(name: string, work: (queue: TaskQueue) => Promise<unknown>): void {
    this.#push(name, { work })
  }

  /** Settles when everything so far has been sent. */
  async flush(): Promise<void> {
    if (this.#unsent > 0) await new Promise<void>((resolve) => this.#whenEmpty.push(resolve))
  }

  #push(name: string, entry: Entry): void {
    let row = this.#rows.get(name)
    if (row === undefined) this.#rows.set(name, (row = { entries: [], isGoing: false }))
    row.entries.push(entry)
    this.#unsent++
    if (row.isGoing) return
    row.isGoing = true
    const going = row
    // what is submitted in the same turn goes together
    queueMicrotask(() => void this.#send(name, going))
  }

  async #send(name: string, row: Row): Promise<void> {
    await this.#opened
    const queue = this.#queues.of(name)
    while (row.entries.length > 0) {
      const [first] = row.entries
      if (first !== undefined && 'work' in first) {
        row.entries.shift()
        await first.work(queue).catch(() => {})
        this.#done(1)
        continue
      }
      const until = row.entries.findIndex((each) => 'work' in each)
      const bulk = row.entries.splice(0, Math.min(until < 0 ? MOST_IN_BULK : until, MOST_IN_BULK))
      await this.#sendBulk(
        name,
        queue,
        bulk.flatMap((each) => ('task' in each ? [each.task] : [])),
      )
      this.#done(bulk.length)
    }
    row.isGoing = false
  }

  async #sendBulk(name: string, queue: TaskQueue, all: readonly OutgoingTask[], attempt = 1): Promise<void> {
    const tasks = all.filter((task) => task.isWanted())
    if (tasks.length === 0) return
    try {
      const jobs = await queue.addBulk(tasks.map(({ data, opts }) => ({ name, data, opts })))
      for (const [index, task] of tasks.entries()) task.added(jobs[index]?.id ?? task.jobId)
    } catch (thrown) {
      if (attempt === MOST_ATTEMPTS) for (const task of tasks) task.refused(toError(thrown))
      else await this.#sendAgain(name, queue, tasks, attempt)
    }
  }

  /** What is there already is not added twice: its id is known. While the connection is lost this is no attempt. */
  async #sendAgain(name: string, queue: TaskQueue, tasks: readonly OutgoingTask[], attempt: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS).unref())
    await this.#sendBulk(name, queue, tasks, this.#isConnected() ? attempt + 1 : attempt)
  }

  #done(count: number): void {
    this.#unsent -= count
    if (this.#unsent === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve()
  }
}
