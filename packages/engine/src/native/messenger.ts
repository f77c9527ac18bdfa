// Traffic with C. What this thread pushes is published in batches, C is called only when no worker is looking, to run what is
// short or to wake one, and what comes back is drained in turns of bounded length for as long as something comes.
import type { NativeEngineBinding } from '@catzilla/core-c'
import type { Port } from './port.ts'

/**
 * Records published together while work is in flight: publishing each would cost more than the rest of a submission. The more
 * come in one turn, the larger the batches.
 */
const LEAST_BATCH = 32
const MOST_BATCH = 256
/**
 * With so many tasks in flight, what has come back is taken in while others are handed over: their slots are used again while
 * they are near, and what is held for them is young when it is let go.
 */
const CROWDED = 8192
/** Most entries drained in one turn of the event loop, and the longest time for it, in milliseconds. */
const MOST_ENTRIES = 4096
const SLICE_MS = 1
/** Entries taken out of the ring together, before the clock is looked at. */
const TAKEN_TOGETHER = 128
/**
 * Turns of the event loop, of about a microsecond each, in which this thread looks in vain before it lets C wake it: little beside
 * what being woken costs, and enough for a worker that is awake and at short bodies. Where looking keeps being in vain, less of it.
 */
const MOST_LOOKS = 20
const LEAST_LOOKS = 1

const readClock = (): number => performance.now()

/** Who takes what comes back. */
export interface Receiver {
  /** Receives at least the first of the entries from `from` to before `until`; gives the place of the next. */
  receive(entries: Int32Array, from: number, until: number): number
  /** Everything there was, or as much as fits a turn, has been received. */
  endRound(): void
}

export class Messenger {
  /** Slots that C has. */
  inFlight = 0
  readonly #binding: NativeEngineBinding
  readonly #port: Port
  readonly #receiver: Receiver
  #publishing = false
  #batch = LEAST_BATCH
  #looking = false
  #inVain = 0
  #patience = MOST_LOOKS
  #draining = false
  /** Entries that have been taken out of the ring, and those of them that are still to be received. */
  readonly #entries = new Int32Array(TAKEN_TOGETHER)
  #from = 0
  #until = 0
  /** Entries of this round. */
  #round = 0
  #closed = false

  constructor(binding: NativeEngineBinding, port: Port, receiver: Receiver) {
    this.#binding = binding
    this.#port = port
    this.#receiver = receiver
    port.askForWake()
  }

  /** Hands a slot to C. */
  send(ring: number, slot: number): void {
    const port = this.#port
    port.push(ring, slot)
    if (this.inFlight++ === 0 || !this.#publishing || port.unpublished >= this.#batch) this.#sendOff()
  }

  /** What was pushed goes now or, of those that follow each other in one turn, soon. */
  #sendOff(): void {
    // nobody works: the first one should not wait for the others
    if (this.inFlight === 1) {
      this.publish()
      this.#startLooking()
    } else if (this.#port.unpublished >= this.#batch) {
      this.#batch = Math.min(this.#batch * 2, MOST_BATCH)
      this.publish()
      if (this.inFlight > CROWDED) this.drain(2 * MOST_BATCH)
    } else {
      this.#publishing = true
      queueMicrotask(this.#publishSoon)
    }
  }

  readonly #publishSoon = (): void => {
    this.#publishing = false
    this.#batch = LEAST_BATCH
    this.publish()
  }

  /** Whether this is not the first that is handed over in this turn of the event loop. */
  get inBurst(): boolean {
    return this.#publishing
  }

  publish(): void {
    const port = this.#port
    if (port.unpublished === 0 || this.#closed) return
    const timed = port.publish()
    if (timed && port.timersSleep) this.#binding.wakeTimers()
    // what C has run in this call is there already
    if (port.wantsWorker(readClock) && this.#binding.runOrWake()) this.#startLooking()
  }

  #startLooking(): void {
    if (this.#looking) return
    this.#looking = true
    this.#inVain = 0
    this.#port.askForNoWake()
    setImmediate(this.#look)
  }

  /** C called: something has come back since this thread asked to be told. */
  readonly wake = (): void => {
    if (this.#looking || this.#closed) return
    this.#looking = true
    this.#inVain = 0
    this.#look()
  }

  /** While something comes in, it costs less to look again than to be woken. */
  readonly #look = (): void => {
    if (this.#closed) return
    // should it throw, there may be more
    let found = true
    try {
      found = this.drain(MOST_ENTRIES, SLICE_MS) > 0
    } finally {
      this.#lookOnOrSleep(found)
    }
  }

  #lookOnOrSleep(found: boolean): void {
    // it came while this thread looked for it
    if (found && this.#inVain > 0) this.#patience = Math.min(this.#patience * 2, MOST_LOOKS)
    this.#inVain = found ? 0 : this.#inVain + 1
    if (this.inFlight > 0 && this.#inVain < this.#patience) {
      setImmediate(this.#look)
      return
    }
    if (this.inFlight > 0) this.#patience = Math.max(this.#patience >> 1, LEAST_LOOKS)
    this.#looking = false
    this.#port.askForWake()
    // it may have come before C saw that somebody waits
    if (this.#port.hasNext) this.#startLooking()
  }

  /** Takes in what has come back; tells how many entries. */
  drain(most: number = Infinity, sliceMs: number = Infinity): number {
    if (this.#draining) return 0
    this.#draining = true
    this.#round = 0
    try {
      this.#receiveAll(most, sliceMs)
    } finally {
      this.#endRound()
    }
    return this.#round
  }

  #receiveAll(most: number, sliceMs: number): void {
    const endsAt = sliceMs === Infinity ? Infinity : performance.now() + sliceMs
    while (this.#from < this.#until || this.#takeMore()) {
      this.#round += this.#until - this.#from
      while (this.#from < this.#until) this.#receiveSome()
      if (this.#round >= most || (sliceMs !== Infinity && performance.now() > endsAt)) break
    }
  }

  #endRound(): void {
    try {
      if (this.#round === 0) return
      this.#port.acknowledge()
      this.#receiver.endRound()
    } finally {
      this.#draining = false
    }
  }

  #takeMore(): boolean {
    this.#from = 0
    this.#until = this.#port.take(this.#entries)
    return this.#until > 0
  }

  #receiveSome(): void {
    // should it throw, the others are received the next time
    const from = this.#from++
    this.#from = this.#receiver.receive(this.#entries, from, this.#until)
  }

  /** Holds this thread up until something comes back; false when the time was over. */
  waitForNext(timeoutMs: number): boolean {
    this.publish()
    return this.#port.hasNext || this.#binding.waitCompleted(this.#port.position, timeoutMs)
  }

  close(): void {
    this.#closed = true
  }
}
