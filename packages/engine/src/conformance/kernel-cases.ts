// What cases of the native lane share: engines with few workers, kernels that keep them busy, and both ways a task may go.
import type { EngineCapabilities } from '../contract/capabilities.ts'
import type { TaskEngine } from '../contract/task-engine.ts'
import type { TaskHandle } from '../contract/task.ts'
import type { TaskOptions } from '../options/task-options.ts'
import type { ConformanceCase } from './conformance-case.ts'
import type { Harness } from './harness.ts'
import { nextEvent } from './moment.ts'

/** Microseconds of a kernel that runs until it is told to stop: longer than any case. */
export const FOR_EVER = 600_000_000

export const needs: readonly (keyof EngineCapabilities)[] = ['nativeLane']

/** Keeps every worker of an engine busy, and waits until they are. */
export async function occupyWorkers(t: Harness, engine: TaskEngine, workers: number): Promise<TaskHandle[]> {
  const spin = t.defineKernel(engine, 'spin', { priority: 'critical', timeoutMs: Infinity })
  const handles: TaskHandle[] = []
  for (let worker = 0; worker < workers; worker++) {
    const started = nextEvent(engine, 'started', ({ taskId }) => taskId === handles.at(-1)?.taskId)
    handles.push(engine.submit(spin, [FOR_EVER]))
    await started
  }
  return handles
}

/** An engine with so many workers. */
export function startEngine(t: Harness, workers = 1): Promise<TaskEngine> {
  return t.start({ workers, minWorkers: 1, maxWorkers: 4 })
}

/** Lets the workers go. */
export function free(handles: readonly TaskHandle[]): void {
  for (const handle of handles) handle.cancel()
}

/** Options under which a task needs the engine's own walk, beside those that C can look after alone. */
const ways: readonly (readonly [string, TaskOptions])[] = [
  ['plain', {}],
  ['with a limit', { concurrency: 1000 }],
]

/** The same case for tasks that need nothing but their kernel, and for tasks that take their turns in the engine. */
export function onBothWays(name: string, run: (t: Harness, more: TaskOptions) => Promise<void>): ConformanceCase[] {
  return ways.map(([way, more]) => ({ name: `${name} (${way})`, needs, run: (t) => run(t, more) }))
}
