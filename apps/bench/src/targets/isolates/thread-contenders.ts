// Who competes with two threads each: our thread lane on both engines, three pools of npm, and bare worker threads.
import { createTasks } from '@catzilla/api'
import { createNativeEngine, createTypeScriptEngine } from '@catzilla/engine'
import type { TaskEngine } from '@catzilla/engine'
import { Piscina } from 'piscina'
import { Tinypool } from 'tinypool'
import workerpool from 'workerpool'
import { BareThreads } from '../../contenders/threads/bare-threads.ts'
import { add, echo, sizeOf, spin } from '../../contenders/threads/bodies.ts'
import type { Order } from '../../contenders/threads/bodies.ts'

export interface ThreadSetup {
  add(a: number, b: number): Promise<number>
  echo(order: Order): Promise<Order>
  spin(turns: number): Promise<number>
  /** The length of the bytes, which are copied or transferred. */
  sizeOf(bytes: Uint8Array, transfer: boolean): Promise<number>
  /** The body `times` times with nothing in between, on one thread; bare threads only. */
  spinTimes?(turns: number, times: number): Promise<number>
  close(): Promise<void>
}

export const THREADS = 2
export const nativeLane = 'api, native, thread lane'
export const typescriptLane = 'api, typescript, thread lane'
export const ourLanes = [nativeLane, typescriptLane] as const
export const bareThreads = 'bare worker_threads'
export const piscinaPool = 'piscina'

/** Room for the largest window. */
const QUEUE_SIZE = 100_000

interface Entry {
  readonly setUp: () => Promise<ThreadSetup>
  /** Why there is none here. */
  readonly missing?: () => string | undefined
}

export const threadContenders: Readonly<Record<string, Entry>> = {
  [nativeLane]: { setUp: () => setUpLane('native'), missing: () => missingLane(createNativeEngine) },
  [typescriptLane]: { setUp: () => setUpLane('typescript'), missing: () => missingLane(createTypeScriptEngine) },
  [piscinaPool]: { setUp: setUpPiscina },
  tinypool: { setUp: setUpTinypool },
  workerpool: { setUp: setUpWorkerpool },
  [bareThreads]: { setUp: setUpBare },
}

function missingLane(create: () => TaskEngine): string | undefined {
  try {
    return create().capabilities.threadLane ? undefined : 'this engine has no thread lane (capabilities.threadLane)'
  } catch (error) {
    return (error as Error).message
  }
}

async function setUpLane(engine: 'native' | 'typescript'): Promise<ThreadSetup> {
  const tasks = createTasks({ engine, queueSize: QUEUE_SIZE, minThreads: THREADS, maxThreads: THREADS })
  await tasks.ready
  const addTask = tasks.task({ name: 'add', lane: 'thread' }, add)
  const echoTask = tasks.task({ name: 'echo', lane: 'thread' }, echo)
  const spinTask = tasks.task({ name: 'spin', lane: 'thread' }, spin)
  const copied = tasks.task({ name: 'size of a copy', lane: 'thread' }, sizeOf)
  // without retries, which would need the bytes once more
  const moved = tasks.task({ name: 'size', lane: 'thread', transfer: true, maxRetries: 0 }, sizeOf)
  return {
    add: (a, b) => addTask.delay(a, b).wait(),
    echo: (order) => echoTask.delay(order).wait(),
    spin: (turns) => spinTask.delay(turns).wait(),
    sizeOf: (bytes, transfer) => (transfer ? moved : copied).delay(bytes).wait(),
    async close() {
      await tasks.shutdown()
    },
  }
}

function fileOf(name: string): URL {
  // beside the built program
  return new URL(`./contenders/threads/${name}.js`, import.meta.url)
}

/** What the two of a family have in common. */
interface RunnerPool {
  run(task: unknown, options: { readonly name: string; readonly transferList?: ArrayBuffer[] }): Promise<unknown>
  destroy(): Promise<void>
}

const poolOptions = { filename: fileOf('pool-thread').href, minThreads: THREADS, maxThreads: THREADS }

async function setUpPiscina(): Promise<ThreadSetup> {
  return setUpRunner(new Piscina(poolOptions))
}

async function setUpTinypool(): Promise<ThreadSetup> {
  return setUpRunner(new Tinypool(poolOptions))
}

function setUpRunner(pool: RunnerPool): ThreadSetup {
  return {
    add: (a, b) => pool.run([a, b], { name: 'add' }) as Promise<number>,
    echo: (order) => pool.run(order, { name: 'echo' }) as Promise<Order>,
    spin: (turns) => pool.run(turns, { name: 'spin' }) as Promise<number>,
    sizeOf: (bytes, transfer) =>
      pool.run(bytes, {
        name: 'sizeOf',
        ...(transfer ? { transferList: [bytes.buffer as ArrayBuffer] } : {}),
      }) as Promise<number>,
    close: () => pool.destroy(),
  }
}

async function setUpWorkerpool(): Promise<ThreadSetup> {
  const pool = workerpool.pool(fileOf('workerpool-thread').pathname, {
    workerType: 'thread',
    minWorkers: THREADS,
    maxWorkers: THREADS,
  })
  return {
    add: async (a, b) => (await pool.exec('add', [a, b])) as number,
    echo: async (order) => (await pool.exec('echo', [order])) as Order,
    spin: async (turns) => (await pool.exec('spin', [turns])) as number,
    sizeOf: async (bytes, transfer) =>
      (await pool.exec('sizeOf', [bytes], transfer ? { transfer: [bytes.buffer] } : {})) as number,
    async close() {
      await pool.terminate()
    },
  }
}

async function setUpBare(): Promise<ThreadSetup> {
  const threads = new BareThreads(fileOf('bare-thread'), THREADS)
  return {
    add: (a, b) => threads.run('add', [a, b]),
    echo: (order) => threads.run('echo', [order]),
    spin: (turns) => threads.run('spin', [turns]),
    sizeOf: (bytes, transfer) => threads.run('sizeOf', [bytes], transfer ? [bytes.buffer as ArrayBuffer] : []),
    spinTimes: (turns, times) => threads.run('spinTimes', [turns, times]),
    close: () => threads.close(),
  }
}
