// Graphs of calls that are one task: C runs each step as soon as the results that it takes are there, and nothing comes back
// to JavaScript between two steps.
import type { TaskCall } from './task.ts'

/** In `argSteps`: the argument is no result, but the number that stands in `argNumbers`. */
export const NO_STEP = 0xffff_ffff

/** Steps that take numbers and give one. Lists are by step or by argument; the engine keeps none of them once it has ended. */
export interface CallGraph {
  /** What steps call: calls that `graphStepOf` gave. */
  readonly calls: readonly TaskCall[]
  /** By step: which of `calls`. */
  readonly stepCalls: Uint32Array
  /** By step: where its arguments end in the two lists below. */
  readonly argEnds: Uint32Array
  /** By argument: the step, one before its own, whose result it is; or `NO_STEP`. */
  readonly argSteps: Uint32Array
  readonly argNumbers: Float64Array
}

/** What a graph came to. A step that is not done failed, was given up, ran too long, or waits for one of those: nothing of it can be seen. */
export interface CallGraphEnd {
  /** By step; those of steps that are not done mean nothing. */
  readonly results: Float64Array
  /** By step: one of `StepEnd`. */
  readonly ends: Uint8Array
}

/** How a step of a graph ended: `waiting` was never called. */
export const StepEnd = { waiting: 0, done: 1, failed: 2, ranTooLong: 3 } as const

/** How the body of a call would run as a step of a graph. */
export interface GraphStep {
  /** What stands in `CallGraph.calls` for it; null: it does not run in a graph, for now or ever. */
  readonly call: TaskCall | null
  /** Why, in one sentence. */
  readonly reason: string
  /** How long a run takes, in milliseconds, as far as is known. */
  readonly runMs: number
}

/** What a graph is as a task: people find it under its name. */
export interface GraphTerms {
  readonly name: string
  readonly priority: TaskCall['options']['priority']
}
