// Places for tasks that run here, shared by the queues of all names. The most urgent of those who wait is served first.

interface Waiter {
  readonly name: string
  readonly rank: () => number
  readonly serve: () => void
}

export class Slots {
  #capacity: number
  #used = 0
  readonly #waiting: Waiter[] = []
  #isServing = false

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  set capacity(capacity: number) {
    this.#capacity = capacity
    this.#serveSoon()
  }

  get free(): number {
    return this.#capacity - this.#used
  }

  /** Whoever has a place may keep it for the next task of that name: there are enough, and nobody else wants it. */
  mayKeep(name: string): boolean {
    return this.#used <= this.#capacity && this.#waiting.every((each) => each.name === name)
  }

  /** @param rank asked when there is a place; the smallest is served */
  take(name: string, rank: () => number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ name, rank, serve: resolve })
      this.#serveSoon()
    })
  }

  /** A place right now; false when there is none, or others wait. */
  tryTake(): boolean {
    if (this.#waiting.length > 0 || this.#used >= this.#capacity) return false
    this.#used++
    return true
  }

  release(): void {
    this.#used--
    this.#serveSoon()
  }

  /** In a later turn: those who are woken by the same event have come by then. */
  #serveSoon(): void {
    if (this.#isServing || this.#waiting.length === 0) return
    this.#isServing = true
    setImmediate(() => {
      this.#isServing = false
      while (this.#used < this.#capacity && this.#waiting.length > 0) {
        this.#used++
        this.#next().serve()
      }
    })
  }

  #next(): Waiter {
    const ranks = this.#waiting.map((each) => each.rank())
    const first = ranks.indexOf(Math.min(...ranks))
    const [next] = this.#waiting.splice(first, 1)
    if (next === undefined) throw new RangeError('nobody waits for a place')
    return next
  }
}
