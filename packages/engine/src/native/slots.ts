// The slots of the port and whose they are. A free one is used again in the order in which they became free.
import type { KernelAttempt } from './kernel-attempt.ts'
import type { NativeTask } from './native-task.ts'
import { SlotLinks, SlotList } from './slot-list.ts'

export type SlotOwner = NativeTask | KernelAttempt | null

export class Slots {
  readonly owners: SlotOwner[]
  readonly links: SlotLinks
  /** Tasks that C looks after and that have not settled. */
  unsettled = 0
  readonly #free: SlotList
  readonly #count: number
  #fresh = 0
  #used = 0

  constructor(count: number) {
    this.#count = count
    this.owners = Array.from<SlotOwner>({ length: count }).fill(null)
    this.links = new SlotLinks(count)
    this.#free = new SlotList(this.links)
  }

  /** Slots that nobody has. */
  get free(): number {
    return this.#count - this.#used
  }

  /** Slots from this one on were never used. */
  get end(): number {
    return this.#fresh
  }

  /** A free slot, now `owner`'s to be; -1 when there is none. */
  take(): number {
    const slot = this.#free.shift()
    if (slot >= 0) {
      this.#used++
      return slot
    }
    if (this.#fresh === this.#count) return -1
    this.#used++
    return this.#fresh++
  }

  /** Gives a slot back. It is in no list, and C has nothing to do with it. */
  give(slot: number): void {
    this.owners[slot] = null
    this.#used--
    this.#free.push(slot)
  }
}
