// Numbers of tasks are never given out twice, also not when a crash took away the record of the one that had it: bodies may
// use the id as the key under which they do their work once. So a block of numbers is reserved ahead, on disk.
import { keys } from '../format/keys.ts'
import type { Store, StoreChange } from '../store/store.ts'

/** Numbers reserved at a time; the next block is asked for when half of this one is used. */
const BLOCK = 65_536

export class Numbering {
  /** The numbers of this process begin after it. */
  readonly lastBefore: number
  #reserved: number
  #latest: number

  /** @throws StoreError */
  constructor(store: Store) {
    this.lastBefore = numberIn(store.get(keys.numbered))
    this.#latest = this.lastBefore
    this.#reserved = this.lastBefore + BLOCK
    store.writeNow([this.#change(this.#reserved)])
  }

  /** Notes that a number was given out; what is to be written with its task, if anything. */
  used(sequence: number): StoreChange | undefined {
    if (sequence > this.#latest) this.#latest = sequence
    if (this.#reserved - this.#latest > BLOCK / 2) return undefined
    this.#reserved = this.#latest + BLOCK
    return this.#change(this.#reserved)
  }

  /** What is written when the store is closed in order: then no number is left out. */
  atEnd(): StoreChange {
    return this.#change(this.#latest)
  }

  #change(number: number): StoreChange {
    return { key: keys.numbered, value: Buffer.from(String(number)) }
  }
}

function numberIn(bytes: Uint8Array | undefined): number {
  const found = Number(bytes === undefined ? '0' : Buffer.from(bytes).toString())
  return Number.isSafeInteger(found) && found >= 0 ? found : 0
}
