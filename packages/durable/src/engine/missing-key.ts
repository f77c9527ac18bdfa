// A key that is not here any more, or not yet: what it has encrypted is neither lost nor damaged. So nothing is done with it,
// and whoever opens the store is told which key that is.
import { rangeOf } from '../format/keys.ts'
import { MissingKeyError } from '../format/seal.ts'
import { missingKeyOf } from '../store/store-errors.ts'
import { readEntry } from '../store/task-store.ts'
import type { TaskStore } from '../store/task-store.ts'

/**
 * Looks at the oldest task of each class, before anything is written: keys are rotated, so the oldest has the oldest key.
 * @throws StoreError when its key is not here
 */
export function requireKeys(tasks: TaskStore): void {
  for (const priority of [0, 1, 2, 3] as const) {
    const [oldest] = tasks.entries(rangeOf('t', priority))
    try {
      if (oldest !== undefined) readEntry(oldest)
    } catch (error) {
      refuseMissingKey(tasks, error)
    }
  }
}

/** @throws StoreError when `error` says that a key is missing */
export function refuseMissingKey({ directory }: { readonly directory: string }, error: unknown): void {
  if (error instanceof MissingKeyError) throw missingKeyOf(directory, error.keyId, error)
}
