// What packages round an engine keep beside its tasks: where schedules stand, what runs of workflows have come to.

/** A value for a key; undefined removes it. */
export type RecordChange = readonly [key: string, value: unknown]

/** Values that outlive the process as the tasks of their engine do. Keys are texts of at most 1500 bytes in UTF-8. */
export interface EngineRecords {
  /** As it was written, errors with their own fields among them; undefined when there is none. @throws StoreError */
  get(key: string): unknown
  /** Those whose keys begin so, in the order of their keys. @throws StoreError */
  startingWith(prefix: string): Iterable<readonly [key: string, value: unknown]>
  /** All of the changes or none, in the order of the calls. Settles when they are on disk. @throws StoreError, PayloadError, ConfigurationError for a key */
  write(changes: readonly RecordChange[]): Promise<void>
  /** As `write`, and returns when it is done: for moments at which nothing else may happen first. */
  writeNow(changes: readonly RecordChange[]): void
}
