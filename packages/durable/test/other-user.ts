// Run as the superuser: becomes somebody who may look at a store and not write it, and tries to open that.
import type { StoreError } from '@catzilla/engine'
import { LmdbStore } from '../src/store/lmdb-store.ts'

const NOBODY = 65_534

process.setegid?.(NOBODY)
process.seteuid?.(NOBODY)
try {
  const store = new LmdbStore(process.argv[2] ?? '', { synced: true })
  await store.close()
  console.log('opened')
} catch (error) {
  const { reason, message } = error as StoreError
  console.log(`${reason}: ${message}`)
}
