// Watches the process while a case runs: rejections nobody handles, exceptions nobody catches, warnings, and timers that
// would keep the process alive.
import { toError } from '../contract/errors.ts'
import { someTurns } from './moment.ts'

/** Warnings an engine can be the cause of; others, such as those of experimental features, are none of the suite's business. */
const watchedWarnings = new Set(['CatzillaWarning', 'MaxListenersExceededWarning'])

/** How often the event loop may turn until timers of others, such as the test runner, have passed. */
const PATIENCE_TURNS = 200

export class ProcessWatch {
  readonly #problems: string[] = []
  readonly #warnings: Error[] = []
  #expectedWarnings = 0
  #whenWarned: (() => void)[] = []
  readonly #timersBefore: number

  constructor() {
    this.#timersBefore = referencedTimers()
    process.on('unhandledRejection', this.#onRejection)
    process.on('uncaughtExceptionMonitor', this.#onException)
    process.on('warning', this.#onWarning)
  }

  /** Announces that one warning is to come; resolves to it. */
  async expectWarning(): Promise<Error> {
    const index = this.#expectedWarnings++
    // an engine may have to ask a broker first: what never comes is for the deadline of the case to find
    while (this.#warnings.length <= index) await new Promise<void>((resolve) => this.#whenWarned.push(resolve))
    return this.#warnings[index] as Error
  }

  /** Ends the watch and says what went wrong meanwhile. */
  async end(): Promise<string[]> {
    await someTurns(2)
    process.off('unhandledRejection', this.#onRejection)
    process.off('uncaughtExceptionMonitor', this.#onException)
    process.off('warning', this.#onWarning)
    const unexpected = this.#warnings.slice(this.#expectedWarnings).map((each) => `process warning: ${each.message}`)
    return [...this.#problems, ...unexpected, ...(await this.#timersLeft())]
  }

  /** A count, not a list: Node tells no more. Timers of others that end meanwhile may hide one, but never add one. */
  async #timersLeft(): Promise<string[]> {
    for (let turn = 0; turn < PATIENCE_TURNS && referencedTimers() > this.#timersBefore; turn++) await someTurns(1)
    const left = referencedTimers() - this.#timersBefore
    return left > 0 ? [`${left} timers that keep the process alive were left behind`] : []
  }

  readonly #onRejection = (reason: unknown): void => {
    this.#problems.push(`unhandled rejection: ${toError(reason).message}`)
  }

  readonly #onException = (error: Error): void => {
    this.#problems.push(`uncaught exception: ${error.message}`)
  }

  readonly #onWarning = (warning: Error): void => {
    if (!watchedWarnings.has(warning.name)) return
    this.#warnings.push(warning)
    for (const resolve of this.#whenWarned.splice(0)) resolve()
  }
}

export function referencedTimers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
}
