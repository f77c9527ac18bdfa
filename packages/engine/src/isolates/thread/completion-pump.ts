// Brings back what isolates have finished: this thread looks again and again while something comes, and sleeps until it is
// woken when nothing does.
import { performance } from 'node:perf_hooks'
import { runOutsideContexts } from '../../lanes/task-context.ts'
import { Head, Wanted } from './lane-memory.ts'
import { Patience } from './patience.ts'
import { NO_BELL } from './wake-bell.ts'
import type { WakeBell } from './wake-bell.ts'

/** `Atomics.waitAsync`, which the standard library of the compiler does not know yet. */
type WaitAsync = (
  words: Int32Array,
  index: number,
  value: number,
) => { readonly async: false } | { readonly async: true; readonly value: Promise<string> }

const { waitAsync } = Atomics as typeof Atomics & { readonly waitAsync: WaitAsync }

const soon = Promise.resolve()

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
  readonly #bell: Pick<WakeBell, 'number'>
  #looking = false
  /** What an isolate would wake by the word is there. */
  #listening = false
  #closed = false
  readonly #patience = new Patience()

  constructor(words: Int32Array, from: Drained, bell: Pick<WakeBell, 'number'>) {
    this.#words = words
    this.#from = from
    this.#bell = bell
  }

  /** Something is handed over. */
  start(): void {
    if (this.#looking) return
    const now = performance.now()
    if (!this.#patience.isBusy(now)) return this.#sleep()
    this.#patience.begin(now)
    this.#startLooking()
  }

  #startLooking(): void {
    this.#looking = true
    Atomics.store(this.#words, Head.WAITING, Wanted.NOT)
    runOutsideContexts(this.#lookSoon)
  }

  readonly #lookSoon = (): void => {
    setImmediate(this.#look)
  }

  readonly #look = (): void => {
    const found = this.#from.drain() > 0
    const now = performance.now()
    if (found) this.#patience.found(now)
    const underWay = this.#from.inFlight > 0
    if (underWay && (found ? this.#patience.pays : this.#patience.lasts(now))) {
      setImmediate(this.#look)
      return
    }
    this.#looking = false
    // ahead of the next task, which then need not wait for it; after those who wait for the results of these
    if (!underWay) {
      if (!this.#hasEar) void soon.then(this.#listen)
      return
    }
    this.#listen()
    this.#sleep()
  }

  #sleep(): void {
    if (this.#closed) return
    if (!this.#hasEar) runOutsideContexts(this.#listen)
    Atomics.store(this.#words, Head.WAITING, this.#hasBell ? Wanted.BY_BELL : Wanted.BY_WORD)
    // it may have come before the isolate could see that somebody waits, or while this began to listen
    if (this.#from.hasNext || !this.#hasEar) this.#startLooking()
  }

  get #hasBell(): boolean {
    return this.#bell.number !== NO_BELL
  }

  /** Who sleeps now can be woken. */
  get #hasEar(): boolean {
    return this.#hasBell || this.#listening
  }

  readonly #listen = (): void => {
    if (this.#hasEar || this.#closed) return
    const words = this.#words
    const waiting = waitAsync(words, Head.COMPLETED, Atomics.load(words, Head.COMPLETED))
    if (!waiting.async) return
    this.#listening = true
    void waiting.value.then(this.#heardWord)
  }

  readonly #heardWord = (): void => {
    this.#listening = false
    this.wake()
  }

  /** A thread says that something has come. */
  readonly wake = (): void => {
    if (this.#looking) return
    if (this.#from.inFlight === 0 && !this.#from.hasNext) return
    this.#looking = true
    this.#look()
  }

  /** What listens here holds on to the memory: it is woken, and there is nothing for it. */
  close(): void {
    this.#closed = true
    Atomics.notify(this.#words, Head.COMPLETED)
  }

  /** Holds this thread up until something has come or been handed over; at most so many milliseconds. */
  holdUp(timeoutMs: number): void {
    const words = this.#words
    const seen = Atomics.load(words, Head.COMPLETED)
    Atomics.store(words, Head.WAITING, Wanted.BY_WORD)
    if (!this.#from.hasNext) Atomics.wait(words, Head.COMPLETED, seen, timeoutMs)
    // who listens to the bell was not told of this, nor will be of what comes next
    if (!this.#looking) this.#startLooking()
  }
}
