// What can be asked of a task from outside of the API.
import { TaskDefinitionError, describeValue, systemClock } from '@catzilla/engine'
import type { Clock, EngineRecords, TaskHandler } from '@catzilla/engine'
import type { BackgroundTasks } from '../background-tasks.ts'
import { insideOf } from '../inside.ts'
import type { AnyTask } from '../registry.ts'
import type { TaskConfig } from '../task-config.ts'
import { makeTask, partsOf } from '../task.ts'
import type { Task, TaskParts } from '../task.ts'

/** A task, or a plain function that is to run as one. */
export type RunnableBody = AnyTask | TaskHandler

/** Whether the value was made by `task()`, `kernel()` or `taskMethod()`. */
export function isTask(value: unknown): value is AnyTask {
  return partsOf(value) !== undefined
}

/**
 * The task that `tasks.addTask(body, …, config)` would submit, made once for any number of submissions.
 * @throws TaskDefinitionError for what is no function, and for a task of other tasks; ConfigurationError for options
 */
export function taskFor(tasks: BackgroundTasks, body: RunnableBody, config?: TaskConfig): AnyTask {
  const inside = insideOf(tasks)
  if (inside === undefined) {
    throw new TaskDefinitionError(`${describeValue(tasks)} is no BackgroundTasks; make some with createTasks()`)
  }
  return makeTask(inside.registry.partsForCall(body, config))
}

/**
 * The same task, whose body gets its arguments as they are where it runs inline, and not a copy of them. Only for
 * submitters that see to it that nobody changes them.
 */
export function byReference<A extends readonly unknown[], R, Raw>(task: Task<A, R, Raw>): Task<A, R, Raw> {
  const parts = requiredParts(task)
  return makeTask({ ...parts, call: Object.freeze({ ...parts.call, byReference: true }) })
}

/** The clock that the task's time goes by. */
export function clockOf(owner: AnyTask | BackgroundTasks): Clock {
  return partsOf(owner)?.home.clock ?? insideOf(owner)?.clock ?? systemClock
}

/** Where values are kept beside these tasks, so that they outlive the process as they do; undefined where nothing does. */
export function recordsOf(tasks: BackgroundTasks): EngineRecords | undefined {
  return tasks.engine.records
}

/** How many arguments the body asks for: those before the first that has a default, or that stands for all others. */
export function arityOf(task: AnyTask): number {
  return requiredParts(task).call.handler.length
}

/** The parts of a task. @throws TaskDefinitionError for anything else */
export function requiredParts(task: unknown): TaskParts {
  const parts = partsOf(task)
  if (parts !== undefined) return parts
  throw new TaskDefinitionError(`${describeValue(task)} is no task; define it with task()`)
}
