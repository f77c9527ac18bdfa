// Who competes: the API, the engine below it, fastq, p-queue, and bare promises, all doing the same no-op.
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

export const contenders: Readonly<Record<string, (kind: BodyKind) => Promise<Setup>>> = {
  api: setUpApi,
  engine: setUpEngine,
  fastq: setUpFastq,
  'p-queue': setUpPQueue,
  [bareLoop]: setUpBareCall,
  'bare resolve().then': setUpBareThen,
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

async function nothingToClose(): Promise<void> {}
