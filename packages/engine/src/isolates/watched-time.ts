// Time as whoever looks at others from time to time may count it. In a long pause between two looks this thread stood still
// itself: the process was stopped, the machine slept, the event loop was busy. Of the others that says next to nothing.

export class WatchedTime {
  readonly #mostMs: number
  #lookedAt: number | null = null
  #watched = 0

  /** @param mostMs what a pause between two looks counts at most, in milliseconds */
  constructor(mostMs: number) {
    this.#mostMs = mostMs
  }

  /** Somebody looks, at `now` of a monotonic clock. @returns the time by then, in milliseconds; it begins with the first look */
  look(now: number): number {
    this.#watched += this.#lookedAt === null ? now : Math.min(now - this.#lookedAt, this.#mostMs)
    this.#lookedAt = now
    return this.#watched
  }
}
