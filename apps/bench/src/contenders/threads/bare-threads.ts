// Worker threads without a pool, as one would write it by hand: a promise and a message for each task, in turns.
import { Worker } from 'node:worker_threads'
import type { Transferable } from 'node:worker_threads'

export class BareThreads {
  readonly #threads: readonly Worker[]
  readonly #waiting = new Map<number, (value: never) => void>()
  #sent = 0

  constructor(file: URL, count: number) {
    this.#threads = Array.from({ length: count }, () => new Worker(file))
    for (const thread of this.#threads) {
      thread.on('message', ([id, value]: [number, never]) => {
        this.#waiting.get(id)?.(value)
        this.#waiting.delete(id)
      })
    }
  }

  run<R>(name: string, args: readonly unknown[], transfer: readonly Transferable[] = []): Promise<R> {
    return new Promise<R>((resolve) => {
      const id = this.#sent++
      this.#waiting.set(id, resolve)
      this.#threads[id % this.#threads.length]?.postMessage([id, name, args], transfer)
    })
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()))
  }
}
