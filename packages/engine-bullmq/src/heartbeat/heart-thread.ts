// The thread that renews locks, with a connection of its own. It reads what runs from shared memory. It begins a while before
// the first lock has to be renewed: until then the processor is left to the tasks.
import { setTimeout as pause } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import type { Broker } from '../broker/broker.ts'
import { LockTable } from './lock-table.ts'

export interface HeartTerms {
  readonly url: string
  readonly prefix: string
  readonly token: string
  readonly lockMs: number
  readonly silenceMs: number
  readonly memories: readonly SharedArrayBuffer[]
}

/** What comes later: another queue, or more places. */
export type HeartNews = { readonly name: string; readonly number: number } | { readonly memory: SharedArrayBuffer }

type Backend = ReturnType<Broker['terms']['factory']>

const terms = workerData as HeartTerms
const tables = terms.memories.map((memory) => new LockTable(memory))
/** Names of queues by their numbers. */
const names = new Map<number, string>()
const backends = new Map<number, Backend>()

parentPort?.on('message', (news: HeartNews) => {
  if ('memory' in news) tables.push(new LockTable(news.memory))
  else names.set(news.number, news.name)
})

await pause(terms.lockMs / 8)
const { createBroker } = await import('../broker/create-broker.ts')
const broker = createBroker(terms.url, terms.prefix, terms.silenceMs)
// what cannot connect ends, and is begun again
await broker.connect()

function backendOf(number: number): Backend | undefined {
  const found = backends.get(number)
  const name = names.get(number)
  if (found !== undefined || name === undefined) return found
  const { connection, factory, prefix } = broker.terms
  const backend = factory(name, { connection, ...(prefix === undefined ? {} : { prefix }) })
  backend.on('error', () => {})
  backends.set(number, backend)
  return backend
}

let beating = false

/** A renewal that fails is made again at the next beat, well before the lock runs out. */
async function beat(): Promise<void> {
  if (beating) return
  beating = true
  const running = tables.flatMap((table) => [...table.read()])
  const renewals = running.map(async ([queue, ids]) => {
    const tokens = ids.map(() => terms.token)
    await backendOf(queue)?.extendLocks(ids, tokens, terms.lockMs)
  })
  await Promise.allSettled(renewals)
  beating = false
}

void beat()
setInterval(() => void beat(), Math.max(100, terms.lockMs / 4))
// a renewal on a connection that is silent would wait for ever
setInterval(() => void broker.probe().catch(() => {}), terms.silenceMs)
