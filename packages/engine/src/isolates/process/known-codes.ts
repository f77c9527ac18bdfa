// Which codes a child has, by their numbers.

export class KnownCodes {
  readonly #numbers = new Set<number>()
  #generation = 0

  /** Whether the numbers have been given anew since it was last asked: then the child is to forget what it has. */
  outdated(generation: number): boolean {
    if (generation === this.#generation) return false
    this.#generation = generation
    const hadSome = this.#numbers.size > 0
    this.#numbers.clear()
    return hadSome
  }

  has(number: number): boolean {
    return this.#numbers.has(number)
  }

  add(number: number): void {
    this.#numbers.add(number)
  }
}
