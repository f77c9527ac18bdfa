// What the engine on BullMQ costs beside plain BullMQ: the same number of tasks added in bulk and completed, on the same server,
// in turn, with as many at once. Plain BullMQ twice: with jobs that have what our tasks have by default (a class, attempts, how
// long their end is kept), and with the barest ones.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { resolveTaskOptions } from '@catzilla/engine'
import { createBullmqEngine } from '@catzilla/engine-bullmq'
import { Queue, Worker } from 'bullmq'
import type { JobsOptions } from 'bullmq'
import { clocks, interleave, median, ratio } from '../../measure.ts'
import { formatCount, formatPercent, tellProgress, verify } from '../../section.ts'
import type { SectionInput, SectionResult } from '../../section.ts'

const AT_ONCE = 64
const SHARE_WANTED = 0.9
/** Before the clock starts: connections, scripts and threads are there by then. */
const WARM_UP = 200
const ALIKE = 'plain BullMQ, jobs alike'

/** What a task of ours has where nothing is said. */
const alike: JobsOptions = {
  priority: 2,
  attempts: 4,
  removeOnComplete: { age: 300, count: 1000 },
  removeOnFail: { age: 300, count: 10_000 },
}
const barest: JobsOptions = { removeOnComplete: 1000 }
const title = 'BullMQ on Redis: adding and completing'

interface Server {
  readonly url: string
  readonly source: string
  stop(): Promise<void>
}

export const bullmqSections: Readonly<Record<string, (input: SectionInput) => Promise<SectionResult>>> = {
  bullmq: measureBullmq,
}

async function measureBullmq({ quick, clock }: SectionInput): Promise<SectionResult> {
  const server = await startRedis()
  if ('skip' in server) return { title, tables: [], verdicts: [], skipped: server.skip }
  const count = quick ? 500 : 10_000
  tellProgress(`bullmq: ${formatCount(count)} tasks, in turn with plain BullMQ, on ${server.source}`)
  try {
    const now = clocks[clock]
    const contenders = [
      { name: ALIKE, run: () => runPlain(server.url, count, now, alike) },
      { name: 'plain BullMQ, barest jobs', run: () => runPlain(server.url, count, now, barest) },
      { name: '@catzilla/engine-bullmq', run: () => runOurs(server.url, count, now) },
    ]
    const rounds = quick ? { rounds: 1, warmUps: 0 } : { rounds: 15, warmUps: 1 }
    const samples = await interleave(contenders, rounds)
    const plain = samples.get(ALIKE) ?? []
    const share = ratio(plain, samples.get('@catzilla/engine-bullmq') ?? [])
    return {
      title,
      tables: [
        {
          title: `${formatCount(count)} tasks, ${AT_ONCE} at once, median of ${rounds.rounds} rounds`,
          columns: ['what', 'per second', `of ${ALIKE}`],
          rows: [...samples].map(([name, each]) => [
            name,
            formatCount(1e9 / median(each)),
            formatPercent(ratio(plain, each)),
          ]),
          note: `Added in bulk and completed in the same process, after ${WARM_UP} that warm it up. Plain BullMQ counts what its worker completes, ours awaits each result by its handle.`,
        },
      ],
      verdicts: [
        {
          target: `adding and completing at least ${formatPercent(SHARE_WANTED)} of ${ALIKE}`,
          measured: formatPercent(share),
          met: share >= SHARE_WANTED,
        },
      ],
    }
  } finally {
    await server.stop()
  }
}

/** By the tool that gives tests their servers. */
async function startRedis(): Promise<Server | { readonly skip: string }> {
  const tool = pathToFileURL(join(process.cwd(), 'tools/services.mjs')).href
  const services = (await import(tool)) as { redisService(): Promise<Server | { readonly skip: string }> }
  return services.redisService()
}

/** The time of one task. */
async function runPlain(url: string, count: number, now: () => number, opts: JobsOptions): Promise<number> {
  const connection = { url }
  const name = `plain-${randomUUID()}`
  const queue = new Queue(name, { connection })
  let left = 0
  let over: () => void = () => {}
  const worker = new Worker(name, () => Promise.resolve(1), { connection, concurrency: AT_ONCE })
  worker.on('completed', () => {
    if (--left === 0) over()
  })
  await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()])
  const complete = async (some: number): Promise<void> => {
    left = some
    const all = new Promise<void>((resolve) => (over = resolve))
    await queue.addBulk(Array.from({ length: some }, (_, n) => ({ name: 'task', data: { args: [n] }, opts })))
    await all
  }
  await complete(WARM_UP)
  const startedAt = now()
  await complete(count)
  const perTask = (now() - startedAt) / count
  await worker.close()
  await queue.close()
  return perTask
}

async function runOurs(url: string, count: number, now: () => number): Promise<number> {
  const prefix = `b${randomUUID().replaceAll('-', '').slice(0, 16)}`
  const engine = createBullmqEngine(url, { prefix, queueSize: count, inlineConcurrency: AT_ONCE, keepResults: 1000 })
  await engine.start()
  const options = resolveTaskOptions({})
  engine.register({ name: 'task', handler: () => 1, options })
  const call = Object.freeze({ name: 'task', options })
  const complete = async (some: number): Promise<void> => {
    const argsOfAll = Array.from({ length: some }, (_, n) => [n])
    await Promise.all(engine.submitMany(call, argsOfAll).map((handle) => handle.wait()))
  }
  await complete(WARM_UP)
  const startedAt = now()
  await complete(count)
  const perTask = (now() - startedAt) / count
  verify('tasks completed', engine.snapshot().completedTasks, count + WARM_UP)
  await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
  return perTask
}
