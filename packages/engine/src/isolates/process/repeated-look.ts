// Looks again and again while there is something to look at, and sets no alarm when there is not.
import type { Alarm, Clock } from '../../support/clock.ts'

export class RepeatedLook {
  readonly #clock: Clock
  readonly #everyMs: number
  readonly #look: () => boolean
  #alarm: Alarm | null = null

  /** @param look tells whether there is a reason to look again */
  constructor(clock: Clock, everyMs: number, look: () => boolean) {
    this.#clock = clock
    this.#everyMs = everyMs
    this.#look = look
  }

  start(): void {
    this.#alarm ??= this.#clock.setAlarm(this.#everyMs, this.#ring)
  }

  stop(): void {
    this.#alarm?.cancel()
    this.#alarm = null
  }

  readonly #ring = (): void => {
    this.#alarm = null
    if (this.#look()) this.start()
  }
}
