// What the thread that renews locks reads: which tasks run, of which queue, also when there are more than one table holds.
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { createBroker } from '../src/broker/create-broker.ts'
import { Source } from '../src/broker/source.ts'
import { Heart } from '../src/heartbeat/heart.ts'
import { LockTable, MOST_ID, PLACES, makeLockMemory } from '../src/heartbeat/lock-table.ts'
import { startServer } from './servers.ts'

const found = await startServer('redis')

describe('the table of locks', () => {
  it('has what runs, by queue, until it is taken out', () => {
    const memory = makeLockMemory()
    const table = new LockTable(memory)
    const reader = new LockTable(memory)
    expect(reader.read()).toEqual(new Map())
    const places = [table.add(0, 'a'), table.add(1, 'b'), table.add(0, 'c'.repeat(MOST_ID))]
    expect(reader.read()).toEqual(
      new Map([
        [0, ['a', 'c'.repeat(MOST_ID)]],
        [1, ['b']],
      ]),
    )
    table.remove(places[0] ?? -1)
    expect(reader.read().get(0)).toEqual(['c'.repeat(MOST_ID)])
    // the place is free again, and holds nothing of who had it
    expect(table.add(7, 'new')).toBe(places[0])
    expect(reader.read().get(7)).toEqual(['new'])
  })

  it('says when it is full', () => {
    const table = new LockTable(makeLockMemory())
    for (let n = 0; n < PLACES; n++) expect(table.add(0, `task ${n}`)).toBe(n)
    expect(table.add(0, 'one more')).toBe(-1)
    table.remove(17)
    expect(table.add(0, 'one more')).toBe(17)
  })
})

it.skipIf(found.missing !== undefined)(
  `locks are renewed of every task that runs, however many there are, on ${found.title}`,
  async () => {
    const prefix = 'hearts'
    // long, so that it lasts where the machine has much else to do; the first renewal comes after an eighth
    const terms = { token: 'mine', lockMs: 60_000 }
    const broker = createBroker(found.server.url, prefix, 10_000)
    await broker.connect()
    onTestFinished(() => broker.close())
    const { connection, factory } = broker.terms
    const queue = new Queue('many', { connection, prefix }, factory)
    queue.on('error', () => {})
    const source = new Source('many', terms.token, { ...broker.terms, ...terms, workerName: 'w', maxRecoveries: 3 })
    onTestFinished(() => Promise.all([queue.close(), source.close()]).then(() => {}))
    await queue.add('many', { v: 1 })
    const { job } = await source.fetch()
    if (job === undefined) throw new Error('there is no task')

    const heart = new Heart({ url: found.server.url, prefix, silenceMs: 10_000, ...terms })
    onTestFinished(() => heart.stop())
    // a table full of others, so that this one stands in the next
    for (let n = 0; n < PLACES; n++) heart.add('others', `task ${n}`)
    heart.start()
    expect(heart.add('many', job.id)).toBe(PLACES)

    const redis = new Redis(found.server.url)
    onTestFinished(() => redis.disconnect())
    const leftMs = (): Promise<number> => redis.pttl(`${prefix}:many:${job.id}:lock`)
    for (let before = await leftMs(), left = before; left <= before; left = await leftMs()) {
      expect(left).toBeGreaterThan(0)
      before = left
      await pause(20)
    }
  },
)
