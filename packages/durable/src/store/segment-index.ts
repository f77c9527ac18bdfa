// What is known of segments without reading them: which tasks they have, and which of them are gone. Of those that this process
// has written, and of those it has taken a task out of; it takes some eight bytes a task.
import type { TaskPlace } from '../format/keys.ts'
import { isGone } from '../format/segment.ts'

/** A segment as it will be once what is being written is on disk. */
export class Segment {
  /** Under whose key it stands. */
  readonly place: TaskPlace
  /** Of its tasks, in their order. */
  readonly numbers: readonly number[]
  readonly gone: Uint8Array
  /** How many of its tasks are not gone. */
  left: number

  constructor(
    place: TaskPlace,
    numbers: readonly number[],
    gone: Uint8Array = new Uint8Array((numbers.length + 7) >> 3),
  ) {
    this.place = place
    this.numbers = numbers
    this.gone = gone
    this.left = numbers.filter((_, index) => !isGone(gone, index)).length
  }

  has(sequence: number): boolean {
    return this.numbers[lastUpTo(this.numbers, sequence, itself)] === sequence
  }

  /** @returns false when it has no such task, or not any more */
  remove(sequence: number): boolean {
    const index = lastUpTo(this.numbers, sequence, itself)
    if (this.numbers[index] !== sequence || isGone(this.gone, index)) return false
    this.gone[index >> 3] = (this.gone[index >> 3] ?? 0) | (1 << (index & 7))
    this.left--
    return true
  }
}

export class SegmentIndex {
  /** Of each class, by number. */
  readonly #classes: readonly Segment[][] = [[], [], [], []]

  add(segment: Segment): void {
    const row = this.#rowOf(segment.place)
    const before = lastUpTo(row, segment.place.sequence, numberOf)
    if (before === row.length - 1) row.push(segment)
    else row.splice(before + 1, 0, segment)
  }

  /** Instead of the one that stands in its place. */
  replace(segment: Segment): void {
    const row = this.#rowOf(segment.place)
    row[lastUpTo(row, segment.place.sequence, numberOf)] = segment
  }

  forget(segment: Segment): void {
    const row = this.#rowOf(segment.place)
    const index = lastUpTo(row, segment.place.sequence, numberOf)
    if (row[index] === segment) row.splice(index, 1)
  }

  /** The segment that has, or had, the task; undefined when none is known. */
  find(place: TaskPlace): Segment | undefined {
    const row = this.#rowOf(place)
    const found = row[lastUpTo(row, place.sequence, numberOf)]
    return found?.has(place.sequence) === true ? found : undefined
  }

  #rowOf({ priority }: TaskPlace): Segment[] {
    return this.#classes[priority] as Segment[]
  }
}

const itself = (number: number): number => number
const numberOf = ({ place }: Segment): number => place.sequence

/** Index of the last in the row whose number is not beyond `sequence`; -1 when there is none. */
function lastUpTo<T>(row: readonly T[], sequence: number, of: (each: T) => number): number {
  let from = 0
  for (let to = row.length; from < to;) {
    const middle = (from + to) >> 1
    if (of(row[middle] as T) <= sequence) from = middle + 1
    else to = middle
  }
  return from - 1
}
