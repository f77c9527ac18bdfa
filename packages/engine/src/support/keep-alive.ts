// Keeps the process alive while there is work, and lets it end when there is none.

/** Any long interval will do: it is there to be referenced, not to fire. */
const INTERVAL_MS = 2 ** 31 - 1

export class KeepAlive {
  #timer: NodeJS.Timeout | undefined
  #held = false

  /** Holds or releases the process; calling it with the present state costs nothing. */
  hold(wanted: boolean): void {
    if (wanted === this.#held) return
    this.#held = wanted
    if (!wanted) this.#timer?.unref()
    else if (this.#timer === undefined) this.#timer = setInterval(() => {}, INTERVAL_MS)
    else this.#timer.ref()
  }

  close(): void {
    this.#held = false
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
