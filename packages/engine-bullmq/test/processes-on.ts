// Many processes on one broker: what crosses between them, and what becomes of it when one of them goes.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { UnsupportedByEngineError, resolveTaskOptions } from '@catzilla/engine'
import type { EngineEvents, EngineEventType, TaskCall, TaskEngine, TaskInfo, TaskOptions } from '@catzilla/engine'
import { Queue } from 'bullmq'
import { createBroker } from '../src/broker/create-broker.ts'
import { createBullmqEngine } from '../src/index.ts'
import type { BullmqOptions } from '../src/index.ts'
import { bundled } from './bundled.ts'
import type { FoundServer } from './servers.ts'
import { startWorker } from './worker-process.ts'

const base = resolveTaskOptions({ maxRetries: 0, retryJitter: 0, retryDelayMs: 10, timeoutMs: Infinity })

export function processesOn(found: FoundServer): void {
  describe.skipIf(found.missing !== undefined)(`processes on ${found.title}`, () => {
    const world: World = { server: () => found.server.url, program: { path: '', remove: () => {} } }
    beforeAll(async () => {
      world.program = await bundled('test/worker-program.ts')
    })
    afterAll(() => world.program.remove())
    declareRoles(world)
    declareResults(world)
    declareLosses(world)
    declareSharing(world)
  })
}

interface World {
  server(): string
  /** The worker, as one file. */
  program: { readonly path: string; remove(): void }
}

/** An engine that submits, and the URL for the workers that run what it submits. */
async function producer(
  world: World,
  options: BullmqOptions = {},
): Promise<{ engine: TaskEngine; url: string; prefix: string }> {
  const prefix = `t${randomUUID().replaceAll('-', '').slice(0, 18)}`
  const own = { prefix, lockMs: '1000', local: 'typescript', workerName: 'w1', role: 'worker' }
  const engine = await start(world.server(), {
    role: 'producer',
    prefix,
    local: 'typescript',
    lockMs: 1000,
    ...options,
  })
  return { engine, prefix, url: urlWith(world.server(), own) }
}

function declareRoles(world: World): void {
  it('a worker submits nothing, and says which role does', async () => {
    const { prefix } = await producer(world)
    const worker = await start(world.server(), { role: 'worker', prefix, local: 'typescript' })
    const asked = call(worker, 'add')
    const refusal = /task 'add': an engine with role 'worker' only runs tasks; use role 'both' or 'producer'/
    expect(() => worker.submit(asked, [1, 2])).toThrow(UnsupportedByEngineError)
    expect(() => worker.submit(asked, [1, 2])).toThrow(refusal)
    expect(() => worker.submitMany(asked, [[1, 2]])).toThrow(refusal)
    expect((await worker.list()).tasks).toEqual([])
  })

  it('a producer runs nothing; who is both runs what it submits, and what others do', async () => {
    const { engine, prefix } = await producer(world)
    const both = await start(world.server(), { prefix, local: 'typescript' })
    both.register({ name: 'square', handler: (n: number) => n * n, options: base })
    const asked = Object.freeze({ name: 'square', options: base })
    // the body that the producer has throws
    const ofProducer = engine.submitMany(call(engine, 'square'), [[2], [3], [4], [5]])
    const own = both.submit(asked, [6])
    expect(await Promise.all([...ofProducer, own].map((handle) => handle.wait()))).toEqual([4, 9, 16, 25, 36])
    expect(engine.snapshot()).toMatchObject({ completedTasks: 4, runningTasks: 0 })
  })
}

function declareResults(world: World): void {
  it('a task runs in another process, and its result comes back', async () => {
    const { engine, url } = await producer(world)
    const worker = await startWorker(world.program.path, url, ['add', 'pid'])
    expect(await engine.submit(call(engine, 'add'), [40, 2]).wait()).toBe(42)
    const handle = engine.submit(call(engine, 'pid'), [])
    expect(await handle.wait()).toBe(worker.child.pid)
    expect(handle.stats()).toMatchObject({ status: 'completed', retries: 0, engine: 'bullmq' })
    expect(handle.stats().startedAt).not.toBeNull()
  })

  it('failures keep their class and fields, and each attempt is told', async () => {
    const { engine, url } = await producer(world)
    await startWorker(world.program.path, url, ['fails'])
    const heard = record(engine, ['started', 'retrying', 'failed'])
    const handle = engine.submit(call(engine, 'fails', { maxRetries: 1 }), [])
    await expect(handle.wait()).rejects.toMatchObject({ name: 'RangeError', message: 'out of reach', distance: 7 })
    expect(heard.filter(({ type }) => type !== 'started').map(({ type }) => type)).toEqual(['retrying', 'failed'])
    expect(handle.stats().retries).toBe(1)
  })

  it('progress and lines of a task elsewhere are heard', async () => {
    const { engine, url } = await producer(world)
    await startWorker(world.program.path, url, ['halfWay'])
    const told = next(engine, 'progress')
    const handle = engine.submit(call(engine, 'halfWay'), [])
    expect(await told).toMatchObject({ taskId: handle.taskId, ratio: 0.5, message: 'half way' })
    expect(await handle.wait()).toBe('whole way')
    expect((await engine.find(handle.taskId))?.logs.map(({ message }) => message)).toEqual(['said'])
  })

  it('a task that runs elsewhere is cancelled', async () => {
    const { engine, url } = await producer(world)
    const worker = await startWorker(world.program.path, url, ['forEver', 'add'])
    const handle = engine.submit(call(engine, 'forEver'), [])
    await worker.line(`begin forEver ${handle.taskId}`)
    expect(handle.cancel('not wanted')).toBe(true)
    await expect(handle.wait()).rejects.toMatchObject({ name: 'TaskCancelledError' })
    const other = await start(world.server(), { role: 'producer', prefix: prefixOf(url), local: 'typescript' })
    call(other, 'forEver')
    await until(async () => (await other.find(handle.taskId))?.status === 'cancelled')
  })

  it('a submitter that comes again finds its tasks, and can cancel them by id', async () => {
    const { engine, url, prefix } = await producer(world)
    const done = engine.submit(call(engine, 'add'), [1, 2])
    const waiting = engine.submit(call(engine, 'pid'), [])
    await waiting.accepted
    await startWorker(world.program.path, url, ['add'])
    await done.wait()
    await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
    const again = await start(world.server(), { role: 'producer', prefix, local: 'typescript' })
    for (const name of ['add', 'pid']) call(again, name)
    expect((await again.find(done.taskId))?.outcome).toEqual({ status: 'completed', value: 3 })
    expect(await again.find(waiting.taskId)).toMatchObject({ status: 'pending', name: 'pid', args: [] })
    expect((await again.list()).tasks.map(({ taskId }: TaskInfo) => taskId).toSorted()).toEqual(
      [done.taskId, waiting.taskId].toSorted(),
    )
    expect(await again.cancel(waiting.taskId)).toBe(true)
    expect(await again.find(waiting.taskId)).toBeUndefined()
  })
}

function declareLosses(world: World): void {
  it('tasks of an unknown name are left for a worker that knows them', async () => {
    const { engine, url } = await producer(world)
    await startWorker(world.program.path, url, ['add'])
    const handle = engine.submit(call(engine, 'pid'), [])
    await handle.accepted
    expect(await engine.submit(call(engine, 'add'), [1, 1]).wait()).toBe(2)
    expect(handle.status).toBe('pending')
    const knowing = await startWorker(world.program.path, url, ['pid'])
    expect(await handle.wait()).toBe(knowing.child.pid)
  })

  it('a record of a newer version is left alone', async () => {
    const { engine, url, prefix } = await producer(world)
    const broker = createBroker(world.server(), prefix, 10_000)
    await broker.connect()
    const { connection, factory } = broker.terms
    const queue = new Queue('add', { connection, prefix }, factory)
    queue.on('error', () => {})
    onTestFinished(async () => {
      await queue.close()
      await broker.close()
    })
    const job = await queue.add('add', { v: 99, unheardOf: true })
    await startWorker(world.program.path, url, ['add'])
    expect(await engine.submit(call(engine, 'add'), [1, 1]).wait()).toBe(2)
    await until(async () => (await queue.getJobState(job.id ?? '')) === 'delayed')
  })

  it('a body that holds the event loop up keeps its task: its lock is renewed all the same', async () => {
    const { engine, url: short } = await producer(world)
    // on a busy machine a thread too may be late: on one of 2 processors with 16 ready to run, by more than 4 s when it begins
    const url = short.replace('lockMs=1000', 'lockMs=8000')
    const workers = [
      await startWorker(world.program.path, url, ['block']),
      await startWorker(world.program.path, url, ['block']),
    ]
    const handle = engine.submit(call(engine, 'block'), [17_000])
    expect(await handle.wait()).toBe(true)
    const begun = workers.flatMap(({ lines }) => lines.filter((line) => line.startsWith('begin')))
    expect(begun).toEqual([`begin block ${handle.taskId} 1`])
  })

  it('a task whose worker is killed is run again, and the stall names the worker', async () => {
    const { engine, url } = await producer(world)
    const first = await startWorker(world.program.path, url, ['forEver', 'pid'])
    const stalled = next(engine, 'stalled')
    const handle = engine.submit(call(engine, 'forEver'), [])
    await first.line('begin forEver')
    await first.kill()
    const second = await startWorker(world.program.path, url.replace('workerName=w1', 'workerName=w2'), ['forEver'])
    expect(await second.line('begin forEver')).toBe(`begin forEver ${handle.taskId} 2`)
    expect(await stalled).toMatchObject({
      taskId: handle.taskId,
      // the second may have taken it before it was asked who had lost it
      reason: expect.stringMatching(
        /^(worker w1|its worker \(before worker w2, which has it now\)) had .*lock/,
      ) as string,
    })
    const other = await start(world.server(), { role: 'producer', prefix: prefixOf(url), local: 'typescript' })
    call(other, 'forEver')
    expect(await other.find(handle.taskId)).toMatchObject({ status: 'running', recovered: true })
    handle.cancel()
    await until(async () => (await other.find(handle.taskId))?.status === 'cancelled')
    expect(await other.find(handle.taskId)).toMatchObject({ recovered: true })
  })

  it('a task that is lost again and again fails, and says so', async () => {
    const { engine, url } = await producer(world)
    const handle = engine.submit(call(engine, 'forEver'), [])
    const once = `${url}&maxRecoveries=0`
    const first = await startWorker(world.program.path, once, ['forEver'])
    await first.line('begin forEver')
    await first.kill()
    await startWorker(world.program.path, once, ['forEver'])
    await expect(handle.wait()).rejects.toMatchObject({
      name: 'TaskCrashedError',
      message: expect.stringMatching(/lost|stalled/) as string,
    })
  })
}

function declareSharing(world: World): void {
  it('whoever waits is told when the task is removed from the broker', async () => {
    const { engine, prefix } = await producer(world)
    const handle = engine.submit(call(engine, 'add'), [1, 2])
    await handle.accepted
    const other = await start(world.server(), { role: 'producer', prefix, local: 'typescript' })
    call(other, 'add')
    expect(await other.cancel(handle.taskId)).toBe(true)
    await expect(handle.wait()).rejects.toMatchObject({
      name: 'UnknownTaskError',
      message: expect.stringContaining(handle.taskId) as string,
    })
  })

  it('a unique key holds across processes', async () => {
    const { engine, url, prefix } = await producer(world)
    const other = await start(world.server(), { role: 'producer', prefix, local: 'typescript' })
    const first = engine.submit(call(engine, 'add', { uniqueKey: 'one' }), [1, 2])
    await first.accepted
    const rejecting = other.submit(call(other, 'add', { uniqueKey: 'one', onConflict: 'reject' }), [3, 4])
    await expect(rejecting.accepted).rejects.toMatchObject({ name: 'UniqueKeyConflictError' })
    const following = other.submit(call(other, 'add', { uniqueKey: 'one' }), [5, 6])
    await following.accepted
    await startWorker(world.program.path, url, ['add'])
    expect(await Promise.all([first.wait(), following.wait()])).toEqual([3, 3])
  })

  it('a pause holds in every process, also of what comes later', async () => {
    const { engine, url } = await producer(world)
    await engine.pause('add')
    await engine.pause()
    await startWorker(world.program.path, url, ['add', 'pid'])
    const handles = [engine.submit(call(engine, 'add'), [1, 2]), engine.submit(call(engine, 'pid'), [])]
    await Promise.all(handles.map((handle) => handle.accepted))
    await engine.resume()
    await handles[1]?.wait()
    expect(handles[0]?.status).toBe('pending')
    await engine.resume('add')
    expect(await handles[0]?.wait()).toBe(3)
  })
}

async function start(url: string, options: BullmqOptions): Promise<TaskEngine> {
  const engine = createBullmqEngine(url, options)
  onTestFinished(async () => void (await engine.stop({ waitForCompletion: false, timeoutMs: 0 })))
  await engine.start()
  return engine
}

/** The body is the worker's: here it is never run. */
function call(engine: TaskEngine, name: string, asked: TaskOptions = {}): TaskCall {
  const options = resolveTaskOptions(asked, base)
  engine.register({ name, handler: handlers.get(name) ?? newHandler(name), options: base })
  return Object.freeze({ name, options })
}

const handlers = new Map<string, () => never>()

function newHandler(name: string): () => never {
  const handler = (): never => {
    throw new Error(`${name} was run by a producer`)
  }
  handlers.set(name, handler)
  return handler
}

function urlWith(url: string, query: Readonly<Record<string, string>>): string {
  const made = new URL(url)
  for (const [name, value] of Object.entries(query)) made.searchParams.set(name, value)
  return made.toString()
}

function prefixOf(url: string): string {
  return new URL(url).searchParams.get('prefix') ?? ''
}

function next<K extends EngineEventType>(engine: TaskEngine, type: K): Promise<EngineEvents[K]> {
  return new Promise((resolve) => {
    const unsubscribe = engine.subscribe([type], (event) => {
      unsubscribe()
      resolve(event)
    })
  })
}

function record<K extends EngineEventType>(engine: TaskEngine, types: readonly K[]): EngineEvents[K][] {
  const heard: EngineEvents[K][] = []
  engine.subscribe(types, (event) => void heard.push(event))
  return heard
}

/** What the broker comes to by itself, asked for until it has; the limit of the test is the limit. */
async function until(reached: () => Promise<boolean>): Promise<void> {
  while (!(await reached())) await new Promise((resolve) => setTimeout(resolve, 20))
}
