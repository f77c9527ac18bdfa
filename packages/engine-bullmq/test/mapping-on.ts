// What a task is to BullMQ: its own tools see it as a job like others. And where its features are not what is promised, which
// is why schedules and workflows are made in another way.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { resolveTaskOptions, slotKey } from '@catzilla/engine'
import type { TaskCall, TaskEngine, TaskOptions } from '@catzilla/engine'
import { FlowProducer, PostgresQueueBackend, Queue, RedisQueueBackend } from 'bullmq'
import { createBroker } from '../src/broker/create-broker.ts'
import type { QueueTerms } from '../src/broker/broker.ts'
import { createBullmqEngine } from '../src/index.ts'
import { bundled } from './bundled.ts'
import type { FoundServer } from './servers.ts'
import { startWorker } from './worker-process.ts'

const base = resolveTaskOptions({ maxRetries: 0, timeoutMs: Infinity })

interface World {
  server(): string
  program: { readonly path: string; remove(): void }
}

export function mappingOn(found: FoundServer): void {
  describe.skipIf(found.missing !== undefined)(`tasks as jobs on ${found.title}`, () => {
    const world: World = { server: () => found.server.url, program: { path: '', remove: () => {} } }
    beforeAll(async () => {
      world.program = await bundled('test/worker-program.ts')
    })
    afterAll(() => world.program.remove())
    declareTools(world)
    declareEnds(world)
    declareDifferences(world)
  })
}

function declareTools(world: World): void {
  it('priority, delay, attempts and the unique key of a task are those of its job', async () => {
    const { engine, terms } = await producer(world)
    const handle = engine.submit(
      call(engine, 'add', { priority: 'high', delayMs: 60_000, maxRetries: 2, uniqueKey: 'one' }),
      [1, 2],
    )
    await handle.accepted
    const queue = queueOf('add', terms)
    const job = await queue.getJob(handle.taskId)
    expect(job).toMatchObject({ name: 'add', priority: 1, deduplicationId: 'one', data: { args: { j: [1, 2] } } })
    expect(job?.opts.attempts).toBe(3)
    expect(job?.delay).toBeGreaterThan(50_000)
    expect(await job?.getState()).toBe('delayed')
  })

  it('a batch goes to the broker in bulks, none of its tasks alone', async () => {
    const { engine, terms } = await producer(world)
    const backends = [RedisQueueBackend, PostgresQueueBackend].map(({ prototype }) => prototype)
    const bulks = backends.map((backend) => vi.spyOn(backend, 'addJobs'))
    const alone = backends.map((backend) => vi.spyOn(backend, 'addJob'))
    onTestFinished(() => void vi.restoreAllMocks())
    const handles = engine.submitMany(
      call(engine, 'add'),
      Array.from({ length: 1000 }, (_, n) => [n, 1]),
    )
    await Promise.all(handles.map((handle) => handle.accepted))
    expect(bulks.flatMap(({ mock }) => mock.calls.map(([jobs]) => jobs.length))).toEqual([500, 500])
    expect(alone.flatMap(({ mock }) => mock.calls)).toEqual([])
    expect(await queueOf('add', terms).getJobCounts('prioritized')).toEqual({ prioritized: 1000 })
  })

  it('limits and pauses of a name are those of its queue', async () => {
    const { engine, terms } = await producer(world)
    const limited = { concurrency: 2, limits: { rate: { max: 5, perMs: 1000 } } }
    await engine.submit(call(engine, 'add', limited), [1, 2]).accepted
    const queue = queueOf('add', terms)
    expect(await queue.getGlobalConcurrency()).toBe(2)
    expect(await queue.getGlobalRateLimit()).toEqual({ max: 5, duration: 1000 })
    await engine.pause('add')
    expect(await queue.isPaused()).toBe(true)
    await engine.resume('add')
    expect(await queue.isPaused()).toBe(false)
  })

  it('progress, lines, results and reasons stand in the job', async () => {
    const { engine, terms, url } = await producer(world)
    await startWorker(world.program.path, url, ['halfWay', 'fails'])
    const done = engine.submit(call(engine, 'halfWay'), [])
    await done.wait()
    const queue = queueOf('halfWay', terms)
    await until(async () => (await queue.getJobLogs(done.taskId)).count === 1)
    expect((await queue.getJobLogs(done.taskId)).logs[0]).toMatch(/^\d{4}-.* said {"n":1}$/)
    const job = await queue.getJob(done.taskId)
    expect(job?.progress).toEqual({ ratio: 0.5, message: 'half way' })
    expect(job?.returnvalue).toMatchObject({ status: 'completed', value: { j: 'whole way' } })
    const failed = engine.submit(call(engine, 'fails'), [])
    await expect(failed.wait()).rejects.toThrow('out of reach')
    expect((await queueOf('fails', terms).getJob(failed.taskId))?.failedReason).toBe('out of reach')
  })
}

function declareEnds(world: World): void {
  it('a line with fields that no broker can hold is no reason to fail', async () => {
    const { engine, url } = await producer(world)
    await startWorker(world.program.path, url, ['logsOddly'])
    const handle = engine.submit(call(engine, 'logsOddly'), [])
    expect(await handle.wait()).toBe('said')
    const [line] = (await engine.find(handle.taskId))?.logs ?? []
    expect(line).toMatchObject({ message: 'odd', fields: { n: 1, big: '10n' } })
  })

  it('a task that no worker takes expires', async () => {
    const { engine, terms } = await producer(world)
    const handle = engine.submit(call(engine, 'add', { expireAfterMs: 200 }), [1, 2])
    await expect(handle.wait()).rejects.toMatchObject({ name: 'TaskExpiredError' })
    expect(await queueOf('add', terms).getJob(handle.taskId)).toBeUndefined()
  })

  it('a slot of a schedule runs once, also when a process comes to it after its task has ended', async () => {
    const { engine, url, prefix } = await producer(world)
    const other = await start(world.server(), { prefix })
    const worker = await startWorker(world.program.path, url, ['add'])
    const slot = { uniqueKey: slotKey('nightly', 1_767_225_600_000) }
    expect(await engine.submit(call(engine, 'add', slot), [1, 2]).wait()).toBe(3)
    expect(await other.submit(call(other, 'add', slot), [1, 2]).wait()).toBe(3)
    expect(worker.lines.filter((line) => line.startsWith('begin'))).toHaveLength(1)
    // any other key is free again by then
    const plain = { uniqueKey: 'one' }
    expect(await engine.submit(call(engine, 'add', plain), [3, 4]).wait()).toBe(7)
    expect(await other.submit(call(other, 'add', plain), [5, 6]).wait()).toBe(11)
  })
}

/** Of BullMQ itself, without anything of ours. */
function declareDifferences(world: World): void {
  it("BullMQ's job schedulers have one job for all missed slots, and run it however late: misfire 'all' and 'skip' are none of theirs", async () => {
    const { terms } = await producer(world)
    const queue = queueOf('ticks', terms)
    const everyMs = 50
    const begun = Date.now()
    await queue.upsertJobScheduler('tick', { every: everyMs }, { name: 'tick' })
    await until(async () => Date.now() > begun + 6 * everyMs)
    const jobs = await queue.getJobs(['waiting', 'prioritized', 'delayed'])
    expect(jobs).toHaveLength(1)
    const [job] = jobs
    expect((job?.timestamp ?? 0) + (job?.delay ?? 0)).toBeLessThan(begun + 2 * everyMs)
  })

  it("BullMQ's flows are trees: of two steps that wait for a third only the first ever hears of it", async () => {
    const { terms } = await producer(world)
    const { connection, factory, prefix } = terms
    const flows = new FlowProducer({ connection, prefix }, factory)
    flows.on('error', () => {})
    onTestFinished(() => flows.close())
    const shared = { name: 'shared', queueName: 'steps', opts: { jobId: 'shared' } }
    for (const name of ['left', 'right'])
      await flows.add({ name, queueName: 'steps', opts: { jobId: name }, children: [shared] })
    const queue = queueOf('steps', terms)
    const unprocessed = async (id: string): Promise<number | undefined> =>
      (await (await queue.getJob(id))?.getDependenciesCount({ unprocessed: true }))?.unprocessed
    expect((await queue.getJob('shared'))?.parentKey).toMatch(/:left$/)
    expect([await unprocessed('left'), await unprocessed('right')]).toEqual([1, 0])
  })
}

/** An engine that submits, and the URL for the workers that run what it submits. */
async function producer(world: World): Promise<{ engine: TaskEngine; url: string; prefix: string; terms: QueueTerms }> {
  const prefix = `t${randomUUID().replaceAll('-', '').slice(0, 18)}`
  const engine = await start(world.server(), { prefix })
  const broker = createBroker(world.server(), prefix, 10_000)
  await broker.connect()
  onTestFinished(() => broker.close())
  const url = new URL(world.server())
  for (const [name, value] of Object.entries({ prefix, local: 'typescript', role: 'worker' }))
    url.searchParams.set(name, value)
  return { engine, url: url.toString(), prefix, terms: broker.terms }
}

async function start(url: string, { prefix }: { readonly prefix: string }): Promise<TaskEngine> {
  const engine = createBullmqEngine(url, { role: 'producer', local: 'typescript', prefix })
  onTestFinished(async () => void (await engine.stop({ waitForCompletion: false, timeoutMs: 0 })))
  await engine.start()
  return engine
}

/** The queue of a name, as BullMQ's tools open it. */
function queueOf(name: string, { connection, factory, prefix }: QueueTerms): Queue {
  const queue = new Queue(name, { connection, prefix }, factory)
  queue.on('error', () => {})
  onTestFinished(() => queue.close())
  return queue
}

/** The body is the worker's: here it is never run. */
function call(engine: TaskEngine, name: string, asked: TaskOptions = {}): TaskCall {
  engine.register({ name, handler: neverHere, options: base })
  return Object.freeze({ name, options: resolveTaskOptions(asked, base) })
}

function neverHere(): never {
  throw new Error('it was run by a producer')
}

/** What the broker comes to by itself, asked for until it has; the limit of the test is the limit. */
async function until(reached: () => Promise<boolean>): Promise<void> {
  while (!(await reached())) await new Promise((resolve) => setTimeout(resolve, 20))
}
