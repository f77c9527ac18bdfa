// Lists of numbers that grow: without an object for each, and ready to be handed on as they are.

/** V8 keeps typed arrays of up to 64 bytes in its own heap, where they cost next to nothing. */
export const FIRST_PLACES = 8
/** Lists get so many times as long as they were. Places that are never written to cost no memory. */
const GROWTH = 4

type Numbers = Int32Array | Uint32Array | Float64Array

/** The list, with room for more when there is none behind the first `count`. */
export function withRoom<T extends Numbers>(list: T, count: number): T {
  if (count < list.length) return list
  const Kind = list.constructor as new (places: number) => T
  const longer = new Kind(count * GROWTH)
  longer.set(list)
  return longer
}

export class IntList {
  #places = new Int32Array(FIRST_PLACES)
  length = 0

  /** Gives the length that it has then. */
  push(value: number): number {
    if (this.length === this.#places.length) this.#places = withRoom(this.#places, this.length)
    this.#places[this.length] = value
    return ++this.length
  }

  at(index: number): number {
    return this.#places[index] ?? 0
  }

  /** What is in it now; not a copy unless it is much smaller. */
  toArray(): Int32Array {
    const { length } = this
    return length * 2 < this.#places.length ? this.#places.slice(0, length) : this.#places.subarray(0, length)
  }
}
