// The bodies of a thread by the numbers of their codes, which the engine sends and withdraws.
import type { TaskHandler } from '../../contract/task.ts'
import type { TaskCode } from '../code/task-code.ts'
import type { BodyLoader } from './load-body.ts'

export class ThreadBodies {
  readonly #codes: Map<number, TaskCode>
  readonly #bodies = new Map<number, TaskHandler>()
  readonly #loader: BodyLoader

  constructor(codes: ReadonlyMap<number, TaskCode>, loader: BodyLoader) {
    this.#codes = new Map(codes)
    this.#loader = loader
  }

  /** Undefined for a number that was not sent. */
  codeOf(index: number): TaskCode | undefined {
    return this.#codes.get(index)
  }

  add(index: number, code: TaskCode): void {
    this.#codes.set(index, code)
  }

  forget(indexes: readonly number[]): void {
    for (const index of indexes) {
      const code = this.#codes.get(index)
      if (code !== undefined) this.#loader.forget(code)
      this.#codes.delete(index)
      this.#bodies.delete(index)
    }
  }

  /** As `BodyLoader.load`, with the code that has the number. */
  bodyOf(index: number, code: TaskCode): TaskHandler | Promise<TaskHandler> {
    const known = this.#bodies.get(index)
    if (known !== undefined) return known
    const body = this.#loader.load(code)
    if (typeof body === 'function') this.#bodies.set(index, body)
    return body
  }

  /** Modules are loaded before the first task needs them; what is wrong with one is said when it is needed. */
  async warmUp(): Promise<void> {
    for (const code of this.#codes.values()) {
      try {
        await this.#loader.load(code)
      } catch {}
    }
  }
}
