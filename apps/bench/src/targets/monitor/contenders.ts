// An engine with no-op tasks, and those who watch it more and more closely: nobody, a monitor, and a monitor whose figures are asked
// for a thousand times a second. It is one engine that is watched or not, in turns: two engines of one kind differ by more.
import { createNativeEngine, createTypeScriptEngine, defaultTaskOptions, resolveTaskOptions } from '@catzilla/engine'
import type { TaskCall, TaskEngine } from '@catzilla/engine'
import { TaskMonitor, prometheusText } from '@catzilla/monitor'
import { Scrapes } from './scrapes.ts'

export const engines = ['typescript', 'native'] as const
export type EngineName = (typeof engines)[number]

export const scraping = ['getStats 1,000/s', 'prometheusText 1,000/s'] as const
export type Scraping = (typeof scraping)[number]
export type Watching = 'watched' | Scraping

export interface Subject {
  readonly engine: TaskEngine
  /** Runs so many tasks and gives the sum of their results. */
  run(size: number): Promise<number>
  close(): Promise<void>
}

export const engineOptions = { queueSize: 1_000_000 }

const made = { native: createNativeEngine, typescript: createTypeScriptEngine }

/** @param engine that is used; one of its own by default */
export async function setUpSubject(name: EngineName, engine: TaskEngine = made[name](engineOptions)): Promise<Subject> {
  await engine.start()
  const call = callFor(name)
  if (name === 'typescript') engine.register({ ...call, handler: addOne })
  else engine.register({ ...call, handler: addOne, kernel: { name: 'add' } })
  return {
    engine,
    run: (size) => runWindow(engine, call, size),
    async close() {
      await engine.stop({ waitForCompletion: true, timeoutMs: 1000 })
    },
  }
}

export interface Watcher {
  /** Null where nothing is scraped. */
  readonly scrapes: Scrapes | null
  readonly close: () => void
}

/** Begins to watch. What may be spent on scrapes at the beginning is spent when this resolves: it costs as it goes on costing. */
export async function watchAs(name: Watching, engine: TaskEngine): Promise<Watcher> {
  const monitor = new TaskMonitor(engine)
  const close = (): void => monitor.close()
  if (name === 'watched') return { scrapes: null, close }
  const scrape = (): unknown => (name === 'getStats 1,000/s' ? monitor.getStats() : prometheusText(monitor))
  for (let before: unknown, now = await scrape(); now !== before; now = await scrape()) before = now
  return { scrapes: new Scrapes(scrape), close }
}

function addOne(value: number, one: number): number {
  return value + one
}

function callFor(name: EngineName): TaskCall {
  const lane = name === 'native' ? resolveTaskOptions({ lane: 'native' }) : defaultTaskOptions
  return Object.freeze({ name: 'add', options: lane })
}

async function runWindow(engine: TaskEngine, call: TaskCall, size: number): Promise<number> {
  const handles = []
  for (let value = 0; value < size; value++) handles.push(engine.submit(call, [value, 1]))
  let sum = 0
  for (const handle of handles) sum += (await handle.wait()) as number
  return sum
}
