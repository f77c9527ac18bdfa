// The codes of the tasks of an engine, numbered: a thread is sent each once, and tasks name theirs by number. No number is
// given twice. Tasks that come with ever new functions must not fill the memory: codes that were not used of late go.
import type { Plan } from '../../typescript/plan.ts'
import { CodeCache, keyOf } from '../code/code-cache.ts'
import type { TaskCode } from '../code/task-code.ts'

/** Codes kept, unless more are in use at once. */
const MOST_CODES = 1024

export class ThreadCodes extends CodeCache {
  /** The number that the next new code gets. */
  next = 0
  readonly #byNumber = new Map<number, TaskCode>()
  readonly #numbers = new Map<string, number>()
  readonly #most: number
  /** Numbers that were asked for since codes went last. */
  readonly #used = new Set<number>()
  #latest: Plan | null = null
  #latestNumber = 0

  /** @param most codes kept */
  constructor(most: number = MOST_CODES) {
    super()
    this.#most = most
  }

  /** What is kept, by number. */
  get all(): ReadonlyMap<number, TaskCode> {
    return this.#byNumber
  }

  /** Whether there are so many that some should go. */
  get crowded(): boolean {
    return this.#byNumber.size > this.#most
  }

  /** The number of the code of a plan's tasks. @throws TaskDefinitionError when the body cannot travel */
  numberFor(plan: Plan): number {
    if (plan === this.#latest) return this.#latestNumber
    const number = this.#numberOf(this.codeOf(plan.call, plan.handler))
    this.#used.add(number)
    this.#latest = plan
    this.#latestNumber = number
    return number
  }

  /**
   * Lets go those that were not used since the last time, or all when each of them was.
   * @param needed numbers that tasks have which were handed over: they stay
   * @returns the numbers that mean nothing any more
   */
  letGo(needed: ReadonlySet<number>): number[] {
    const isIdle = (number: number): boolean => !needed.has(number)
    const idle = [...this.#byNumber.keys()].filter(isIdle)
    const unused = idle.filter((number) => !this.#used.has(number))
    const gone = unused.length > 0 ? unused : idle
    for (const number of gone) {
      const code = this.#byNumber.get(number)
      if (code !== undefined) this.#numbers.delete(keyOf(code))
      this.#byNumber.delete(number)
    }
    this.#used.clear()
    this.#latest = null
    return gone
  }

  #numberOf(code: TaskCode): number {
    const key = keyOf(code)
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.next++
    this.#byNumber.set(number, code)
    this.#numbers.set(key, number)
    return number
  }
}
