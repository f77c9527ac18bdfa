// Lets callers through one at a time, in the order in which they came.

export class Turnstile {
  #latest: Promise<unknown> = Promise.resolve()

  /** Calls `step` once everybody who came before is through, well or badly. */
  pass<T>(step: () => Promise<T>): Promise<T> {
    const passed = this.#latest.then(step)
    // whoever called it looks at its failure; the next one only waits
    this.#latest = passed.catch(() => {})
    return passed
  }
}
