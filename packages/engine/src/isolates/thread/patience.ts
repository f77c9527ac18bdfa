// When to look again and again for what is about to come back, and when to sleep until being woken. Looking is quickest where
// one task follows the other. After a pause it only keeps a processor from the thread that is to run the task: whoever has
// handed over a task then sleeps at once.

/** Longest and shortest time, in milliseconds, for which looking in vain goes on. */
const LONGEST_MS = 0.1
const SHORTEST_MS = 0.003
/** For so long, in milliseconds, after something has come back, more is expected. */
const BUSY_MS = 0.1
/** Where looking has been in vain, it is tried again after something has come so many times. */
const TRY_EVERY = 8

export class Patience {
  #ms: number = LONGEST_MS
  #since = -Infinity
  /** It has looked in vain since something was handed over or has come. */
  #inVain = false
  #foundAt = -Infinity
  #found = 0

  /** Whether something came back so lately that looking for the next is worth it. */
  isBusy(now: number): boolean {
    return now - this.#foundAt < BUSY_MS
  }

  /** Whether to look for more right behind what has come. With bodies that compute for long it would take their processor. */
  get pays(): boolean {
    return this.#ms > SHORTEST_MS || ++this.#found % TRY_EVERY === 0
  }

  begin(now: number): void {
    this.#since = now
    this.#inVain = false
  }

  found(now: number): void {
    // it came while this thread looked for it
    if (this.#inVain) this.#ms = Math.min(this.#ms * 2, LONGEST_MS)
    this.#since = now
    this.#foundAt = now
    this.#inVain = false
  }

  /** Whether to look once more. It is shorter each time that it is over. */
  lasts(now: number): boolean {
    this.#inVain = now - this.#since < this.#ms
    if (this.#inVain) return true
    this.#ms = Math.max(this.#ms / 2, SHORTEST_MS)
    return false
  }
}
