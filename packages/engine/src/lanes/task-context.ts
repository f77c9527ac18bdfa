// Which task is running here: an AsyncLocalStorage that follows a body through its awaits.
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import type { TaskContext, TaskHandler } from '../contract/task.ts'

/** An attempt that runs; its context is made when the body first looks. */
export interface Running {
  readonly context: TaskContext
}

// one per process, also when the package is loaded twice (ESM and CommonJS)
const key = Symbol.for('@catzilla/engine/task-context')
const shared = globalThis as { [key]?: AsyncLocalStorage<Running> }
const storage: AsyncLocalStorage<Running> = (shared[key] ??= new AsyncLocalStorage<Running>())

/** The task whose body calls this; undefined outside of one. */
export function currentTask(): TaskContext | undefined {
  return storage.getStore()?.context
}

/** The attempt whose body calls this, or set up what does. */
export function runningTask(): Running | undefined {
  return storage.getStore()
}

/**
 * Calls a body so that `currentTask()` finds the attempt, there and in whatever the body awaits. To be called inside of
 * `runOutsideContexts`: the rest of that scope stays in the context until another body runs or `leaveTaskContext` is
 * called. That is half the cost of a scope for each body.
 */
export function runInTaskContext(running: Running, body: TaskHandler, args: readonly unknown[]): unknown {
  storage.enterWith(running)
  return body(...(args as never[]))
}

/** What is set up from here on, such as a timer, must not hold on to the attempt that ran last. */
export function leaveTaskContext(): void {
  storage.enterWith(undefined as never)
}

/** The context in which this module was loaded: outside of any request and any task. */
const outside = new AsyncResource('catzilla:engine')

/**
 * Calls the engine's own work outside the context of whoever happened to wake it: contexts must not leak into tasks.
 * Each call has a scope of its own, so that what a body enters for good ends with it.
 */
export function runOutsideContexts(work: () => void): void {
  outside.runInAsyncScope(openScope, undefined, work)
}

function openScope(work: () => void): void {
  new AsyncResource('catzilla:scope').runInAsyncScope(work)
}
