// A virtual clock whose wall time can be set, as when the machine slept or somebody set its clock.
import { VirtualClock } from '@catzilla/api/testing'

export class WallClock extends VirtualClock {
  #setBy = 0

  override epochMs(): number {
    return super.epochMs() + this.#setBy
  }

  /** Sets the wall clock forwards, or back; no alarm rings by that. */
  set(byMs: number): void {
    this.#setBy += byMs
  }
}
