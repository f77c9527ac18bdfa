// The no-op that all contenders run, and the proof that they ran it: it counts its runs and gives back its argument.

export type BodyKind = 'sync' | 'async'
export type Body = (value: number) => number | Promise<number>

export class Probe {
  runs = 0
  readonly body: Body
  #target = -1
  #reached: (() => void) | undefined

  constructor(kind: BodyKind) {
    this.body = kind === 'sync' ? (value) => this.#count(value) : async (value) => this.#count(value)
  }

  /** Settles once the body has run `runs` times in all. */
  until(runs: number): Promise<void> {
    if (this.runs >= runs) return Promise.resolve()
    this.#target = runs
    return new Promise((resolve) => (this.#reached = resolve))
  }

  #count(value: number): number {
    this.runs++
    if (this.runs === this.#target) this.#reached?.()
    return value
  }
}
