// Random choices that a seed repeats exactly, on every machine.

export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** The generator of program `index` of a run: any of them can be made again without those before it. */
  static of(seed: number, index: number): Random {
    const mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 0x7f4a7c15, 0xc2b2ae35)
    const random = new Random(mixed)
    random.uint32()
    random.uint32()
    return random
  }

  uint32(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return (t ^ (t >>> 14)) >>> 0
  }

  /** 0 ≤ x < 1 */
  real(): number {
    return this.uint32() / 4294967296
  }

  /** A whole number in 0 … bound - 1. */
  below(bound: number): number {
    return Math.floor(this.real() * bound)
  }

  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  chance(probability: number): boolean {
    return this.real() < probability
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T
  }

  /** One of the entries, each as often as its weight says. */
  weighted<T>(entries: readonly (readonly [weight: number, item: T])[]): T {
    let total = 0
    for (const [weight] of entries) total += weight
    let at = this.real() * total
    for (const [weight, item] of entries) {
      at -= weight
      if (at < 0) return item
    }
    return (entries.at(-1) as readonly [number, T])[1]
  }
}
