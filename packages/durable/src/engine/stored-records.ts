// What packages round the engine keep beside its tasks, in the same store.
import { ConfigurationError, PayloadError, describeValue } from '@catzilla/engine'
import type { EngineRecords, RecordChange } from '@catzilla/engine'
import { readRecord, writeRecord } from '../format/records.ts'
import { keys } from '../format/keys.ts'
import type { Seal } from '../format/seal.ts'
import type { StoreChange } from '../store/store.ts'
import type { Kept } from './kept.ts'

const MOST_BYTES = 1500
const BEGINNING = keys.record('')
/** The first key behind all records. */
const END = 'r;'

export class StoredRecords implements EngineRecords {
  readonly #kept: Pick<Kept, 'store' | 'seal'>
  readonly #write: (changes: readonly StoreChange[]) => Promise<void>

  /** @param write settles when the changes are on disk, and gives them up when they cannot be written */
  constructor(kept: Pick<Kept, 'store' | 'seal'>, write: (changes: readonly StoreChange[]) => Promise<void>) {
    this.#kept = kept
    this.#write = write
  }

  get(key: string): unknown {
    const { seal, store } = this.#kept
    const at = keys.record(key)
    const bytes = store.get(at)
    return bytes === undefined ? undefined : readRecord(seal, at, bytes)
  }

  *startingWith(prefix: string): Generator<readonly [string, unknown]> {
    const { seal, store } = this.#kept
    const from = keys.record(prefix)
    for (const { key, value } of store.entries({ from, to: END })) {
      if (!key.startsWith(from)) return
      yield [key.slice(BEGINNING.length), readRecord(seal, key, value)]
    }
  }

  async write(changes: readonly RecordChange[]): Promise<void> {
    await this.#write(this.#changes(changes))
  }

  writeNow(changes: readonly RecordChange[]): void {
    this.#kept.store.writeNow(this.#changes(changes))
  }

  #changes(changes: readonly RecordChange[]): StoreChange[] {
    const { seal } = this.#kept
    return changes.map(([key, value]) => {
      requireShort(key)
      return { key: keys.record(key), value: value === undefined ? undefined : packed(seal, key, value) }
    })
  }
}

function packed(seal: Seal, key: string, value: unknown): Uint8Array {
  try {
    return writeRecord(seal, keys.record(key), value)
  } catch (error) {
    const { message } = error as Error
    throw new PayloadError(`${key} cannot be stored: ${message}; only plain data can`, [], { cause: error })
  }
}

function requireShort(key: string): void {
  if (key !== '' && Buffer.byteLength(key) <= MOST_BYTES) return
  throw new ConfigurationError(`records: a key has 1..${MOST_BYTES} bytes, got ${describeValue(key)}`)
}
