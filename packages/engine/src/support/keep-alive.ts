// Keeps the process, and the engine in it, alive while there is work, and lets both go when there is none.

/** Any long interval will do: it is there to be referenced, not to fire. */
const INTERVAL_MS = 2 ** 31 - 1

export class KeepAlive {
  readonly #owner: object | null
  /** What the timer holds on to: its owner while there is work. */
  readonly #kept: { owner: object | null } = { owner: null }
  #timer: NodeJS.Timeout | undefined
  #held = false

  /**
   * @param owner who must not be garbage collected while there is work: tasks that run in other threads hold on to nothing
   * here, and those who wait for them may hold nothing but a promise
   */
  constructor(owner: object | null = null) {
    this.#owner = owner
  }

  /** Holds or releases the process; calling it with the present state costs nothing. */
  hold(wanted: boolean): void {
    if (wanted === this.#held) return
    this.#held = wanted
    this.#kept.owner = wanted ? this.#owner : null
    if (!wanted) this.#timer?.unref()
    else if (this.#timer === undefined) this.#timer = setInterval(keep, INTERVAL_MS, this.#kept)
    else this.#timer.ref()
  }

  close(): void {
    this.#held = false
    this.#kept.owner = null
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

function keep(_kept: object): void {}
