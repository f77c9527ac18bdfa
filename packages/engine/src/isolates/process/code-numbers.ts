// Codes of bodies and their numbers: a child gets a code once and its number from then on.
import type { TaskHandler } from '../../contract/task.ts'
import { taskCodeOf } from '../code/task-code.ts'
import type { TaskCode } from '../code/task-code.ts'

/** Codes with a number; tasks that come with ever new functions must not fill the memory of their processes. */
const MOST_CODES = 1024

export class CodeNumbers {
  /** Goes up when all numbers are given anew: what children know is void then. */
  generation = 0
  #codes = new WeakMap<TaskHandler, Map<string, TaskCode>>()
  readonly #numbers = new Map<string, number>()

  /** @throws TaskDefinitionError when the body cannot travel */
  codeOf(name: string, handler: TaskHandler, module: string | undefined): TaskCode {
    const key = `${name} ${module ?? ''}`
    const known = this.#codes.get(handler)
    const code = known?.get(key) ?? taskCodeOf(name, handler, module)
    if (known === undefined) this.#codes.set(handler, new Map([[key, code]]))
    else known.set(key, code)
    return code
  }

  /** The same for functions of a task with the same text. */
  numberOf(code: TaskCode): number {
    const key =
      code.kind === 'source' ? `${code.name} ${code.text}` : JSON.stringify([code.name, code.url, code.exported])
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    if (this.#numbers.size === MOST_CODES) {
      this.#numbers.clear()
      this.generation++
    }
    const number = this.#numbers.size
    this.#numbers.set(key, number)
    return number
  }
}
