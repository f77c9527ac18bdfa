// How an isolate waits for work: it looks for a moment, then sleeps. Where its bodies have left timers or connections, its
// event loop goes on meanwhile; where there are none the thread sleeps as a whole, from which it wakes sooner.
import { Head } from '../thread/lane-memory.ts'

/** Looks at the queues before sleeping: some 20 µs, about what being woken costs. */
const LOOKS = 300
/** How long, in milliseconds, the thread sleeps as a whole: at first, and then with nothing on its event loop. */
const NAP_MS = 1
const SLEEP_MS = 250

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

  /**
   * Settles when there may be something to do.
   * @param looksFirst false: the submitter was asleep, and is to have the processor
   */
  async sleep(looksFirst: boolean): Promise<void> {
    if (looksFirst) for (let look = 0; look < LOOKS; look++) if (this.#isWanted()) return
    const words = this.#words
    Atomics.add(words, Head.SLEEPERS, 1)
    try {
      const seen = Atomics.load(words, Head.SUBMITTED)
      // whoever publishes after this look sees the sleeper, and changes the word
      if (this.#isWanted() || this.#sleepsUntilWoken(seen, NAP_MS)) return
      if (isAlone()) {
        if (this.#sleepsUntilWoken(seen, SLEEP_MS)) return
        // what has no claim on the event loop, such as a cache that empties itself, gets a turn of it now and then
        return await turn()
      }
      const waiting = waitAsync(words, Head.SUBMITTED, seen)
      if (waiting.async) await waiting.value
    } finally {
      Atomics.sub(words, Head.SLEEPERS, 1)
    }
  }

  #sleepsUntilWoken(seen: number, mostMs: number): boolean {
    return Atomics.wait(this.#words, Head.SUBMITTED, seen, mostMs) !== 'timed-out'
  }
}

/** Nothing but the port of the engine would keep the event loop going. */
function isAlone(): boolean {
  return process.getActiveResourcesInfo().every((name) => name === 'MessagePort')
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
