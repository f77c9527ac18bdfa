// BullMQ on a Redis of this machine: queue, worker and events in one process, as the smallest application has them.
import type { Job, JobsOptions, Queue as Jobs, QueueEvents } from 'bullmq'
import { msOf } from '../measure.ts'
import { verify } from '../section.ts'
import { add, echo, lengthOf, spin } from './bodies.ts'
import type { Order } from './bodies.ts'
import { SLOTS } from './contender.ts'
import type { Contender, Queue } from './contender.ts'
import { missingRedis, startRedis } from './redis.ts'
import type { Syncing } from './redis.ts'

export const bullmqContenders: readonly Contender[] = [
  contenderOf('bullmq', 'Redis keeps nothing on disk', 'never'),
  {
    ...contenderOf('bullmq, synced', 'Redis syncs its log before it answers (appendfsync always)', 'always'),
    only: ['durable'],
  },
]

function contenderOf(name: string, about: string, syncing: Syncing): Contender {
  return {
    name,
    group: 'peer',
    where: 'event loop, by Redis',
    about,
    window: 1_000,
    missing: missingRedis,
    open: () => openBullmq(syncing),
  }
}

/** Jobs by what they carry. The body of `flaky` throws in the first run, of which BullMQ tells the number. */
const bodies: Readonly<Record<string, (data: never, attempt: number) => unknown>> = {
  add: ([a, b]: readonly [number, number]) => add(a, b),
  spin: (turns: number) => spin(turns),
  echo: (order: Order) => echo(order),
  lengthOf: (text: string) => lengthOf(text),
  clock: () => performance.timeOrigin + performance.now(),
  flaky(value: number, attempt: number) {
    if (attempt === 0) throw new Error('the first run fails')
    return value
  },
}

/** Who waits for a job looks at what is left of it, so some are kept; all of them would fill the memory of Redis. */
const defaults: JobsOptions = { removeOnComplete: { count: 20_000 }, removeOnFail: true }

async function openBullmq(syncing: Syncing): Promise<Queue> {
  const { Queue: Jobs, QueueEvents, Worker } = await import('bullmq')
  const server = await startRedis(syncing)
  const connection = { host: server.host, port: server.port }
  const jobs = new Jobs('bench', { connection, defaultJobOptions: defaults })
  const events = new QueueEvents('bench', { connection })
  const ended = new Ended()
  const worker = new Worker(
    'bench',
    async ({ name, data, attemptsMade }: Job) => bodies[name]?.(data as never, attemptsMade),
    {
      connection,
      concurrency: SLOTS,
    },
  )
  worker.on('completed', () => ended.one())
  // every job that is waited for listens
  events.setMaxListeners(0)
  jobs.setMaxListeners(0)
  await Promise.all([jobs.waitUntilReady(), events.waitUntilReady(), worker.waitUntilReady()])
  const call = async <R>(name: string, data: unknown, options: JobsOptions = {}): Promise<R> => {
    const job = await jobs.add(name, data, options)
    return (await job.waitUntilFinished(events)) as R
  }
  return {
    add: (a, b) => call('add', [a, b]),
    spin: (turns) => call('spin', turns),
    echo: (order) => call<Order>('echo', order),
    lengthOf: (text) => call('lengthOf', text),
    // without a priority it goes before all that have one
    urgent: (a, b) => call('add', [a, b]),
    startedAfter: (delay) => call('clock', null, { delay }),
    flaky: (value) => call('flaky', value, { attempts: 2 }),
    ...windowsOf(jobs, ended, events),
    ...holdingOf(jobs, ended),
    bytesElsewhere: () => usedMemory(connection),
    ...(syncing === 'always' ? { accept: async (value) => void (await jobs.add('add', [value, 1])) } : {}),
    async close() {
      await worker.close(true)
      await events.close()
      await jobs.close()
      await server.stop()
    },
  }
}

/** How many jobs have ended, and whoever waits for a number of them. */
class Ended {
  #count = 0
  #target = Infinity
  #reached: () => void = () => {}

  one(): void {
    if (++this.#count >= this.#target) this.#reached()
  }

  /** Settles once so many more have ended; one at a time waits. */
  more(count: number): Promise<void> {
    this.#target = this.#count + count
    return new Promise((resolve) => {
      this.#reached = resolve
    })
  }
}

function windowsOf(jobs: Jobs, ended: Ended, events: QueueEvents): Partial<Queue> {
  const bulk = (
    count: number,
    data: (index: number) => unknown,
    name = 'add',
    opts: JobsOptions = {},
  ): Promise<Job[]> => jobs.addBulk(Array.from({ length: count }, (_, index) => ({ name, data: data(index), opts })))
  return {
    async forget(count) {
      const all = ended.more(count)
      for (let value = 0; value < count; value++) void jobs.add('add', [value, 1])
      await all
    },
    async batch(count) {
      const added = await bulk(count, (value) => [value, 1])
      const results = await Promise.all(added.map((job) => job.waitUntilFinished(events) as Promise<number>))
      return results.reduce((sum, value) => sum + value, 0)
    },
    async backlog(count, turns) {
      const all = ended.more(count)
      await bulk(count, () => turns, 'spin', { priority: 10 })
      await all
    },
  }
}

function holdingOf(jobs: Jobs, ended: Ended): Required<Pick<Queue, 'hold' | 'release' | 'acceptHeld'>> {
  let all: Promise<void> = Promise.resolve()
  return {
    async hold(count) {
      await jobs.pause()
      all = ended.more(count)
      for (let value = 0; value < count; value += 1000) {
        const some = Array.from({ length: Math.min(1000, count - value) }, (_, index) => ({
          name: 'add',
          data: [value + index, 1],
        }))
        await jobs.addBulk(some)
      }
      verify('jobs that wait', await jobs.getJobCountByTypes('wait'), count)
    },
    async release() {
      await jobs.resume()
      await all
    },
    async acceptHeld(count, work) {
      await jobs.pause()
      all = ended.more(count)
      const ms = await msOf(work)
      await jobs.resume()
      await all
      return ms
    },
  }
}

async function usedMemory(connection: { readonly host: string; readonly port: number }): Promise<number> {
  const { Redis } = await import('ioredis')
  const redis = new Redis({ ...connection })
  try {
    return Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1])
  } finally {
    redis.disconnect()
  }
}
