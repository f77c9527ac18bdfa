// The codes of the tasks of an engine, numbered: a thread is sent each once, and tasks name theirs by number.
import { UnknownTaskError } from '../contract/errors.ts'
import type { TaskHandler } from '../contract/task.ts'
import { taskCodeOf } from './code/task-code.ts'
import type { TaskCode } from './code/task-code.ts'

export class TaskCodes {
  readonly all: TaskCode[] = []
  /** By function, then by name and module. */
  readonly #known = new WeakMap<TaskHandler, Map<string, number>>()
  /** By what is sent: a function that is made anew for each task has the same text each time. */
  readonly #numbers = new Map<string, number>()

  /** @throws TaskDefinitionError when the body cannot travel */
  indexOf(name: string, handler: TaskHandler | undefined, module: string | undefined): number {
    if (handler === undefined) throw new UnknownTaskError(`no task named '${name}' is registered; define it first`)
    const byName = this.#known.get(handler) ?? new Map<string, number>()
    const key = module === undefined ? name : `${name} ${module}`
    let index = byName.get(key)
    if (index === undefined) {
      index = this.#numberOf(taskCodeOf(name, handler, module))
      byName.set(key, index)
      this.#known.set(handler, byName)
    }
    return index
  }

  #numberOf(code: TaskCode): number {
    const key = JSON.stringify(code)
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.all.push(code) - 1
    this.#numbers.set(key, number)
    return number
  }
}
