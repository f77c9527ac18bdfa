// Codes of bodies and their numbers: a child gets a code once and its number from then on.
import { CodeCache, keyOf } from '../code/code-cache.ts'
import type { TaskCode } from '../code/task-code.ts'

/** Codes with a number; tasks that come with ever new functions must not fill the memory of their processes. */
const MOST_CODES = 1024

export class CodeNumbers extends CodeCache {
  /** Goes up when all numbers are given anew: what children know is void then. */
  generation = 0
  readonly #numbers = new Map<string, number>()

  /** The same for functions of a task with the same text. */
  numberOf(code: TaskCode): number {
    const key = keyOf(code)
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
