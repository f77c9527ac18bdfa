// Which task is running here: an AsyncLocalStorage that follows a body through its awaits.
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import type { TaskContext, TaskHandler } from '../contract/task.ts'

// one per process, also when the package is loaded twice (ESM and CommonJS)
const key = Symbol.for('@catzilla/engine/task-context')
const shared = globalThis as { [key]?: AsyncLocalStorage<TaskContext> }
const storage: AsyncLocalStorage<TaskContext> = (shared[key] ??= new AsyncLocalStorage<TaskContext>())

/** The task whose body calls this; undefined outside of one. */
export function currentTask(): TaskContext | undefined {
  return storage.getStore()
}

/** Calls a body so that `currentTask()` finds `context`, there and in whatever it awaits. */
export function runInTaskContext(context: TaskContext, body: TaskHandler, args: readonly unknown[]): unknown {
  return storage.run(context, body, ...(args as never[]))
}

/** The context in which this module was loaded: outside of any request and any task. */
const outside = new AsyncResource('catzilla:engine')

/** Calls the engine's own work outside the context of whoever happened to wake it: contexts must not leak into tasks. */
export function runOutsideContexts(work: () => void): void {
  outside.runInAsyncScope(work)
}
