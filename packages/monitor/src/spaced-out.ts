// A figure that costs something to make. Whoever asks now and then gets a fresh one; to those who ask all the time the latest is
// given again, so that making it never takes more than a small share of the time.

/** Share of the time that may go into making. */
const SHARE = 0.01
/** Milliseconds of making that may be saved up. */
const SAVED_UP_MS = 250

export class SpacedOut<T> {
  readonly #make: () => T
  #latest: { readonly value: T } | undefined
  #leftMs = SAVED_UP_MS
  #countedAt = performance.now()

  constructor(make: () => T) {
    this.#make = make
  }

  get(): T {
    const now = performance.now()
    this.#leftMs = Math.min(SAVED_UP_MS, this.#leftMs + (now - this.#countedAt) * SHARE)
    this.#countedAt = now
    if (this.#latest !== undefined && this.#leftMs <= 0) return this.#latest.value
    const value = this.#make()
    this.#leftMs -= performance.now() - now
    this.#latest = { value }
    return value
  }
}
