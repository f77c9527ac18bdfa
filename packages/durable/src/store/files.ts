// The files of a directory, opened: the store, and the notes of what runs.
import { LmdbStore } from './lmdb-store.ts'
import { RunningFile } from './running-file.ts'
import type { RunningNotes } from './running-file.ts'
import type { Store } from './store.ts'

export interface Files {
  readonly store: Store
  readonly notes: RunningNotes
}

/** @throws StoreError */
export function openFiles(directory: string, synced: boolean): Files {
  const store = new LmdbStore(directory, { synced })
  try {
    return { store, notes: new RunningFile(directory) }
  } catch (error) {
    void store.close()
    throw error
  }
}
