// Durable engines over a disk in memory, which is killed and opened again.
import { createTypeScriptEngine, resolveTaskOptions } from '@catzilla/engine'
import type { EngineOptions, TaskCall, TaskEngine, TaskHandler, TaskOptions } from '@catzilla/engine'
import { onTestFinished } from 'vitest'
import { durableOver } from '../src/create.ts'
import type { DurableOptions } from '../src/options.ts'
import type { MemoryDisk } from './memory-files.ts'

const base = resolveTaskOptions({ maxRetries: 0, retryJitter: 0, retryBackoff: 'fixed', retryDelayMs: 1 })

/** A started engine over the disk; it is stopped after the test, unless its disk was killed. */
export async function startOver(
  disk: MemoryDisk,
  { engine = {}, durable = {} }: { engine?: EngineOptions; durable?: DurableOptions } = {},
): Promise<TaskEngine> {
  const made = makeOver(disk, { engine, durable })
  await made.start()
  return made
}

export function makeOver(
  disk: MemoryDisk,
  { engine = {}, durable = {} }: { engine?: EngineOptions; durable?: DurableOptions } = {},
): TaskEngine {
  const made = durableOver(createTypeScriptEngine(engine), './data', durable, () => disk.open())
  onTestFinished(async () => {
    disk.gate = null
    disk.failure = null
    await made.stop({ waitForCompletion: false, timeoutMs: 0 })
  })
  return made
}

export function define(engine: TaskEngine, name: string, handler: TaskHandler, asked: TaskOptions = {}): TaskCall {
  const options = resolveTaskOptions(asked, base)
  engine.register({ name, handler, options })
  return Object.freeze({ name, options })
}

/** The call with other options. */
export function vary(call: TaskCall, asked: TaskOptions): TaskCall {
  return Object.freeze({ ...call, options: resolveTaskOptions(asked, call.options) })
}

/** A promise, and what settles it. */
export function gate<T = void>(): { readonly passed: Promise<T>; readonly open: (value: T) => void } {
  let open: (value: T) => void = () => {}
  const passed = new Promise<T>((resolve) => {
    open = resolve
  })
  return { passed, open }
}

export async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** The process warnings of the test, as texts. */
export function warnings(): string[] {
  const heard: string[] = []
  const listener = (warning: Error): void => void heard.push(warning.message)
  process.on('warning', listener)
  onTestFinished(() => void process.off('warning', listener))
  return heard
}
