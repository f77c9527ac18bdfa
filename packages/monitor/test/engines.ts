// Both engines of this machine, started, and ended after each test.
import { createNativeEngine, createTypeScriptEngine, resolveTaskOptions } from '@catzilla/engine'
import type { EngineOptions, TaskCall, TaskEngine, TaskHandler, TaskOptions } from '@catzilla/engine'
import { TaskMonitor } from '@catzilla/monitor'
import type { MonitorOptions } from '@catzilla/monitor'
import { localEngines } from '@catzilla/test-kit/local-engines'
import { afterEach } from 'vitest'

const ended: (() => unknown)[] = []

afterEach(async () => {
  for (const end of ended.splice(0)) await end()
})

export type EngineName = 'typescript' | 'native'

/** Why there is no native engine here; undefined when there is one. */
export const nativeMissing: string | undefined = localEngines(() => createNativeEngine()).nativeMissing

/** The engines of this machine. */
export const engineNames: readonly EngineName[] =
  nativeMissing === undefined ? ['typescript', 'native'] : ['typescript']

export async function startEngine(name: EngineName, options: EngineOptions = {}): Promise<TaskEngine> {
  const engine = name === 'native' ? createNativeEngine(options) : createTypeScriptEngine(options)
  await engine.start()
  ended.push(() => engine.stop({ waitForCompletion: false, timeoutMs: 0 }))
  return engine
}

export function watch(engine: TaskEngine, options?: MonitorOptions): TaskMonitor {
  const monitor = new TaskMonitor(engine, options)
  ended.push(() => monitor.close())
  return monitor
}

const never = resolveTaskOptions({ maxRetries: 0 })

/** A call that brings its own body. */
export function callOf(name: string, handler: TaskHandler, asked: TaskOptions = {}): TaskCall {
  return Object.freeze({ name, handler, options: resolveTaskOptions(asked, never) })
}
