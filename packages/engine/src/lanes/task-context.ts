// Which task is running here: an AsyncLocalStorage that follows a body through its awaits.
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import type { TaskContext, TaskHandler } from '../contract/task.ts'
import { ContextCost } from './context-cost.ts'

/** An attempt that runs; its context is made when the body first looks. */
export interface Running {
  readonly context: TaskContext
}

// one per process, also when the package is loaded twice (ESM and CommonJS)
const key = Symbol.for('@catzilla/engine/task-context')
const shared = globalThis as { [key]?: AsyncLocalStorage<Running> }
const storage: AsyncLocalStorage<Running> = (shared[key] ??= new AsyncLocalStorage<Running>())

const contextCost = new ContextCost(storage as AsyncLocalStorage<never>, runOutsideContexts)

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
 * `runBodies` or `runOutsideContexts`: the rest of that scope stays in the context until another body runs or
 * `leaveTaskContext` is called. That is half the cost of a scope for each body.
 */
export function runInTaskContext(running: Running, body: TaskHandler, args: readonly unknown[]): unknown {
  contextCost.bodyBegins()
  storage.enterWith(running)
  const answer = body(...(args as never[]))
  contextCost.bodyEnds()
  return answer
}

/** What is set up from here on, such as a timer, must not hold on to the attempt that ran last. */
export function leaveTaskContext(): void {
  contextCost.bodyEnds()
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

/** As `runOutsideContexts`, for work that calls bodies: what contexts cost others ends with it where it can. */
export function runBodies(work: () => void): void {
  contextCost.roundBegins()
  try {
    runOutsideContexts(work)
  } finally {
    contextCost.roundEnds()
  }
}

function openScope(work: () => void): void {
  new AsyncResource('catzilla:scope').runInAsyncScope(work)
}
