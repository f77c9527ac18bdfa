// Our lanes, on both local engines.
import { createTasks } from '@catzilla/api'
import type { EngineOptions } from '@catzilla/api'
import { createNativeEngine, createTypeScriptEngine } from '@catzilla/engine'
import type { TaskEngine } from '@catzilla/engine'
import { defineTasks, queueOf } from './catzilla-queue.ts'
import type { LaneAsked } from './catzilla-queue.ts'
import { nowInC } from './compiled.ts'
import { ROOM, SLOTS, THREADS } from './contender.ts'
import type { Contender, Queue } from './contender.ts'

const places: Readonly<Record<LaneAsked, string>> = {
  inline: 'event loop',
  thread: `${THREADS} threads`,
  process: `${THREADS} processes`,
}

const factories: Readonly<Record<'native' | 'typescript', () => TaskEngine>> = {
  native: createNativeEngine,
  typescript: createTypeScriptEngine,
}

export const engineOptions: EngineOptions = {
  queueSize: ROOM,
  inlineConcurrency: SLOTS,
  minThreads: THREADS,
  maxThreads: THREADS,
  minProcesses: THREADS,
  maxProcesses: THREADS,
  enableAutoScaling: false,
}

export const catzillaContenders: readonly Contender[] = [
  {
    name: 'catzilla/compiled',
    group: 'ours',
    where: `${THREADS} C threads`,
    about: 'native engine; a body that cannot be compiled runs inline',
    window: 5_000,
    missing: () => missingEngine('native'),
    open: openCompiled,
  },
  laneOf('catzilla/inline', 'native', 'inline'),
  laneOf('catzilla/threads', 'native', 'thread'),
  { ...laneOf('catzilla/processes', 'native', 'process'), window: 1_000 },
  laneOf('catzilla-ts/inline', 'typescript', 'inline'),
  laneOf('catzilla-ts/threads', 'typescript', 'thread'),
]

function laneOf(name: string, engine: 'native' | 'typescript', lane: LaneAsked): Contender {
  return {
    name,
    group: 'ours',
    where: places[lane],
    about: `${engine === 'native' ? 'native' : 'TypeScript'} engine, ${lane} lane`,
    window: 5_000,
    missing: () => missingEngine(engine),
    async open() {
      const tasks = createTasks({ ...engineOptions, engine })
      await tasks.ready
      return queueOf(tasks, defineTasks(tasks, lane))
    },
  }
}

function missingEngine(engine: 'native' | 'typescript'): string | undefined {
  try {
    factories[engine]()
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** The lane is left to the engine, which moves to C what it can: tasks of numbers, which are called until it has. */
async function openCompiled(): Promise<Queue> {
  const tasks = createTasks({ ...engineOptions, engine: 'native', workers: THREADS })
  await tasks.ready
  const defined = defineTasks(tasks, undefined)
  for (const task of [defined.add, defined.urgent]) await nowInC(task, [1, 2], 'interpreted')
  for (const task of [defined.spin, defined.low]) await nowInC(task, [1], 'machine code')
  return queueOf(tasks, defined)
}
