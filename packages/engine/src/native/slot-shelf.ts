// Settled tasks of one `keepResultMs` that are kept in their slots, the oldest first.
import type { Retention, Shelf } from '../typescript/retention.ts'
import type { TimerEntry } from '../typescript/timer-queue.ts'
import { SlotList } from './slot-list.ts'
import type { SlotLinks } from './slot-list.ts'

/** Who knows what is in the slots. */
export interface SlotKeeper {
  settledAt(slot: number): number
  /** The task is no longer kept. */
  forget(slot: number): void
}

export class SlotShelf implements Shelf {
  readonly keepMs: number
  /** False: nothing is ever put here. */
  readonly keeps: boolean
  timer: TimerEntry | null = null
  size = 0
  readonly #slots: SlotList
  readonly #keeper: SlotKeeper
  readonly #retention: Retention

  constructor(keepMs: number, retention: Retention, links: SlotLinks, keeper: SlotKeeper) {
    this.keepMs = keepMs
    this.keeps = retention.keeps(keepMs)
    this.#retention = retention
    this.#slots = new SlotList(links)
    this.#keeper = keeper
    if (this.keeps) retention.add(this)
  }

  /** Keeps a task that settled at `now`. */
  put(slot: number, now: number): void {
    this.size++
    this.#slots.push(slot)
    this.#retention.put(this, now)
  }

  get oldestSettledAt(): number {
    const { head } = this.#slots
    return head < 0 ? Infinity : this.#keeper.settledAt(head)
  }

  forgetOldest(): void {
    const slot = this.#slots.shift()
    if (slot < 0) return
    this.size--
    this.#keeper.forget(slot)
  }
}
