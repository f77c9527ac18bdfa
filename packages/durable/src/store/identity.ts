// What a store says of itself: that it is one of ours, in which format, and the prefix of the ids of its tasks.
import { randomBytes } from 'node:crypto'
import { keys } from '../format/keys.ts'
import { corruptStore, foreignStore, otherFormat } from './store-errors.ts'
import type { Store } from './store.ts'

const FORMAT = 'catzilla-durable'

/**
 * Version of what stands in a store. A newer one is refused. Of the first one each task is a value of its own, which is read as a
 * segment of one; who opens such a store makes it one of this version, since an earlier package would not know segments.
 */
const FORMAT_VERSION = 2
const OLDEST_VERSION = 1

export interface Identity {
  readonly version: number
  readonly prefix: string
}

/**
 * Reads it, or makes one in an empty store. Only the owner of the store does so.
 * @throws StoreError for a store of somebody else or of another format
 */
export function identify(store: Store): Identity {
  const found = identityOf(store)
  if (found?.version === FORMAT_VERSION) return found
  const made: Identity = { version: FORMAT_VERSION, prefix: found?.prefix ?? randomBytes(5).toString('hex') }
  store.writeNow([{ key: keys.meta, value: Buffer.from(JSON.stringify({ format: FORMAT, ...made })) }])
  return made
}

/** Undefined for an empty store. @throws StoreError */
export function identityOf(store: Store): Identity | undefined {
  const bytes = store.get(keys.meta)
  if (bytes === undefined) {
    const [first] = store.entries({ from: '\0', to: '\uffff' })
    // the owner is written before: whoever died between the two left nothing else
    if (first === undefined || first.key === keys.owner) return undefined
    throw foreignStore(
      store.directory,
      `its records, such as ${JSON.stringify(first.key)}, are those of another program`,
    )
  }
  const { format, version, prefix } = parsed(bytes)
  if (format !== FORMAT) throw foreignStore(store.directory, `it says that it is ${JSON.stringify(format)}`)
  if (typeof version !== 'number' || typeof prefix !== 'string' || !/^[0-9a-f]{10}$/.test(prefix)) {
    throw corruptStore(store.directory, 'what it says of itself is no more to be read')
  }
  if (version < OLDEST_VERSION || version > FORMAT_VERSION) {
    throw otherFormat(store.directory, version, version > FORMAT_VERSION ? FORMAT_VERSION : OLDEST_VERSION)
  }
  return { version, prefix }
}

function parsed(bytes: Uint8Array): { format?: unknown; version?: unknown; prefix?: unknown } {
  try {
    return (JSON.parse(Buffer.from(bytes).toString()) ?? {}) as object
  } catch {
    return {}
  }
}
