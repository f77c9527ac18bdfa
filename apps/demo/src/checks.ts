// The claims that the demo makes about its own work: each one is checked, and the first that does not hold ends the demo.
import { inspect, isDeepStrictEqual } from 'node:util'

/** A claim did not hold. */
export class CheckError extends Error {
  constructor(claim: string, detail: string) {
    super(`this should be so, but is not: ${claim}${detail === '' ? '' : `\n${detail}`}`)
    this.name = 'CheckError'
  }
}

/** Checks claims and counts those that held. */
export class Checks {
  #held = 0

  /** Claims checked so far. */
  get held(): number {
    return this.#held
  }

  /** @throws CheckError unless `holds` */
  holds(holds: boolean, claim: string, detail = ''): void {
    if (!holds) throw new CheckError(claim, detail)
    this.#held++
  }

  /** @throws CheckError unless both are deeply equal */
  equal<T>(actual: T, expected: T, claim: string): void {
    this.holds(isDeepStrictEqual(actual, expected), claim, `expected ${inspect(expected)}\ngot ${inspect(actual)}`)
  }
}
