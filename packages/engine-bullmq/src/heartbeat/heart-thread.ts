// The thread that renews locks, with a connection of its own. It reads what runs from shared memory.
import { parentPort, workerData } from 'node:worker_threads'
import { createBroker } from '../broker/create-broker.ts'
import { LockTable } from './lock-table.ts'

export interface HeartTerms {
  readonly url: string
  readonly prefix: string
  readonly token: string
  readonly lockMs: number
  readonly memory: SharedArrayBuffer
}

const terms = workerData as HeartTerms
const table = new LockTable(terms.memory)
const broker = createBroker(terms.url, terms.prefix)
const backends = new Map<number, ReturnType<typeof broker.terms.factory>>()

parentPort?.on('message', ({ name, number }: { name: string; number: number }) => {
  const { connection, factory, prefix } = broker.terms
  const backend = factory(name, { connection, ...(prefix === undefined ? {} : { prefix }) })
  backend.on('error', () => {})
  backends.set(number, backend)
})

let beating = false

/** A renewal that fails is made again at the next beat, well before the lock runs out. */
async function beat(): Promise<void> {
  if (beating) return
  beating = true
  const renewals = [...table.read()].map(async ([queue, ids]) => {
    const tokens = ids.map(() => terms.token)
    await backends.get(queue)?.extendLocks(ids, tokens, terms.lockMs)
  })
  await Promise.allSettled(renewals)
  beating = false
}

broker.connect().catch(() => {})
setInterval(() => void beat(), Math.max(100, terms.lockMs / 4))
