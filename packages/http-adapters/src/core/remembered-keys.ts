// What idempotency keys led to. While a task is unsettled its `uniqueKey` finds it; here it is found afterwards as well, so
// that a client that repeats a request, because it never saw the answer, gets the task of the first time and no second one.
import { createHash } from 'node:crypto'
import { HttpProblem } from './problem.ts'

/** Keys kept at most; the oldest go first. */
const MAX_KEYS = 10_000

interface Remembered {
  readonly taskId: string
  readonly content: string
  readonly until: number
}

export class RememberedKeys {
  readonly #keepMs: number
  readonly #now: () => number
  readonly #keys = new Map<string, Remembered>()

  /** @param now a clock in milliseconds */
  constructor(keepMs: number, now: () => number = () => performance.now()) {
    this.#keepMs = keepMs
    this.#now = now
  }

  /**
   * The id of the task that was submitted with this key before, if any.
   * @param key with the scope of its client
   * @throws HttpProblem 422 when it was submitted with other content
   */
  find(taskName: string, key: string, content: unknown): string | undefined {
    const id = `${taskName}\n${key}`
    const found = this.#keys.get(id)
    if (found === undefined) return undefined
    if (found.until <= this.#now()) {
      this.#keys.delete(id)
      return undefined
    }
    if (found.content === hashOf(content)) return found.taskId
    throw new HttpProblem('unprocessable', 'this Idempotency-Key came before, with other arguments or options')
  }

  remember(taskName: string, key: string, content: unknown, taskId: string): void {
    if (this.#keepMs === 0) return
    const id = `${taskName}\n${key}`
    // taken out first, so that it stands last: the order of the map is that of age
    this.#keys.delete(id)
    this.#keys.set(id, { taskId, content: hashOf(content), until: this.#now() + this.#keepMs })
    for (const oldest of this.#keys.keys()) {
      if (this.#keys.size <= MAX_KEYS) return
      this.#keys.delete(oldest)
    }
  }
}

function hashOf(content: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(content) ?? '')
    .digest('base64')
}
