// Brings back what isolates have finished: this thread looks again and again while something comes, and sleeps until it is
// woken when nothing does.
import { Head } from './lane-memory.ts'

/** Most turns of the event loop, of about a microsecond each, in which this thread looks in vain before it sleeps. */
const MOST_LOOKS = 100
const LEAST_LOOKS = 1

/** `Atomics.waitAsync`, which the standard library of the compiler does not know yet. */
type WaitAsync = (
  words: Int32Array,
  index: number,
  value: number,
) => { readonly async: false } | { readonly async: true; readonly value: Promise<string> }

const { waitAsync } = Atomics as typeof Atomics & { readonly waitAsync: WaitAsync }

export interface Drained {
  /** Takes in what has come; tells how many. */
  drain(): number
  /** Whether something has come. */
  readonly hasNext: boolean
  /** Tasks that have not come back. */
  readonly inFlight: number
}

export class CompletionPump {
  readonly #words: Int32Array
  readonly #from: Drained
  #looking = false
  #asleep = false
  #inVain = 0
  #patience = MOST_LOOKS

  constructor(words: Int32Array, from: Drained) {
    this.#words = words
    this.#from = from
  }

  /** Something was handed over. */
  start(): void {
    if (this.#looking) return
    this.#looking = true
    this.#inVain = 0
    Atomics.store(this.#words, Head.WAITING, 0)
    setImmediate(this.#look)
  }

  readonly #look = (): void => {
    const found = this.#from.drain() > 0
    if (found && this.#inVain > 0) this.#patience = Math.min(this.#patience * 2, MOST_LOOKS)
    this.#inVain = found ? 0 : this.#inVain + 1
    if (this.#from.inFlight === 0) {
      this.#looking = false
      return
    }
    if (this.#inVain < this.#patience) {
      setImmediate(this.#look)
      return
    }
    this.#patience = Math.max(this.#patience >> 1, LEAST_LOOKS)
    this.#looking = false
    this.#sleep()
  }

  #sleep(): void {
    const words = this.#words
    const seen = Atomics.load(words, Head.COMPLETED)
    Atomics.store(words, Head.WAITING, 1)
    // it may have come before the isolate could see that somebody waits
    if (this.#from.hasNext) return this.start()
    if (this.#asleep) return
    const waiting = waitAsync(words, Head.COMPLETED, seen)
    if (!waiting.async) return this.start()
    this.#asleep = true
    void waiting.value.then(this.#wake)
  }

  readonly #wake = (): void => {
    this.#asleep = false
    if (this.#looking) return
    if (this.#from.inFlight === 0 && !this.#from.hasNext) return
    this.#looking = true
    this.#inVain = 0
    this.#look()
  }

  /** Holds this thread up until something has come or been handed over; at most so many milliseconds. */
  holdUp(timeoutMs: number): void {
    const words = this.#words
    const seen = Atomics.load(words, Head.COMPLETED)
    Atomics.store(words, Head.WAITING, 1)
    if (!this.#from.hasNext) Atomics.wait(words, Head.COMPLETED, seen, timeoutMs)
  }
}
