// What the elements of an array are. Of an array that begins empty this is learnt from what is put into it, under whatever
// name: all arrays that a variable may hold share what is learnt of one of them.

export type ElementKind = 'number' | 'boolean' | 'string'

export class Elements {
  #kind: ElementKind | undefined
  /** Those with which these have been found to be the same. */
  #same: Elements | undefined
  readonly #number: number
  readonly #learnt: () => void

  /**
   * @param number one of their own, where the kind is not known
   * @param learnt told when something has been learnt
   */
  constructor(kind: ElementKind | undefined, number = 0, learnt: () => void = () => undefined) {
    this.#kind = kind
    this.#number = number
    this.#learnt = learnt
  }

  /** Undefined while nobody knows. */
  get kind(): ElementKind | undefined {
    return this.#root.#kind
  }

  /** A text that is equal for those that are the same. */
  get key(): string {
    return this.kind ?? `${this.#root.#number}`
  }

  /** From here on they are of this kind; false when they are known to be of another. */
  learn(kind: ElementKind): boolean {
    const root = this.#root
    if (root.#kind === undefined) {
      root.#kind = kind
      root.#learnt()
    }
    return root.#kind === kind
  }

  /** From here on these and the others are the same; false when they are known not to be. */
  unite(others: Elements): boolean {
    const [mine, theirs] = [this.#root, others.#root]
    if (mine === theirs) return true
    if (mine.#kind !== undefined && theirs.#kind !== undefined) return mine.#kind === theirs.#kind
    const [known, open] = mine.#kind === undefined ? [theirs, mine] : [mine, theirs]
    open.#same = known
    open.#learnt()
    return true
  }

  isSame(others: Elements): boolean {
    return this.#root === others.#root || (this.kind !== undefined && this.kind === others.kind)
  }

  get #root(): Elements {
    return this.#same === undefined ? this : this.#same.#root
  }
}

export const elementsOf: Readonly<Record<ElementKind, Elements>> = {
  number: new Elements('number'),
  boolean: new Elements('boolean'),
  string: new Elements('string'),
}
