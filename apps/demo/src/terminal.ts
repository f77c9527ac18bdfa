// What the demo prints while it runs: plain lines, each with the time since the start; on a terminal also a live line.

/** The part of a stream that is needed to print on it. */
export interface Output {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Without a terminal, progress is printed each time another quarter of the work is done. */
const steps = 4

/** Prints lines, and progress in a way that suits both a terminal and a log. */
export class Terminal {
  readonly #output: Output
  readonly #now: () => number
  readonly #startedAt: number
  #live = false
  #stepsShown = 0
  #percentShown = -1

  /** @param now a clock in milliseconds */
  constructor(output: Output, now: () => number = () => performance.now()) {
    this.#output = output
    this.#now = now
    this.#startedAt = now()
  }

  /** Milliseconds since the demo started. */
  get elapsedMs(): number {
    return this.#now() - this.#startedAt
  }

  /** Begins a part of the output. */
  heading(text: string): void {
    this.text(`\n${text}`)
  }

  /** A line of its own, with the time. */
  line(text: string): void {
    this.text(this.#stamped(text))
  }

  /** Text as it is. */
  text(text: string): void {
    this.endProgress()
    this.#output.write(`${text}\n`)
  }

  /** How far something is, `ratio` from 0 to 1. */
  progress(ratio: number, text: string): void {
    const percent = Math.floor(ratio * 100)
    const line = this.#stamped(`${String(percent).padStart(3)} %  ${text}`)
    if (this.#output.isTTY === true) this.#showLive(percent, line)
    else this.#showStep(Math.floor(ratio * steps), line)
    if (ratio >= 1) this.endProgress()
  }

  /** Leaves the live line, if there is one, as it stands. */
  endProgress(): void {
    this.#stepsShown = 0
    this.#percentShown = -1
    if (!this.#live) return
    this.#live = false
    this.#output.write('\n')
  }

  #showLive(percent: number, line: string): void {
    if (percent === this.#percentShown) return
    this.#percentShown = percent
    this.#live = true
    this.#output.write(`\r\u001B[2K${line}`)
  }

  #showStep(stepsDone: number, line: string): void {
    if (stepsDone <= this.#stepsShown) return
    this.#stepsShown = stepsDone
    this.#output.write(`${line}\n`)
  }

  #stamped(text: string): string {
    return `  ${(this.elapsedMs / 1000).toFixed(2)} s  ${text}`
  }
}
