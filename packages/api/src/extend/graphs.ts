// Graphs of tasks that run in C as one: what a package needs that knows such graphs.
import type { CallGraph, CallGraphEnd, GraphStep, GraphTerms } from '@catzilla/engine'
import type { AnyTask } from '../registry.ts'
import { TaskResult } from '../task-result.ts'
import { requiredParts } from './task-access.ts'

/** Any task, whatever it takes and gives. */
type SomeTask = Pick<AnyTask, 'taskName'>

/** Who runs the task: graphs have the tasks of one engine. */
export function engineOf(task: SomeTask): object {
  return requiredParts(task).home.engine
}

/** How the body of a task would run as a step of a graph, on so many numbers. */
export function graphStepOf(task: SomeTask, args: number): GraphStep {
  const { home, call, input } = requiredParts(task)
  const no = (reason: string): GraphStep => ({ call: null, reason, runMs: Infinity })
  if (input !== undefined) return no('its input schema is JavaScript')
  return home.engine.graphStepOf?.(call, args) ?? no(`the ${home.engine.name} engine runs no graphs in C`)
}

/**
 * Submits a graph of calls that `graphStepOf` gave, as one task.
 * @param task any of those whose calls they are: it says on which engine
 * @throws QueueFullError, EngineClosedError, UnsupportedByEngineError
 */
export function submitGraph(task: SomeTask, terms: GraphTerms, graph: CallGraph): TaskResult<CallGraphEnd> {
  const { home } = requiredParts(task)
  const handle = home.engine.submitGraph?.(terms, graph)
  if (handle === undefined) throw new TypeError(`the ${home.engine.name} engine gave a step of a graph, and takes none`)
  return new TaskResult<CallGraphEnd>(handle, home.clock)
}
