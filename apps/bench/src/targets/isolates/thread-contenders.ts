// Who competes with two threads each: our thread lane on both engines, three pools of npm, and bare worker threads.
import { contenderNamed } from '../../contenders/catalog.ts'
import type { Queue } from '../../contenders/contender.ts'

/** What is asked of threads. */
export type ThreadSetup = Queue & Required<Pick<Queue, 'add' | 'echo' | 'spin' | 'sizeOf'>>

export const nativeLane = 'api, native, thread lane'
export const typescriptLane = 'api, typescript, thread lane'
export const ourLanes = [nativeLane, typescriptLane] as const
export const bareThreads = 'bare worker_threads'
export const piscinaPool = 'piscina'

interface Entry {
  readonly setUp: () => Promise<ThreadSetup>
  /** Why there is none here. */
  readonly missing: () => string | undefined
}

export const threadContenders: Readonly<Record<string, Entry>> = {
  [nativeLane]: entryOf('catzilla/threads'),
  [typescriptLane]: entryOf('catzilla-ts/threads'),
  [piscinaPool]: entryOf('piscina'),
  tinypool: entryOf('tinypool'),
  workerpool: entryOf('workerpool'),
  [bareThreads]: entryOf('bare worker_threads'),
}

function entryOf(name: string): Entry {
  const contender = contenderNamed(name)
  return {
    setUp: async () => threadSetupOf(name, await contender.open()),
    missing: () => contender.missing?.(),
  }
}

/** @throws Error when the contender lacks something that threads are asked for */
function threadSetupOf(name: string, queue: Queue): ThreadSetup {
  const { add, echo, spin, sizeOf } = queue
  if (add === undefined || echo === undefined || spin === undefined || sizeOf === undefined) {
    throw new Error(`${name} lacks what threads are asked for`)
  }
  return { ...queue, add, echo, spin, sizeOf }
}
