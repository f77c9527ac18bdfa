// The least that a round trip to a thread takes in JavaScript: a word is changed and its sleeper woken, and the same on the
// way back. No queue, no task, no promise but the one that is awaited.
import { Worker } from 'node:worker_threads'
import { FUTEX_BYTES, FutexWord } from './futex-words.ts'
import { changeOf } from './wait-async.ts'

export class FutexTrip {
  readonly #words = new Int32Array(new SharedArrayBuffer(FUTEX_BYTES))
  readonly #thread: Worker
  #asked = 0

  constructor(file: URL) {
    this.#thread = new Worker(file, { workerData: this.#words.buffer })
  }

  /** One at a time. */
  async add(a: number, b: number): Promise<number> {
    const words = this.#words
    const before = this.#asked++
    Atomics.store(words, FutexWord.A, a)
    Atomics.store(words, FutexWord.B, b)
    Atomics.store(words, FutexWord.ASKED, this.#asked)
    Atomics.notify(words, FutexWord.ASKED)
    await changeOf(words, FutexWord.DONE, before)
    return Atomics.load(words, FutexWord.SUM)
  }

  async close(): Promise<void> {
    await this.#thread.terminate()
  }
}
