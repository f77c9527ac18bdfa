// A key that is not here any more, or not yet: what it has encrypted is neither lost nor damaged. So nothing is done with it,
// and whoever opens the store is told which key that is.
import { rangeOf } from '../format/keys.ts'
import { readTask } from '../format/records.ts'
import { MissingKeyError } from '../format/seal.ts'
import type { Seal } from '../format/seal.ts'
import { missingKeyOf } from '../store/store-errors.ts'
import type { Store } from '../store/store.ts'

/**
 * Looks at the oldest task of each class, before anything is written: keys are rotated, so the oldest has the oldest key.
 * @throws StoreError when its key is not here
 */
export function requireKeys(store: Store, seal: Seal): void {
  for (const priority of [0, 1, 2, 3] as const) {
    for (const { key, value } of store.entries(rangeOf('t', priority))) {
      try {
        readTask(seal, key, value)
      } catch (error) {
        refuseMissingKey(store, error)
      }
      break
    }
  }
}

/** @throws StoreError when `error` says that a key is missing */
export function refuseMissingKey({ directory }: Store, error: unknown): void {
  if (error instanceof MissingKeyError) throw missingKeyOf(directory, error.keyId, error)
}
