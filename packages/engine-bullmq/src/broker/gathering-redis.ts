// A connection whose commands of one turn leave together: each would otherwise be a write to the socket of its own, here and
// for the server that reads it.
import { Redis } from 'ioredis'

/** After so many they leave all the same: the server works on them while the next ones are made. */
const MOST_TOGETHER = 16

interface Corked {
  cork(): void
  uncork(): void
}

export class GatheringRedis extends Redis {
  #held: Corked | null = null
  #count = 0

  override sendCommand(...sent: Parameters<Redis['sendCommand']>): unknown {
    this.#hold()
    return super.sendCommand(...sent)
  }

  #hold(): void {
    const stream = this.stream as Partial<Corked> | undefined
    if (this.status !== 'ready' || stream?.cork === undefined) return
    if (this.#held === null) {
      this.#held = stream as Corked
      this.#held.cork()
      process.nextTick(() => this.#letGo())
    } else if (++this.#count === MOST_TOGETHER) {
      this.#count = 0
      this.#held.uncork()
      this.#held.cork()
    }
  }

  #letGo(): void {
    this.#held?.uncork()
    this.#held = null
    this.#count = 0
  }
}
