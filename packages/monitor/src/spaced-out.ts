// A figure that costs something to make. Whoever asks now and then gets a fresh one; to those who ask all the time the latest is
// given again, so that making it takes a small share of what the process does, but never one that is old.

/** Share of the processor time of the process that may go into making. */
const SHARE = 0.01
/** Milliseconds of making that may be saved up. */
const SAVED_UP_MS = 250
/** Milliseconds after which a new one is made in any case. */
const OLD_MS = 100
/** Milliseconds between two looks at the processor time: asking for it costs more than giving the latest does. */
const LOOK_MS = 10

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
  readonly #oldMs: number
  #countedAt: number
  /** Until then the latest is given without a look at anything. */
  #restUntil = -Infinity

  /** @param oldMs milliseconds after which a new one is made in any case */
  constructor(make: () => T, { times = processTimes, oldMs = OLD_MS }: { times?: Times; oldMs?: number } = {}) {
    this.#make = make
    this.#times = times
    this.#oldMs = oldMs
    this.#countedAt = times.processorMs()
  }

  get(): T {
    const now = this.#times.now()
    if (this.#latest !== undefined && now < this.#restUntil) return this.#latest.value
    const used = this.#times.processorMs()
    this.#leftMs = Math.min(SAVED_UP_MS, this.#leftMs + (used - this.#countedAt) * SHARE)
    this.#countedAt = used
    if (this.#latest !== undefined && this.#leftMs <= 0 && now - this.#latest.madeAt < this.#oldMs) {
      this.#restUntil = Math.min(now + LOOK_MS, this.#latest.madeAt + this.#oldMs)
      return this.#latest.value
    }
    const value = this.#make()
    this.#leftMs -= this.#times.processorMs() - used
    this.#latest = { value, madeAt: this.#times.now() }
    return value
  }
}
