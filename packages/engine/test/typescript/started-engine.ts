// A TypeScript engine on a virtual clock, started, and the shortest way to give it tasks.
import type { TaskEngine } from '../../src/contract/task-engine.ts'
import type { TaskHandle } from '../../src/contract/task.ts'
import type { EngineOptions } from '../../src/options/engine-options.ts'
import { resolveTaskOptions } from '../../src/options/task-options.ts'
import type { TaskOptions } from '../../src/options/task-options.ts'
import { createTypeScriptEngine } from '../../src/select-engine.ts'
import { VirtualClock } from '../../src/support/virtual-clock.ts'

export interface StartedEngine {
  readonly engine: TaskEngine
  readonly clock: VirtualClock
  /** Submits `body`, of a task called `name`, with the options of the call. */
  readonly run: (body: () => unknown, options?: TaskOptions, name?: string) => TaskHandle
}

export async function startEngine(options: EngineOptions = {}): Promise<StartedEngine> {
  const clock = new VirtualClock()
  const engine = createTypeScriptEngine({ clock, random: () => 0.5, ...options })
  await engine.start()
  const run = (body: () => unknown, asked: TaskOptions = {}, name: string = 'task'): TaskHandle =>
    engine.submit({ name, options: resolveTaskOptions(asked), handler: body }, [])
  return { engine, clock, run }
}

/** A body that goes on until it is told to end. */
export function gatedBody(): { body: () => Promise<void>; end: () => void } {
  let end = (): void => {}
  const ended = new Promise<void>((resolve) => (end = resolve))
  return { body: () => ended, end: () => end() }
}
