// Slots of the port in lists, first in first out. A slot is in one list at most, so one array holds the links of all.

const NONE = -1

export class SlotLinks {
  readonly next: Int32Array

  /** @param slots the memory is not used before it is written, so a table that is seldom full costs little */
  constructor(slots: number) {
    this.next = new Int32Array(slots)
  }
}

export class SlotList {
  readonly #next: Int32Array
  #tail = NONE
  head: number = NONE

  constructor(links: SlotLinks) {
    this.#next = links.next
  }

  push(slot: number): void {
    this.#next[slot] = NONE
    if (this.#tail === NONE) this.head = slot
    else this.#next[this.#tail] = slot
    this.#tail = slot
  }

  /** The oldest, taken out; -1 when there is none. */
  shift(): number {
    const slot = this.head
    if (slot === NONE) return NONE
    this.head = this.#next[slot] ?? NONE
    if (this.head === NONE) this.#tail = NONE
    return slot
  }
}
