// The small interface behind which the files are, so that tests can put faults there.

/** One change: bytes for a key, or undefined to remove it. */
export interface StoreChange {
  readonly key: string
  readonly value: Uint8Array | undefined
}

export interface StoreEntry {
  readonly key: string
  readonly value: Uint8Array
}

export interface StoreRange {
  /** Included. */
  readonly from: string
  /** Not included. */
  readonly to: string
  readonly reverse?: boolean
}

export interface StoreFigures {
  readonly entries: number
  /** Of the file on disk. */
  readonly bytes: number
}

export interface Store {
  /** Where it is, for messages. */
  readonly directory: string
  get(key: string): Uint8Array | undefined
  /** Entries in the order of their keys, or the other way round. What is changed meanwhile may or may not be seen. */
  entries(range: StoreRange): Iterable<StoreEntry>
  /** All or none of the changes, after those of earlier calls. Settles when they are on disk, as far as the store was asked to see to it. @throws StoreError */
  write(changes: readonly StoreChange[]): Promise<void>
  /** As `write`, and returns when it is done. For the moments at which nothing else can happen. @throws StoreError */
  writeNow(changes: readonly StoreChange[]): void
  /** Reads and changes as one, in the sight of other processes too. @throws StoreError, and what `change` throws */
  exclusively(change: (store: Pick<Store, 'get'>) => readonly StoreChange[]): void
  figures(): StoreFigures
  /** A copy without the space of what was removed. @throws StoreError */
  copyTo(directory: string): Promise<void>
  close(): Promise<void>
}
