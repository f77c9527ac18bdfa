// What the copy of a payload needs on its way down: where it is, which objects it has met, and who treats memory.
import type { MemoryTreatment } from './memory-copy.ts'

/** So many objects are sooner looked through than looked up. */
const FEW = 8

/** Makes what treats the memory in a payload. @param whole whether views on one buffer share it afterwards too */
export type Treatment<M> = (whole: boolean) => M

/** What a copy needs on its way down. */
export class Copying<M extends MemoryTreatment = MemoryTreatment> {
  /** Where paths begin: `task 'mail': args`. */
  where: string
  /** Where the copying is: one list for all the way, since hardly anybody is ever told of it. */
  readonly path: (string | number)[] = []
  #treatment: Treatment<M>
  #whole: boolean
  #memory: M | undefined
  /** Objects that were met, each before its copy; so many places of it are in use. */
  readonly #met: unknown[] = []
  #used = 0
  /** The same, of payloads with more than a few of them. */
  #many: Map<unknown, unknown> | undefined

  constructor(where: string, treatment: Treatment<M>, whole = false) {
    this.where = where
    this.#treatment = treatment
    this.#whole = whole
  }

  /** For the next payload. */
  again(where: string, treatment: Treatment<M>): this {
    this.where = where
    this.#treatment = treatment
    this.#whole = false
    return this
  }

  /** Holds on to nothing of the payload. */
  release(): void {
    while (this.#used > 0) this.#met[--this.#used] = undefined
    while (this.path.length > 0) this.path.pop()
    this.#memory = undefined
    this.#many = undefined
  }

  /** The copy of an object that was met; undefined when it was not. */
  copyOf(source: object): unknown {
    if (this.#many !== undefined) return this.#many.get(source)
    for (let at = 0; at < this.#used; at += 2) if (this.#met[at] === source) return this.#met[at + 1]
    return undefined
  }

  met(source: object, copied: unknown): void {
    if (this.#many !== undefined) {
      this.#many.set(source, copied)
      return
    }
    this.#met[this.#used++] = source
    this.#met[this.#used++] = copied
    if (this.#used > 2 * FEW) this.#many = mapOf(this.#met)
  }

  get memory(): M {
    return (this.#memory ??= this.#treatment(this.#whole))
  }

  /** Undefined while no buffer was met, as in most payloads. */
  get treated(): M | undefined {
    return this.#memory
  }
}

/** @param pairs keys, each before its value */
function mapOf(pairs: readonly unknown[]): Map<unknown, unknown> {
  const map = new Map<unknown, unknown>()
  for (let at = 0; at < pairs.length; at += 2) map.set(pairs[at], pairs[at + 1])
  return map
}
