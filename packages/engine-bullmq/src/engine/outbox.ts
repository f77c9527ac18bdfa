// What goes to the broker, in the order in which it was asked for, one queue for each name: while one bulk of tasks is on
// its way the next one gathers.
import { toError } from '@catzilla/engine'
import type { BrokerHandle } from './broker-handle.ts'
import type { KnownCall } from './calls.ts'
import { entryOf } from './job-entry.ts'
import type { JobEntry } from './job-entry.ts'
import type { Hub } from './hub.ts'
import type { TaskQueue } from './queues.ts'

export interface OutgoingTask {
  readonly handle: BrokerHandle
  readonly known: KnownCall
  readonly sender: TaskSender
}

/** Told what becomes of the tasks that it sent. */
export interface TaskSender {
  /** @param jobId under which the broker has it: another one's when its unique key is taken */
  added(task: OutgoingTask, jobId: string): void
  refused(task: OutgoingTask, error: Error): void
}

type Entry = OutgoingTask | { readonly work: (queue: TaskQueue) => Promise<unknown> }

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
  readonly #hub: Hub
  readonly #rows = new Map<string, Row>()
  #unsent = 0
  #letOut: () => void = () => {}
  readonly #opened = new Promise<void>((resolve) => (this.#letOut = resolve))
  #whenEmpty: (() => void)[] = []

  constructor(hub: Hub) {
    this.#hub = hub
  }

  /** The broker is there: what was submitted before goes now. */
  open(): void {
    this.#letOut()
  }

  add(name: string, task: OutgoingTask): void {
    this.#push(name, task)
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
    const queue = this.#hub.queues.of(name)
    while (row.entries.length > 0) {
      const [first] = row.entries
      if (first !== undefined && 'work' in first) {
        row.entries.shift()
        await first.work(queue).catch(() => {})
        this.#done(1)
        continue
      }
      const bulk = tasksBefore(row.entries, MOST_IN_BULK)
      row.entries.splice(0, bulk.length)
      await this.#sendBulk(name, queue, bulk)
      this.#done(bulk.length)
    }
    row.isGoing = false
  }

  async #sendBulk(name: string, queue: TaskQueue, all: readonly OutgoingTask[], attempt = 1): Promise<void> {
    const tasks = all.filter(isWanted)
    if (tasks.length === 0) return
    try {
      const ids = await addAll(
        queue,
        tasks.map(({ handle, known }) => entryOf(handle, known, this.#hub)),
      )
      for (const [index, task] of tasks.entries()) task.sender.added(task, ids[index] ?? task.handle.taskId)
    } catch (thrown) {
      if (attempt === MOST_ATTEMPTS) for (const task of tasks) task.sender.refused(task, toError(thrown))
      else await this.#sendAgain(name, queue, tasks, attempt)
    }
  }

  /** What is there already is not added twice: its id is known. While the connection is lost this is no attempt. */
  async #sendAgain(name: string, queue: TaskQueue, tasks: readonly OutgoingTask[], attempt: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS).unref())
    await this.#sendBulk(name, queue, tasks, this.#hub.broker.lostAt === null ? attempt + 1 : attempt)
  }

  #done(count: number): void {
    this.#unsent -= count
    if (this.#unsent === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve()
  }
}

/** Those before the next other work, so many at most. */
function tasksBefore(entries: readonly Entry[], most: number): readonly OutgoingTask[] {
  const tasks: OutgoingTask[] = []
  for (const entry of entries) {
    if (tasks.length === most || 'work' in entry) break
    tasks.push(entry)
  }
  return tasks
}

/** False once it is over: it is not sent then. What the engine only tells its end of, since it stops, still is. */
function isWanted({ handle }: OutgoingTask): boolean {
  return handle.peeked === undefined || handle.isClosed
}

/** Past BullMQ's jobs, which would be made for each. PostgreSQL makes tables for a bulk: one alone goes without. */
async function addAll({ backend }: TaskQueue, entries: readonly JobEntry[]): Promise<readonly string[]> {
  const [first] = entries
  if (first !== undefined && entries.length === 1) return [await backend.addJob(first.job, first.jobId)]
  return backend.addJobs([...entries])
}
