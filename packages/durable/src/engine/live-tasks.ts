// Tasks that are in the engine inside, or whose end is not recorded yet, by their number: a text for each that waits, to find it
// by its id, would be a quarter of what waiting takes, and a map with an entry for each is copied again and again as it grows.
import { sequenceOfId } from '../format/keys.ts'
import type { DurableHandle } from './durable-handle.ts'

/** Numbers on one page: those of tasks that are submitted one after the other stand beside each other. */
const PAGE = 256

class Page {
  readonly number: number
  readonly handles: (DurableHandle | undefined)[] = Array.from({ length: PAGE }, () => undefined)
  size = 0

  constructor(number: number) {
    this.number = number
  }
}

export class LiveTasks {
  /** Begins the id of every task of the store. */
  readonly #prefix: string
  readonly #pages = new Map<number, Page>()
  /** The page that was asked for last: mostly it is asked for again. */
  #latest: Page | undefined
  #size = 0

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  get size(): number {
    return this.#size
  }

  add(handle: DurableHandle): void {
    const { sequence } = handle
    const page = this.#pageOf(sequence) ?? this.#begin(sequence)
    if (page.handles[sequence % PAGE] === undefined) {
      page.size++
      this.#size++
    }
    page.handles[sequence % PAGE] = handle
  }

  remove({ sequence }: DurableHandle): void {
    const page = this.#pageOf(sequence)
    if (page?.handles[sequence % PAGE] === undefined) return
    page.handles[sequence % PAGE] = undefined
    this.#size--
    if (--page.size > 0) return
    this.#pages.delete(page.number)
    this.#latest = undefined
  }

  has(sequence: number): boolean {
    return this.at(sequence) !== undefined
  }

  at(sequence: number): DurableHandle | undefined {
    return this.#pageOf(sequence)?.handles[sequence % PAGE]
  }

  /** The task of an id that the engine inside gave. */
  named(taskId: string): DurableHandle | undefined {
    const sequence = sequenceOfId(taskId, this.#prefix)
    return sequence === undefined ? undefined : this.at(sequence)
  }

  /** The task of an id of anybody's, who may have made it up. */
  find(taskId: string): DurableHandle | undefined {
    const found = this.named(taskId)
    return found?.taskId === taskId ? found : undefined
  }

  /** Those that are there when it is asked for. */
  [Symbol.iterator](): IterableIterator<DurableHandle> {
    return [...this.#pages.values()].flatMap(({ handles }) => handles.filter((each) => each !== undefined)).values()
  }

  #pageOf(sequence: number): Page | undefined {
    const number = Math.floor(sequence / PAGE)
    if (this.#latest?.number === number) return this.#latest
    const found = this.#pages.get(number)
    if (found !== undefined) this.#latest = found
    return found
  }

  #begin(sequence: number): Page {
    const page = new Page(Math.floor(sequence / PAGE))
    this.#pages.set(page.number, page)
    this.#latest = page
    return page
  }
}
