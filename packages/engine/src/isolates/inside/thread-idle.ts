// How an isolate waits for work: it looks for a moment, then sleeps. Where its bodies have left timers or connections, its
// event loop goes on meanwhile; where there are none the thread sleeps as a whole, from which it wakes sooner.
import { IsolateWord } from '../thread/lane-memory.ts'
import type { LaneMemory } from '../thread/lane-memory.ts'

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
  readonly #asleep: number
  readonly #bell: number
  readonly #isWanted: () => boolean

  constructor(memory: LaneMemory, isolate: number, isWanted: () => boolean) {
    this.#words = memory.words
    this.#asleep = memory.isolateWord(isolate, IsolateWord.ASLEEP)
    this.#bell = memory.isolateWord(isolate, IsolateWord.BELL)
    this.#isWanted = isWanted
  }

  /**
   * Sleeps until there may be something to do; a promise when the event loop goes on meanwhile. There is none where the
   * thread is woken soon: what follows then follows at once.
   * @param looksFirst false: the submitter was asleep, and is to have the processor
   */
  sleep(looksFirst: boolean): Promise<void> | undefined {
    if (looksFirst) for (let look = 0; look < LOOKS; look++) if (this.#isWanted()) return undefined
    const seen = Atomics.load(this.#words, this.#bell)
    Atomics.store(this.#words, this.#asleep, 1)
    // whoever publishes after this look sees the sleeper, and rings
    const wanted = this.#isWanted() || this.#sleepsUntilWoken(seen, NAP_MS)
    const alone = !wanted && isAlone()
    if (!wanted && !alone) return this.#goOnUntilWoken(seen)
    const woken = wanted || this.#sleepsUntilWoken(seen, SLEEP_MS)
    Atomics.store(this.#words, this.#asleep, 0)
    // what has no claim on the event loop, such as a cache that empties itself, gets a turn of it now and then
    return woken ? undefined : turn()
  }

  /** The event loop goes on meanwhile. */
  async #goOnUntilWoken(seen: number): Promise<void> {
    const waiting = waitAsync(this.#words, this.#bell, seen)
    if (waiting.async) await waiting.value
    Atomics.store(this.#words, this.#asleep, 0)
  }

  #sleepsUntilWoken(seen: number, mostMs: number): boolean {
    return Atomics.wait(this.#words, this.#bell, seen, mostMs) !== 'timed-out'
  }
}

/** Nothing but the port of the engine would keep the event loop going. */
function isAlone(): boolean {
  return process.getActiveResourcesInfo().every((name) => name === 'MessagePort')
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
