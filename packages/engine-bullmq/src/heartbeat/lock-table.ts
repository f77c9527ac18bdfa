// Which tasks run here, in memory that the heart thread reads: it renews their locks also while the event loop is held up.
// One writer, one reader; a place that changes while it is read is read again at the next beat.

/** Bytes of one place: its state, the number of the queue, the length of the id, the id. */
const PLACE = 128
const HEAD = 12
/** Characters of an id; ours have some thirty. */
export const MOST_ID: number = PLACE - HEAD

export const PLACES = 8192

const FREE = 0
const TAKEN = 1

/** What the thread is handed. */
export function makeLockMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(PLACES * PLACE)
}

export class LockTable {
  readonly #words: Int32Array
  readonly #bytes: Uint8Array
  readonly #free: number[] = []
  #used = 0

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory)
    this.#bytes = new Uint8Array(memory)
  }

  /** The number of its place; -1 when there is none left. @param id of at most `MOST_ID` characters */
  add(queue: number, id: string): number {
    const place = this.#free.pop() ?? (this.#used < PLACES ? this.#used++ : -1)
    if (place < 0) return -1
    const at = place * PLACE
    for (let index = 0; index < id.length; index++) this.#bytes[at + HEAD + index] = id.charCodeAt(index)
    this.#words[at / 4 + 1] = queue
    this.#words[at / 4 + 2] = id.length
    // last: whoever reads the state reads what was written before it
    Atomics.store(this.#words, at / 4, TAKEN)
    return place
  }

  remove(place: number): void {
    Atomics.store(this.#words, (place * PLACE) / 4, FREE)
    this.#free.push(place)
  }

  /** What runs, by the number of its queue. */
  read(): Map<number, string[]> {
    const found = new Map<number, string[]>()
    for (let place = 0; place < PLACES; place++) {
      const at = place * PLACE
      if (Atomics.load(this.#words, at / 4) !== TAKEN) continue
      const queue = this.#words[at / 4 + 1] ?? 0
      const length = this.#words[at / 4 + 2] ?? 0
      const id = String.fromCharCode(...this.#bytes.slice(at + HEAD, at + HEAD + length))
      if (Atomics.load(this.#words, at / 4) !== TAKEN) continue
      const ids = found.get(queue)
      if (ids === undefined) found.set(queue, [id])
      else ids.push(id)
    }
    return found
  }
}
