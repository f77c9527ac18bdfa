// Tasks that came from another process: what happens to them is traced once it is known where they were submitted.
import type { TaskEngine } from '@catzilla/engine'
import { carriedBy, outlivesThis } from './carrier.ts'
import type { TaskSpans } from './task-spans.ts'

export class Arrivals {
  readonly #engine: TaskEngine
  readonly #spans: TaskSpans
  /** Of attempts that have not ended. */
  readonly #asked = new Map<string, Promise<void>>()

  constructor(engine: TaskEngine, spans: TaskSpans) {
    this.#engine = engine
    this.#spans = spans
  }

  /** An attempt begins. Settles when it is known where its task was submitted; undefined: nothing is to be found out. */
  learn(taskId: string): Promise<void> | undefined {
    const asked = this.#asked.get(taskId)
    if (asked !== undefined) return asked
    if (!outlivesThis(this.#engine) || this.#spans.isSent(taskId)) return undefined
    const asking = this.#ask(taskId)
    this.#asked.set(taskId, asking)
    return asking
  }

  /** Calls `tell` after what is being found out about the task. */
  after(taskId: string, tell: () => void): void {
    const asked = this.#asked.get(taskId)
    if (asked === undefined) tell()
    else void asked.then(tell)
  }

  /** An attempt has ended: another one may run in another process. */
  leave(taskId: string): void {
    if (this.#asked.delete(taskId)) this.#spans.forget(taskId)
  }

  async #ask(taskId: string): Promise<void> {
    // a task that cannot be looked up any more is traced all the same, in a trace of its own
    const info = await this.#engine.find(taskId).catch(() => undefined)
    const from = info === undefined ? undefined : carriedBy(info.metadata)
    if (from !== undefined) this.#spans.sent(taskId, from)
  }
}
