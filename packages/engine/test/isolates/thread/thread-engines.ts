// Engines of both kinds for tests of the thread lane: started, and stopped after the test, when no thread may be left.
import { afterEach } from 'vitest'
import type { TaskEngine } from '../../../src/contract/task-engine.ts'
import type { TaskCall, TaskHandler } from '../../../src/contract/task.ts'
import { guardEngine } from '../../../src/guard/guarded-engine.ts'
import { ThreadLane } from '../../../src/isolates/thread/thread-lane.ts'
import type { ThreadSettings } from '../../../src/isolates/thread/thread-watch.ts'
import { resolveEngineOptions } from '../../../src/options/engine-options.ts'
import { resolveTaskOptions } from '../../../src/options/task-options.ts'
import type { TaskOptions } from '../../../src/options/task-options.ts'
import type { EngineOptions } from '../../../src/options/engine-options.ts'
import { createNativeEngine, createTypeScriptEngine } from '../../../src/select-engine.ts'
import { TypeScriptEngine } from '../../../src/typescript/typescript-engine.ts'
import { WalkEngine } from '../../../src/typescript/walk-engine.ts'
import { nativeMissing } from '../../native/native-core.ts'

const started: TaskEngine[] = []

afterEach(async () => {
  for (const engine of started.splice(0)) await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
  const left = process.getActiveResourcesInfo().filter((name) => name === 'Worker')
  if (left.length > 0) throw new Error(`${left.length} threads are left`)
})

export type Make = (options: EngineOptions) => TaskEngine
export const engineKinds: readonly (readonly [string, Make])[] = [
  ['typescript', createTypeScriptEngine],
  ...(nativeMissing === undefined ? [['native', createNativeEngine] as const] : []),
]

export async function startWith(make: Make, options: EngineOptions = {}): Promise<TaskEngine> {
  const engine = make({ maxThreads: 2, ...options })
  await engine.start()
  started.push(engine)
  return engine
}

/** An engine whose thread lane is at hand, and may have settings of its own. */
export async function startWithLane(
  asked: EngineOptions,
  settings: Partial<ThreadSettings> = {},
): Promise<{ readonly engine: TaskEngine; readonly lane: ThreadLane }> {
  const options = resolveEngineOptions(asked)
  const { capabilities } = new TypeScriptEngine()
  const lanes: ThreadLane[] = []
  const engine = guardEngine(
    new WalkEngine(options, { name: 'typescript', capabilities }, (parts) => {
      lanes.push(new ThreadLane(parts, options, settings))
      return lanes
    }),
  )
  await engine.start()
  started.push(engine)
  const [lane] = lanes
  if (lane === undefined) throw new Error('the engine made no lane')
  return { engine, lane }
}

/** A call on the thread lane, by itself: nothing is registered, nothing is tried again. */
export function threadCall(handler: TaskHandler, options: TaskOptions = {}): TaskCall {
  const resolved = resolveTaskOptions({ lane: 'thread', maxRetries: 0, ...options })
  return Object.freeze({ name: handler.name || 'body', handler, options: resolved })
}

/** A call of a function that a module beside this file exports. */
export function bodyOf(module: string, exported: string, options: TaskOptions = {}): TaskCall {
  const stand = Object.defineProperty(() => {}, 'name', { value: exported })
  return threadCall(stand, { module: new URL(module, import.meta.url).href, ...options })
}
