// Where time comes from: a monotonic reading, a wall-clock reading, and one-shot alarms without an upper bound.

/** A pending alarm. */
export interface Alarm {
  cancel(): void
}

/** A source of time. Engines take it as an option, so that tests can drive it. */
export interface Clock {
  /** True when `now()` is `performance.now()`: then threads outside of JavaScript can keep the same time. */
  readonly processTime?: boolean
  /** Monotonic milliseconds, fractional; the zero point is arbitrary. */
  now(): number
  /** Wall-clock milliseconds since 1970, fractional; may jump when the system's clock is set. */
  epochMs(): number
  /**
   * Calls `ring` once, not before `delayMs` have passed by `now()`. Any delay is allowed, beyond 2^31 ms too.
   * An alarm does not keep the process alive; a `KeepAlive` does.
   */
  setAlarm(delayMs: number, ring: () => void): Alarm
}

/** Longest delay that `setTimeout` takes; a longer one would fire at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1

class SystemAlarm implements Alarm {
  readonly #dueAt: number
  readonly #ring: () => void
  #timer: NodeJS.Timeout

  constructor(delayMs: number, ring: () => void) {
    this.#dueAt = performance.now() + delayMs
    this.#ring = ring
    this.#timer = this.#arm(delayMs)
  }

  cancel(): void {
    clearTimeout(this.#timer)
  }

  #arm(delayMs: number): NodeJS.Timeout {
    const bounded = Math.min(Math.max(Math.ceil(delayMs), 1), LONGEST_TIMEOUT_MS)
    return setTimeout(this.#wake, bounded).unref()
  }

  // Node's timers count whole milliseconds of a cached loop time: they may fire up to one millisecond early
  readonly #wake = (): void => {
    const left = this.#dueAt - performance.now()
    if (left > 0) this.#timer = this.#arm(left)
    else this.#ring()
  }
}

/** A clock set this far from where the process started it has been set on purpose. */
const CLOCK_STEP_MS = 20

/** Asking for it each time would take longer than to read both clocks. */
const startedAt = performance.timeOrigin

/** Fractional while the wall clock runs steadily; after someone set it, whole milliseconds of the new time. */
function wallClockMs(): number {
  const steady = startedAt + performance.now()
  const wall = Date.now()
  return Math.abs(steady - wall) < CLOCK_STEP_MS ? steady : wall
}

export const systemClock: Clock = {
  processTime: true,
  now: () => performance.now(),
  epochMs: wallClockMs,
  setAlarm: (delayMs, ring) => new SystemAlarm(delayMs, ring),
}
