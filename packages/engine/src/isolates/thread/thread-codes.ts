// The codes of the tasks of an engine, numbered: a thread is sent each once, and tasks name theirs by number.
import type { Plan } from '../../typescript/plan.ts'
import { CodeCache, keyOf } from '../code/code-cache.ts'
import type { TaskCode } from '../code/task-code.ts'

export class ThreadCodes extends CodeCache {
  readonly all: TaskCode[] = []
  readonly #numbers = new Map<string, number>()
  #latest: Plan | null = null
  #latestNumber = 0

  /** The number of the code of a plan's tasks. @throws TaskDefinitionError when the body cannot travel */
  numberFor(plan: Plan): number {
    if (plan === this.#latest) return this.#latestNumber
    const number = this.#numberOf(this.codeOf(plan.call, plan.handler))
    this.#latest = plan
    this.#latestNumber = number
    return number
  }

  #numberOf(code: TaskCode): number {
    const key = keyOf(code)
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.all.push(code) - 1
    this.#numbers.set(key, number)
    return number
  }
}
