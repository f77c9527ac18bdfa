// Run in a process whose files may not grow: writes until the store is full, and looks at what that has done to it.
import { LmdbStore } from '../src/store/lmdb-store.ts'

const store = new LmdbStore(process.argv[2] ?? '', { synced: true })
const value = Buffer.alloc(10_000, 1)
let written = 0
let refused = 0
for (let n = 0; refused < 50; n++) {
  try {
    await store.write([{ key: `k${n}`, value }])
    written++
  } catch (error) {
    if ((error as { reason?: unknown }).reason !== 'full') throw error
    refused++
  }
}
const kept = [...store.entries({ from: 'k', to: 'l' })].length
// what is removed makes room; the pages of the latest change are free after the next one
for (let n = 0; n < 100; n++) await store.write([{ key: `k${n}`, value: undefined }]).catch(() => {})
const after = await store.write([{ key: 'k', value: Buffer.from('again') }]).then(
  () => 1,
  () => 0,
)
await store.close()
console.log(JSON.stringify({ written, refused, kept, after }))
