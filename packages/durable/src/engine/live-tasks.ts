// Tasks that are in the engine inside, or whose end is not recorded yet, by their number: a text for each that waits, to find it
// by its id, would be a quarter of what waiting takes.
import { sequenceOfId } from '../format/keys.ts'
import type { DurableHandle } from './durable-handle.ts'

export class LiveTasks {
  /** Begins the id of every task of the store. */
  readonly #prefix: string
  readonly #bySequence = new Map<number, DurableHandle>()

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  get size(): number {
    return this.#bySequence.size
  }

  add(handle: DurableHandle): void {
    this.#bySequence.set(handle.sequence, handle)
  }

  remove({ sequence }: DurableHandle): void {
    this.#bySequence.delete(sequence)
  }

  has(sequence: number): boolean {
    return this.#bySequence.has(sequence)
  }

  at(sequence: number): DurableHandle | undefined {
    return this.#bySequence.get(sequence)
  }

  /** The task of an id that the engine inside gave. */
  named(taskId: string): DurableHandle | undefined {
    const sequence = sequenceOfId(taskId, this.#prefix)
    return sequence === undefined ? undefined : this.#bySequence.get(sequence)
  }

  /** The task of an id of anybody's, who may have made it up. */
  find(taskId: string): DurableHandle | undefined {
    const found = this.named(taskId)
    return found?.taskId === taskId ? found : undefined
  }

  [Symbol.iterator](): IterableIterator<DurableHandle> {
    return this.#bySequence.values()
  }
}
