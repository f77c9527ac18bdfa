// A figure that costs something to make. Whoever asks now and then gets a fresh one; to those who ask all the time the latest is
// given again, so that making it takes a small share of what the process does, but never one that is old.

/** Share of the processor time of the process that may go into making. */
const SHARE = 0.01
/** Milliseconds of making that may be saved up. */
const SAVED_UP_MS = 250
/** Milliseconds after which a new one is made in any case. */
const OLD_MS = 100

/** Milliseconds, of the world and of this process at work: others on the machine must make nothing look dear. */
export interface Times {
  now(): number
  processorMs(): number
}

const processTimes: Times = {
  now: () => performance.now(),
  processorMs() {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  },
}

export class SpacedOut<T> {
  readonly #make: () => T
  #latest: { readonly value: T; readonly madeAt: number } | undefined
  #leftMs = SAVED_UP_MS
  readonly #times: Times
  #countedAt: number

  constructor(make: () => T, times: Times = processTimes) {
    this.#make = make
    this.#times = times
    this.#countedAt = times.processorMs()
  }

  get(): T {
    const [now, used] = [this.#times.now(), this.#times.processorMs()]
    this.#leftMs = Math.min(SAVED_UP_MS, this.#leftMs + (used - this.#countedAt) * SHARE)
    this.#countedAt = used
    if (this.#latest !== undefined && this.#leftMs <= 0 && now - this.#latest.madeAt < OLD_MS) return this.#latest.value
    const value = this.#make()
    this.#leftMs -= this.#times.processorMs() - used
    this.#latest = { value, madeAt: this.#times.now() }
    return value
  }
}
