// Somebody who asks for figures a thousand times a second. A busy event loop sees its timers late: what was missed is made up for,
// so that the number is what it says.

export class Scrapes {
  readonly #scrape: () => unknown
  #owedSince = 0
  #done = 0
  #timer: NodeJS.Timeout | undefined
  /** All of them, and the milliseconds in which they were made. */
  count = 0
  ms = 0

  constructor(scrape: () => unknown) {
    this.#scrape = scrape
  }

  begin(): void {
    this.#owedSince = performance.now()
    this.#done = 0
    this.#timer = setInterval(() => this.#catchUp(), 1)
  }

  pause(): void {
    clearInterval(this.#timer)
    this.#catchUp()
    this.count += this.#done
    this.ms += performance.now() - this.#owedSince
  }

  #catchUp(): void {
    for (; this.#done < performance.now() - this.#owedSince; this.#done++) void this.#scrape()
  }
}
