// What the process stays alive for: tasks that have not ended, answers of the broker that somebody awaits, and a worker that
// has not been stopped.
import { KeepAlive } from '@catzilla/engine'
import type { Hub } from './hub.ts'

export class Lifeline {
  readonly #hub: Hub
  readonly #keepAlive: KeepAlive
  #asked = 0

  /** @param owner lives as long as there is something to stay alive for */
  constructor(hub: Hub, owner: object) {
    this.#hub = hub
    this.#keepAlive = new KeepAlive(owner)
  }

  /** Until `look`, whatever there is. */
  hold(): void {
    this.#keepAlive.hold(true)
  }

  /** Holds or lets go, as things are. */
  look(): void {
    const { live, broker, options, stoppingSince } = this.#hub
    const isBusy = live.size > 0 || this.#asked > 0
    const isWorker = options.role === 'worker'
    this.#keepAlive.hold(isBusy || (isWorker && stoppingSince === null))
    broker.hold(isBusy || isWorker)
  }

  /** The process waits for an answer, also where it has nothing else to do. */
  async asking<T>(answer: Promise<T>): Promise<T> {
    this.#asked++
    this.look()
    try {
      return await answer
    } finally {
      this.#asked--
      this.look()
    }
  }

  close(): void {
    this.#keepAlive.close()
  }
}
