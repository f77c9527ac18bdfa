// The same tasks on engines that are watched more and more closely: not at all, by a monitor, and by a monitor whose figures are
// asked for a thousand times a second.
import { createNativeEngine, createTypeScriptEngine, defaultTaskOptions, resolveTaskOptions } from '@catzilla/engine'
import type { TaskCall, TaskEngine } from '@catzilla/engine'
import { TaskMonitor, prometheusText } from '@catzilla/monitor'
import { Scrapes } from './scrapes.ts'

export const engines = ['typescript', 'native'] as const
export type EngineName = (typeof engines)[number]

export const watching = ['alone', 'watched', 'getStats 1,000/s', 'prometheusText 1,000/s'] as const
export type Watching = (typeof watching)[number]

export interface Watched {
  readonly name: Watching
  /** Scrapes so far; null where there are none. */
  readonly scrapes: Scrapes | null
  /** Runs a window and gives the sum of its results. */
  run(size: number): Promise<number>
  close(): Promise<void>
}

const QUEUE_SIZE = 1_000_000

export async function setUpWatched(engineName: EngineName, name: Watching): Promise<Watched> {
  const engine = makeEngine(engineName)
  await engine.start()
  const call = callFor(engineName)
  if (engineName === 'typescript') engine.register({ ...call, handler: addOne })
  else engine.register({ ...call, handler: addOne, kernel: { name: 'add' } })
  const monitor = name === 'alone' ? null : new TaskMonitor(engine)
  const scrapes = monitor === null ? null : scrapesOf(monitor, name)
  return {
    name,
    scrapes,
    async run(size) {
      scrapes?.begin()
      const sum = await runWindow(engine, call, size)
      scrapes?.pause()
      return sum
    },
    async close() {
      monitor?.close()
      await engine.stop({ waitForCompletion: true, timeoutMs: 1000 })
    },
  }
}

function makeEngine(name: EngineName): TaskEngine {
  const options = { queueSize: QUEUE_SIZE }
  return name === 'native' ? createNativeEngine(options) : createTypeScriptEngine(options)
}

function addOne(value: number, one: number): number {
  return value + one
}

function callFor(name: EngineName): TaskCall {
  const options = name === 'native' ? resolveTaskOptions({ lane: 'native' }) : defaultTaskOptions
  return Object.freeze({ name: 'add', options })
}

function scrapesOf(monitor: TaskMonitor, name: Watching): Scrapes | null {
  if (name === 'getStats 1,000/s') return new Scrapes(() => monitor.getStats())
  if (name === 'prometheusText 1,000/s') return new Scrapes(() => prometheusText(monitor))
  return null
}

async function runWindow(engine: TaskEngine, call: TaskCall, size: number): Promise<number> {
  const handles = []
  for (let value = 0; value < size; value++) handles.push(engine.submit(call, [value, 1]))
  let sum = 0
  for (const handle of handles) sum += (await handle.wait()) as number
  return sum
}
