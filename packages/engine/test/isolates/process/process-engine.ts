// An engine with a process lane as a test wants it, and what processes it has left behind.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { EngineEvents, EngineEventType } from '../../../src/contract/events.ts'
import type { TaskEngine } from '../../../src/contract/task-engine.ts'
import type { TaskHandle, TaskHandler } from '../../../src/contract/task.ts'
import { ProcessLane } from '../../../src/isolates/process/process-lane.ts'
import type { ProcessSettings } from '../../../src/isolates/process/settings.ts'
import { resolveEngineOptions } from '../../../src/options/engine-options.ts'
import type { EngineOptions } from '../../../src/options/engine-options.ts'
import { resolveTaskOptions } from '../../../src/options/task-options.ts'
import type { TaskOptions } from '../../../src/options/task-options.ts'
import { createTypeScriptEngine } from '../../../src/select-engine.ts'
import { WalkEngine } from '../../../src/typescript/walk-engine.ts'

export interface ProcessEngine {
  readonly engine: TaskEngine
  /** Submits a body to the process lane. Nothing is tried again unless the options say so. */
  readonly run: (body: TaskHandler, args?: readonly unknown[], options?: TaskOptions, name?: string) => TaskHandle
}

const engines: TaskEngine[] = []

export async function startProcesses(
  options: EngineOptions = {},
  settings: Partial<ProcessSettings> = {},
): Promise<ProcessEngine> {
  const resolved = resolveEngineOptions(options)
  const { capabilities } = createTypeScriptEngine()
  const engine = new WalkEngine(resolved, { name: 'typescript', capabilities }, (parts) => [
    new ProcessLane(parts, resolved, settings),
  ])
  engines.push(engine)
  await engine.start()
  const base = resolveTaskOptions({ lane: 'process', maxRetries: 0, retryDelayMs: 0, retryJitter: 0 })
  return {
    engine,
    run: (handler, args = [], asked = {}, name = 'task') =>
      engine.submit({ name, options: resolveTaskOptions(asked, base), handler }, args),
  }
}

/** Stops the engines of a test; rejects when a process of theirs is left. */
export async function stopAll(): Promise<void> {
  await Promise.all(engines.splice(0).map((engine) => engine.stop({ waitForCompletion: false, timeoutMs: 0 })))
  const left = childrenOf(process.pid)
  if (left.length > 0) throw new Error(`processes were left behind: ${left.join(', ')}`)
}

/** Processes of the process lane that belong to another process, zombies included. Linux only: elsewhere none is seen. */
export function childrenOf(parent: number): number[] {
  return readProcesses().flatMap((pid) => {
    // the name, in parentheses, may hold anything
    const [, ppid] = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? []
    return Number(ppid) === parent && read(`/proc/${pid}/cmdline`).match(/process-entry|never-ready/) !== null
      ? [pid]
      : []
  })
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // a zombie answers too
    return !/\) [ZX] /.test(read(`/proc/${pid}/stat`))
  } catch {
    return false
  }
}

/** Resolves when the process is gone. */
export async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5))
}

export function nextEvent<K extends EngineEventType>(engine: TaskEngine, type: K): Promise<EngineEvents[K]> {
  return new Promise((resolve) => {
    const unsubscribe = engine.subscribe([type], (event) => {
      unsubscribe()
      resolve(event)
    })
  })
}

/** A file that is not there: a body waits for it, until the test makes it. It goes with the test. */
export function fileGate(): { readonly path: string; open(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'catzilla-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'gate')
  return { path, open: () => writeFileSync(path, '') }
}

/** A body that says that it runs, by progress, and ends when the file is there. */
export async function waitForFile(path: string): Promise<number> {
  const { existsSync } = process.getBuiltinModule('node:fs')
  const context = (globalThis as Record<symbol, unknown>)[Symbol.for('@catzilla/engine/task-context')] as {
    getStore(): { context: { progress(ratio: number): void } }
  }
  context.getStore().context.progress(0.5)
  while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 1))
  return process.pid
}

/** What a task was rejected with. */
export async function errorOf(handle: TaskHandle): Promise<Error> {
  return handle.wait().then(
    (value) => {
      throw new Error(`expected a rejection, got ${String(value)}`)
    },
    (error: Error) => error,
  )
}

function readProcesses(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return []
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

/** The process that has a task. */
export function workerOf(handle: TaskHandle): number {
  const { workerId } = handle.stats()
  if (workerId === null) throw new Error('the task has no process')
  return workerId
}
