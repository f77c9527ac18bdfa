// A store and notes in memory, which tests can make fail, hold up, and kill: what was not committed is gone then.
import { StoreError } from '@catzilla/engine'
import type { Files } from '../src/store/files.ts'
import { keys } from '../src/format/keys.ts'
import type { TaskPlace } from '../src/format/keys.ts'
import type { RunningAttempt, RunningNotes } from '../src/store/running-file.ts'
import type { Store, StoreChange, StoreEntry, StoreFigures, StoreRange } from '../src/store/store.ts'

/** What is on the disk: it outlives the stores that are opened over it. */
export class MemoryDisk {
  readonly entries: Map<string, Buffer> = new Map()
  running: RunningAttempt[] = []
  /** Commits so far. */
  commits = 0
  /** Changes in each of them. */
  readonly sizes: number[] = []
  /** What writing fails with, while it is set. */
  failure: Error | null = null
  /** Whether a failing commit has left its changes behind, as one does whose sync failed. */
  failsAfterWriting = false
  /** Awaited before each commit. */
  gate: Promise<void> | null = null
  dead = false

  /** The process is gone: stores over it write nothing any more. */
  kill(): MemoryDisk {
    this.dead = true
    const survivor = new MemoryDisk()
    for (const [key, value] of this.entries) survivor.entries.set(key, value)
    // in a test the process that died is the one that goes on, whose number is not that of a dead one
    survivor.entries.delete(keys.owner)
    survivor.running = [...this.running]
    return survivor
  }

  open(directory = './data'): Files {
    return { store: new MemoryStore(directory, this), notes: new MemoryNotes(this) }
  }
}

class MemoryStore implements Store {
  readonly directory: string
  readonly #disk: MemoryDisk

  constructor(directory: string, disk: MemoryDisk) {
    this.directory = directory
    this.#disk = disk
  }

  get(key: string): Uint8Array | undefined {
    return this.#disk.entries.get(key)
  }

  *entries({ from, to, reverse = false }: StoreRange): Generator<StoreEntry> {
    const found = [...this.#disk.entries.keys()].filter((key) => key >= from && key < to).toSorted()
    for (const key of reverse ? found.toReversed() : found) {
      const value = this.#disk.entries.get(key)
      if (value !== undefined) yield { key, value }
    }
  }

  async write(changes: readonly StoreChange[]): Promise<void> {
    if (this.#disk.gate !== null) await this.#disk.gate
    this.writeNow(changes)
  }

  writeNow(changes: readonly StoreChange[]): void {
    const disk = this.#disk
    if (disk.dead) throw new StoreError('the process is dead', { reason: 'closed' })
    if (disk.failure === null || disk.failsAfterWriting) {
      for (const { key, value } of changes) {
        if (value === undefined) disk.entries.delete(key)
        else disk.entries.set(key, Buffer.from(value))
      }
    }
    if (disk.failure !== null) throw disk.failure
    disk.commits++
    disk.sizes.push(changes.length)
  }

  exclusively(change: (store: Pick<Store, 'get'>) => readonly StoreChange[]): void {
    this.writeNow(change(this))
  }

  figures(): StoreFigures {
    const { entries } = this.#disk
    return { entries: entries.size, bytes: [...entries.values()].reduce((sum, { length }) => sum + length, 0) }
  }

  copyTo(): Promise<void> {
    return Promise.reject(new StoreError('memory is not copied'))
  }

  async close(): Promise<void> {}
}

class MemoryNotes implements RunningNotes {
  readonly #disk: MemoryDisk
  readonly #free: number[] = []

  constructor(disk: MemoryDisk) {
    this.#disk = disk
  }

  read(): RunningAttempt[] {
    return [...this.#disk.running]
  }

  begin({ sequence, priority }: TaskPlace, attempt: number): number {
    const slot = this.#free.pop() ?? this.#disk.running.length
    if (!this.#disk.dead) this.#disk.running[slot] = { sequence, priority, attempt }
    return slot
  }

  free(slot: number): void {
    this.#free.push(slot)
  }

  clear(): void {
    this.#disk.running = []
    this.#free.length = 0
  }

  close(): void {}
}
