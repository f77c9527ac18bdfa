// The least that telling each result takes: threads take numbers off a counter, and the submitter is woken for what has come
// and resolves a promise for each. No queue, no task, no arguments.
import { Worker } from 'node:worker_threads'
import { CountingWord } from './counting-words.ts'
import { changeOf } from './wait-async.ts'

export class CountingThreads {
  readonly #words: Int32Array
  readonly #threads: readonly Worker[]

  /** @param most results that there are at most */
  constructor(file: URL, threads: number, most: number) {
    const bytes = (CountingWord.RESULTS + most) * Int32Array.BYTES_PER_ELEMENT
    this.#words = new Int32Array(new SharedArrayBuffer(bytes))
    this.#threads = Array.from({ length: threads }, () => new Worker(file, { workerData: this.#words.buffer }))
  }

  /** Runs `spin(turns)`, whose result is not 0, so many times. */
  async spin(turns: number, count: number): Promise<number[]> {
    const words = this.#words
    words.fill(0)
    const resolvers: ((value: number) => void)[] = []
    const results = Array.from({ length: count }, () => new Promise<number>((resolve) => resolvers.push(resolve)))
    for (const thread of this.#threads) thread.postMessage([turns, count])
    const missing = new Set(resolvers.keys())
    for (;;) {
      const woken = Atomics.load(words, CountingWord.WOKEN)
      Atomics.store(words, CountingWord.WAITING, 1)
      const taken = Atomics.load(words, CountingWord.NEXT)
      for (const number of missing) {
        if (number >= taken) break
        const result = Atomics.load(words, CountingWord.RESULTS + number)
        if (result === 0) continue
        resolvers[number]?.(result)
        missing.delete(number)
      }
      if (missing.size === 0) return await Promise.all(results)
      await changeOf(words, CountingWord.WOKEN, woken)
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()))
  }
}
