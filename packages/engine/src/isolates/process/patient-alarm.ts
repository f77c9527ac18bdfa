// An alarm for how long a process may take, which counts looks and not seconds: a machine that was suspended, or too busy to
// look, has not given the process its time either.
import type { Alarm, Clock } from '../../support/clock.ts'

/** Time between two looks, in milliseconds. A suspended machine costs a process no more than that. */
const LOOK_MS = 500

export class PatientAlarm implements Alarm {
  readonly #clock: Clock
  readonly #ring: () => void
  #leftMs: number
  #alarm: Alarm

  /** Rings when so many milliseconds have been looked through. */
  constructor(clock: Clock, ms: number, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
    this.#leftMs = ms
    this.#alarm = this.#nextLook()
  }

  cancel(): void {
    this.#alarm.cancel()
  }

  #nextLook(): Alarm {
    const pause = Math.min(this.#leftMs, LOOK_MS)
    this.#leftMs -= pause
    return this.#clock.setAlarm(pause, this.#look)
  }

  readonly #look = (): void => {
    if (this.#leftMs > 0) this.#alarm = this.#nextLook()
    else this.#ring()
  }
}
