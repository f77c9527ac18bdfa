// The options of a durable engine: as asked, and checked with every default filled in.
import { ConfigurationError, checkOptions, describeValue, is, systemClock } from '@catzilla/engine'
import type { Clock, OptionTable } from '@catzilla/engine'
import type { EncryptionKey } from './format/seal.ts'

/** All optional. */
export interface DurableOptions {
  /** `'strict'` (default): accepted means synced to the disk. `'relaxed'`: a crash of the process loses nothing, one of the system may lose the last moments. */
  readonly durability?: 'strict' | 'relaxed'
  /** How often a task may have been running when the process died before it is put among the dead letters: 3. */
  readonly maxRecoveries?: number
  /** Stored values of at least so many bytes are compressed: Infinity, which is none. */
  readonly compressAboveBytes?: number
  /** AES-256-GCM: the first key encrypts, all of them decrypt. None by default. */
  readonly encryptionKeys?: readonly EncryptionKey[]
  /** Completed tasks kept for look-up at most: 1000. `createTasks` hands over that of the engine. */
  readonly keepResults?: number
  /** Failed, cancelled and expired tasks kept for look-up at most: 10000. */
  readonly keepFailures?: number
  /** Source of time: the system's. */
  readonly clock?: Clock
}

export type ResolvedDurableOptions = Required<DurableOptions>

export const durableOptionTable: OptionTable = {
  durability: {
    byDefault: "'strict'",
    accepts: "'strict' or 'relaxed'",
    about: 'Whether accepted means that the disk has it, or that the operating system has.',
    check: is.oneOf('strict', 'relaxed'),
  },
  maxRecoveries: {
    byDefault: '3',
    accepts: 'an integer 0..1000',
    about: 'How often a task may have been running when the process died; beyond it, it is a dead letter.',
    check: is.integer(0, 1000),
  },
  compressAboveBytes: {
    byDefault: 'Infinity',
    accepts: 'an integer ≥ 0, or Infinity',
    about: 'Stored values of at least so many bytes are compressed.',
    check: (value) => value === Infinity || is.integer(0)(value),
  },
  encryptionKeys: {
    byDefault: '[]',
    accepts: 'an array of { id: a text of 1 to 32 characters, key: 32 bytes }, with different ids',
    about: 'AES-256-GCM: the first key encrypts, all of them decrypt.',
    check: areKeys,
  },
  keepResults: {
    byDefault: '1000',
    accepts: 'an integer ≥ 0',
    about: 'Completed tasks kept in the store at most.',
    check: is.integer(0),
  },
  keepFailures: {
    byDefault: '10000',
    accepts: 'an integer ≥ 0',
    about: 'Failed, cancelled and expired tasks kept in the store at most.',
    check: is.integer(0),
  },
  clock: { byDefault: 'the system clock', accepts: 'a Clock', about: 'Source of time.', check: is.object },
}

/** @throws ConfigurationError */
export function resolveDurableOptions(asked: DurableOptions): ResolvedDurableOptions {
  // not shown when it is wrong: it holds secrets
  const { encryptionKeys = [], ...shown } = asked
  checkOptions(durableOptionTable, shown, 'durable')
  if (!areKeys(encryptionKeys)) {
    throw new ConfigurationError(`durable: encryptionKeys accepts ${durableOptionTable['encryptionKeys']?.accepts}`)
  }
  return Object.freeze({
    durability: asked.durability ?? 'strict',
    maxRecoveries: asked.maxRecoveries ?? 3,
    compressAboveBytes: asked.compressAboveBytes ?? Infinity,
    encryptionKeys,
    keepResults: asked.keepResults ?? 1000,
    keepFailures: asked.keepFailures ?? 10_000,
    clock: asked.clock ?? systemClock,
  })
}

/** @throws ConfigurationError */
export function requireDirectory(directory: unknown): asserts directory is string {
  if (typeof directory === 'string' && directory !== '') return
  throw new ConfigurationError(`durable: the directory must be a text, got ${describeValue(directory)}`)
}

function areKeys(value: unknown): value is readonly EncryptionKey[] {
  if (!Array.isArray(value)) return false
  const keys = value as readonly Partial<EncryptionKey>[]
  const ids = new Set(keys.map((each) => each?.id))
  return (
    ids.size === keys.length &&
    keys.every(
      (each) =>
        typeof each?.id === 'string' &&
        Buffer.byteLength(each.id) >= 1 &&
        Buffer.byteLength(each.id) <= 32 &&
        each.key instanceof Uint8Array &&
        each.key.length === 32,
    )
  )
}
