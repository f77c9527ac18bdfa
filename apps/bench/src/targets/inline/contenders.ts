// Who competes: the API, the engine below it, fastq, p-queue, and bare promises, all doing the same no-op.
import { AsyncLocalStorage } from 'node:async_hooks'
import { createHistogram } from 'node:perf_hooks'
import { createTasks } from '@catzilla/api'
import { createTypeScriptEngine, defaultTaskOptions } from '@catzilla/engine'
import fastq from 'fastq'
import PQueue from 'p-queue'
import { Probe } from './probe.ts'
import type { BodyKind } from './probe.ts'
import { loopsFor } from './windows.ts'
import type { Loops } from './windows.ts'

/** A contender set up for one kind of body. */
export interface Setup {
  readonly probe: Probe
  readonly loops: Loops
  close(): Promise<void>
}

/** As many at once as the inline lane has slots. */
const CONCURRENCY = 64
const QUEUE_SIZE = 2_000_000

/** The contender that the target calls the bare promise loop. */
export const bareLoop = 'bare async call'
/** What grows though there is no task: an object that is held and read. */
export const bareObject = 'one object each, no tasks'

export const contenders: Readonly<Record<string, (kind: BodyKind) => Promise<Setup>>> = {
  api: setUpApi,
  engine: setUpEngine,
  fastq: setUpFastq,
  'p-queue': setUpPQueue,
  [bareLoop]: setUpBareCall,
  'bare resolve().then': setUpBareThen,
  'the same, measured': setUpMeasuredThen,
}

/** `task.delay(i)`, then `await result.wait()`. */
async function setUpApi(kind: BodyKind): Promise<Setup> {
  const probe = new Probe(kind)
  const tasks = createTasks({ engine: 'typescript', queueSize: QUEUE_SIZE })
  const task = tasks.task({ name: 'no-op' }, probe.body)
  await tasks.ready
  return {
    probe,
    loops: loopsFor(
      probe,
      (value) => task.delay(value),
      (result) => result.wait(),
    ),
    async close() {
      await tasks.shutdown()
    },
  }
}

/** `engine.submit(call, [i])`, then `await handle.wait()`. */
async function setUpEngine(kind: BodyKind): Promise<Setup> {
  const probe = new Probe(kind)
  const engine = createTypeScriptEngine({ queueSize: QUEUE_SIZE })
  await engine.start()
  engine.register({ name: 'no-op', handler: probe.body, options: defaultTaskOptions })
  const call = Object.freeze({ name: 'no-op', options: defaultTaskOptions })
  return {
    probe,
    loops: loopsFor(
      probe,
      (value) => engine.submit(call, [value]),
      (handle) => handle.wait() as Promise<number>,
    ),
    async close() {
      await engine.stop({ waitForCompletion: true, timeoutMs: 1000 })
    },
  }
}

async function setUpFastq(kind: BodyKind): Promise<Setup> {
  const probe = new Probe(kind)
  const { body } = probe
  // its promise API asks for a worker that gives a promise
  const queue = fastq.promise<unknown, number, number>(async (value) => body(value), CONCURRENCY)
  const loops = loopsFor(
    probe,
    (value) => queue.push(value),
    (pending) => pending,
  )
  return { probe, loops, close: nothingToClose }
}

async function setUpPQueue(kind: BodyKind): Promise<Setup> {
  const probe = new Probe(kind)
  const { body } = probe
  const queue = new PQueue({ concurrency: CONCURRENCY })
  const loops = loopsFor(
    probe,
    (value) => queue.add(() => body(value)) as Promise<number>,
    (pending) => pending,
  )
  return { probe, loops, close: nothingToClose }
}

/** An async no-op is called and its promise awaited, whatever body the others run. */
async function setUpBareCall(): Promise<Setup> {
  const probe = new Probe('async')
  // its body gives a promise: it is the async one
  const call = probe.body as (value: number) => Promise<number>
  return { probe, loops: loopsFor(probe, call, (pending) => pending), close: nothingToClose }
}

/** What no handle can do without: arguments, times, a neighbour in a queue, a result. */
interface Held {
  readonly args: readonly number[]
  readonly createdAt: number
  readonly next: Held | null
  startedAt: number
  endedAt: number
  result: unknown
}

/** An object is made for each call; when it is awaited, the body is called and leaves its result there. No contender: a floor. */
export async function setUpBareObject(kind: BodyKind): Promise<Setup> {
  const probe = new Probe(kind)
  const { body } = probe
  const hold = (value: number): Held => {
    return { args: [value], createdAt: value + 0.5, next: null, startedAt: 0.5, endedAt: 0.5, result: null }
  }
  const run = (held: Held): Promise<number> => {
    held.startedAt = held.createdAt + 1
    const result = body(held.args[0] ?? Number.NaN)
    held.endedAt = held.startedAt + 1
    held.result = result
    return Promise.resolve(result)
  }
  return { probe, loops: loopsFor(probe, hold, run), close: nothingToClose }
}

/** `Promise.resolve(i).then(body)` is awaited. */
async function setUpBareThen(kind: BodyKind): Promise<Setup> {
  const probe = new Probe(kind)
  const { body } = probe
  const loops = loopsFor(
    probe,
    (value) => Promise.resolve(value).then(body),
    (pending) => pending,
  )
  return { probe, loops, close: nothingToClose }
}

/**
 * The same with what every task is owed and nothing else: its wait and its run measured and recorded, and a context of its
 * own. No queue, no classes, no handle, no retries, nothing to look up: a floor under any engine that measures.
 */
async function setUpMeasuredThen(kind: BodyKind): Promise<Setup> {
  const probe = new Probe(kind)
  const { body } = probe
  const context = new AsyncLocalStorage<object>()
  const [waits, runs] = [createHistogram(), createHistogram()]
  // as in the engine, one reading is the end of a run and the start of the next
  let latest = 0
  const measured = (value: number, submittedAt: number): number | Promise<number> => {
    context.enterWith({ value })
    const startedAt = Math.max(latest, submittedAt)
    const result = body(value)
    latest = performance.now()
    waits.record(nanoseconds(startedAt - submittedAt))
    runs.record(nanoseconds(latest - startedAt))
    return result
  }
  const loops = loopsFor(
    probe,
    (value) => {
      const submittedAt = performance.now()
      return Promise.resolve(value).then((given) => measured(given, submittedAt))
    },
    (pending) => pending,
  )
  return { probe, loops, close: nothingToClose }
}

function nanoseconds(ms: number): number {
  return Math.max(1, Math.round(ms * 1e6))
}

async function nothingToClose(): Promise<void> {}
