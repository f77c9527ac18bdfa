// How an isolate waits for work: it looks for a moment, then sleeps for a moment, then lets its event loop go on while it
// waits to be woken. The longer nothing comes, the less it costs.
import { Head } from '../thread/lane-memory.ts'

/** Looks at the queues before sleeping: some 20 µs, about what being woken costs. */
const LOOKS = 300
/** How long, in milliseconds, the thread sleeps as a whole, timers of its bodies included. */
const NAP_MS = 1

/** `Atomics.waitAsync`, which the standard library of the compiler does not know yet. */
type WaitAsync = (
  words: Int32Array,
  index: number,
  value: number,
) => { readonly async: false; readonly value: string } | { readonly async: true; readonly value: Promise<string> }

const { waitAsync } = Atomics as typeof Atomics & { readonly waitAsync: WaitAsync }

export class IdleIsolate {
  readonly #words: Int32Array
  readonly #isWanted: () => boolean

  constructor(words: Int32Array, isWanted: () => boolean) {
    this.#words = words
    this.#isWanted = isWanted
  }

  /** Settles when there may be something to do. */
  async sleep(): Promise<void> {
    for (let look = 0; look < LOOKS; look++) if (this.#isWanted()) return
    const words = this.#words
    Atomics.add(words, Head.SLEEPERS, 1)
    try {
      const seen = Atomics.load(words, Head.SUBMITTED)
      // whoever publishes after this look sees the sleeper, and changes the word
      if (this.#isWanted() || Atomics.wait(words, Head.SUBMITTED, seen, NAP_MS) !== 'timed-out') return
      const waiting = waitAsync(words, Head.SUBMITTED, seen)
      if (waiting.async) await waiting.value
    } finally {
      Atomics.sub(words, Head.SLEEPERS, 1)
    }
  }
}
