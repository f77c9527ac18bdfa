// The store in memory-mapped files of LMDB: whatever the moment of a crash, what is there is what the last whole commit left.
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { open } from 'lmdb'
import type { RootDatabase, RootDatabaseOptionsWithPath } from 'lmdb'
import { DataFileRoom, checkDataFile } from './data-file.ts'
import { asStoreError, closedStore, foreignStore } from './store-errors.ts'
import type { Store, StoreChange, StoreEntry, StoreFigures, StoreRange } from './store.ts'

export const DATA_FILE = 'data.mdb'
const LOCK_FILE = 'lock.mdb'
/** What a directory of a store may hold. */
const ownFiles = new Set([DATA_FILE, LOCK_FILE, 'running.bin'])

export interface LmdbStoreOptions {
  /** Whether writing waits until the disk has it, so that not even a loss of power takes it away. */
  readonly synced: boolean
  /** Whether the directory must be there with a store in it: commands do not make one. */
  readonly existing?: boolean
}

export class LmdbStore implements Store {
  readonly directory: string
  readonly #db: RootDatabase<Buffer, string>
  readonly #room: DataFileRoom
  readonly #synced: boolean
  #closed = false

  /** @throws StoreError */
  constructor(directory: string, { synced, existing = false }: LmdbStoreOptions) {
    this.directory = directory
    this.#synced = synced
    try {
      prepareDirectory(directory, existing)
      const path = join(directory, DATA_FILE)
      if (existsSync(path)) checkDataFile(path, directory)
      this.#db = open<Buffer, string>({
        path: directory,
        // else a directory with a dot in its name would be taken for a file
        noSubdir: false,
        encoding: 'binary',
        keyEncoding: 'ordered-binary',
        cache: false,
        permissionsMode: 0o600,
      } as RootDatabaseOptionsWithPath)
      this.#room = new DataFileRoom(path)
    } catch (thrown) {
      throw asStoreError(thrown, directory, 'opening')
    }
  }

  get(key: string): Uint8Array | undefined {
    return this.#read(() => this.#db.get(key))
  }

  *entries({ from, to, reverse = false }: StoreRange): Generator<StoreEntry> {
    this.#requireOpen()
    const options = reverse
      ? { start: to, end: from, reverse, exclusiveStart: true, inclusiveEnd: true }
      : { start: from, end: to }
    try {
      for (const { key, value } of this.#db.getRange(options)) yield { key, value }
    } catch (thrown) {
      throw asStoreError(thrown, this.directory, 'reading')
    }
  }

  async write(changes: readonly StoreChange[]): Promise<void> {
    this.#requireOpen()
    try {
      this.#makeRoom(changes)
      // by the thread that writes, while this one goes on
      await this.#db.batch(() => this.#apply(changes))
      if (this.#synced) await this.#db.flushed
    } catch (thrown) {
      throw asStoreError(await realCause(thrown), this.directory, 'writing')
    }
  }

  writeNow(changes: readonly StoreChange[]): void {
    this.exclusively(() => changes)
  }

  exclusively(change: (store: Pick<Store, 'get'>) => readonly StoreChange[]): void {
    this.#requireOpen()
    try {
      this.#room.makeFor(this.#usedBytes(), 16, 0)
      this.#db.transactionSync(() => {
        const changes = change(this)
        this.#makeRoom(changes)
        this.#apply(changes)
      })
    } catch (thrown) {
      throw asStoreError(thrown, this.directory, 'writing')
    }
  }

  figures(): StoreFigures {
    const { entryCount } = this.#read(() => this.#db.getStats()) as { readonly entryCount: number }
    return { entries: entryCount, bytes: statSync(join(this.directory, DATA_FILE)).size }
  }

  async copyTo(directory: string): Promise<void> {
    this.#requireOpen()
    try {
      prepareDirectory(directory, false)
      if (readdirSync(directory).length > 0) throw foreignStore(directory, 'a copy goes into an empty directory')
      await this.#db.backup(directory, true)
      chmodSync(join(directory, DATA_FILE), 0o600)
    } catch (thrown) {
      throw asStoreError(thrown, directory, 'copying')
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#db.close()
    this.#room.close()
  }

  #apply(changes: readonly StoreChange[]): void {
    for (const { key, value } of changes) {
      if (value === undefined) void this.#db.remove(key)
      else void this.#db.put(key, value as Buffer)
    }
  }

  #makeRoom(changes: readonly StoreChange[]): void {
    let bytes = 0
    for (const { value } of changes) bytes += value?.length ?? 0
    this.#room.makeFor(this.#usedBytes(), changes.length, bytes)
  }

  #usedBytes(): number {
    const { lastPageNumber, pageSize } = this.#db.getStats() as { lastPageNumber: number; pageSize: number }
    return (lastPageNumber + 1) * pageSize
  }

  #read<T>(read: () => T): T {
    this.#requireOpen()
    try {
      return read()
    } catch (thrown) {
      throw asStoreError(thrown, this.directory, 'reading')
    }
  }

  #requireOpen(): void {
    if (this.#closed) throw closedStore(this.directory)
  }
}

/** LMDB's promises carry what happened as a promise of its own, which nobody else listens to. */
async function realCause(thrown: unknown): Promise<unknown> {
  const { commitError } = thrown as { readonly commitError?: unknown }
  if (!(commitError instanceof Promise)) return thrown
  try {
    await commitError
    return thrown
  } catch (cause) {
    return cause
  }
}

/** Owner-only, and with nothing in it that is not of a store. @throws StoreError, the system's errors */
function prepareDirectory(directory: string, existing: boolean): void {
  if (existing && !existsSync(join(directory, DATA_FILE))) {
    throw foreignStore(directory, existsSync(directory) ? `there is no ${DATA_FILE} in it` : 'it does not exist')
  }
  if (!existsSync(directory)) mkdirSync(directory, { recursive: true, mode: 0o700 })
  const strange = readdirSync(directory).filter((name) => !ownFiles.has(name))
  const [first] = strange
  if (first !== undefined) {
    throw foreignStore(
      directory,
      `${JSON.stringify(first)}${strange.length > 1 ? ` and ${strange.length - 1} more` : ''}`,
    )
  }
  accessSync(directory, constants.R_OK | constants.W_OK)
  for (const name of [DATA_FILE, LOCK_FILE]) {
    const path = join(directory, name)
    if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK)
  }
}
