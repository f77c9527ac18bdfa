// The codes of the tasks of an engine, numbered: they are sent to a thread or process once, and named by number.
import { UnknownTaskError } from '../contract/errors.ts'
import type { TaskHandler } from '../contract/task.ts'
import { taskCodeOf } from './code/task-code.ts'
import type { TaskCode } from './code/task-code.ts'

export class TaskCodes {
  readonly all: TaskCode[] = []
  /** By function, then by name and module. */
  readonly #known = new WeakMap<TaskHandler, Map<string, number>>()

  /** @throws TaskDefinitionError when the body cannot travel */
  indexOf(name: string, handler: TaskHandler | undefined, module: string | undefined): number {
    if (handler === undefined) throw new UnknownTaskError(`no task named '${name}' is registered; define it first`)
    const byName = this.#known.get(handler) ?? new Map<string, number>()
    const key = module === undefined ? name : `${name} ${module}`
    let index = byName.get(key)
    if (index === undefined) {
      index = this.all.push(taskCodeOf(name, handler, module)) - 1
      byName.set(key, index)
      this.#known.set(handler, byName)
    }
    return index
  }
}
