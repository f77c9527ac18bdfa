// Keeps the locks of what runs here, from a thread of its own: a body that holds the event loop up does not lose its task.
import { Worker as Thread } from 'node:worker_threads'
import { queueNameOf } from '../broker/queue-names.ts'
import { LockTable, MOST_ID, PLACES, makeLockMemory } from './lock-table.ts'
import type { HeartTerms } from './heart-thread.ts'
import { heartFile } from './heart-file.ts'

/** After a thread that ended. */
const AGAIN_MS = 1000

export class Heart {
  readonly #terms: Omit<HeartTerms, 'memories'>
  readonly #numbers = new Map<string, number>()
  readonly #memories: SharedArrayBuffer[] = []
  /** One is enough, unless more tasks run at once than it has places for. */
  readonly #tables: LockTable[] = []
  #thread: Thread | null = null
  #again: NodeJS.Timeout | undefined

  constructor(terms: Omit<HeartTerms, 'memories'>) {
    this.#terms = terms
    this.#addTable()
  }

  start(): void {
    const terms: HeartTerms = { ...this.#terms, memories: this.#memories }
    this.#thread = new Thread(heartFile(), { workerData: terms, name: 'catzilla-heart', stdin: false })
    this.#thread.unref()
    for (const [name, number] of this.#numbers) this.#thread.postMessage({ name, number })
    // without it locks are not renewed: whatever runs longer than one lasts is run twice
    this.#thread.on('error', (error) => {
      process.emitWarning(`the heartbeat of the bullmq engine ended, and begins again: ${error.message}`, {
        type: 'CatzillaWarning',
        code: 'CATZILLA_HEARTBEAT',
      })
      this.#again = setTimeout(() => this.start(), AGAIN_MS).unref()
    })
  }

  /** A task begins; the number is for `remove`. -1: its id is none of ours, and too long to be kept. */
  add(queueName: string, jobId: string): number {
    if (jobId.length > MOST_ID) return -1
    const queue = this.#numberOf(queueName)
    for (let index = 0; ; index++) {
      const place = (this.#tables[index] ?? this.#addTable()).add(queue, jobId)
      if (place >= 0) return index * PLACES + place
    }
  }

  remove(place: number): void {
    if (place >= 0) this.#tables[Math.floor(place / PLACES)]?.remove(place % PLACES)
  }

  /** Its thread knows the queue before the first task of it runs. */
  know(taskName: string): void {
    this.#numberOf(queueNameOf(taskName))
  }

  async stop(): Promise<void> {
    clearTimeout(this.#again)
    await this.#thread?.terminate()
    this.#thread = null
  }

  #addTable(): LockTable {
    const memory = makeLockMemory()
    const table = new LockTable(memory)
    this.#memories.push(memory)
    this.#tables.push(table)
    this.#thread?.postMessage({ memory })
    return table
  }

  #numberOf(name: string): number {
    const found = this.#numbers.get(name)
    if (found !== undefined) return found
    const number = this.#numbers.size
    this.#numbers.set(name, number)
    this.#thread?.postMessage({ name, number })
    return number
  }
}
