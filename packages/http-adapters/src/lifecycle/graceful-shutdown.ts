// The end of a server and its tasks together: nothing new is taken, what is under way is finished, then both are closed.
import type { RequestListener, Server, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { checkOptions, handleSignals, is } from '@catzilla/api'
import type { BackgroundTasks, OptionTable, ShutdownReport } from '@catzilla/api'
import { sendResponse } from '../bridges/node-bridge.ts'
import { drainStateOf } from '../core/drain-state.ts'
import { HttpProblem, problemOf } from '../core/problem.ts'

export interface GracefulShutdownOptions {
  /** Longest time, in milliseconds, for requests and tasks together: 30000. Half of it at most is for requests alone. */
  readonly timeoutMs?: number
  /** How long, in milliseconds, connections are still taken, and answered 503, so that balancers notice: 0. */
  readonly drainDelayMs?: number
  /** `Retry-After` of those answers, in seconds: 5. */
  readonly retryAfterSeconds?: number
  /** Whether SIGTERM and SIGINT begin it, and the process exits with 0 after it; a second signal ends it at once: false. */
  readonly handleSignals?: boolean
  /** Told what became of it all, before the process ends. */
  readonly onReport?: (report: GracefulShutdownReport) => void
}

export interface GracefulShutdownReport {
  /** Requests that were under way: answered, or cut off when the time was over. */
  readonly requests: { readonly finished: number; readonly cutOff: number }
  readonly tasks: ShutdownReport
}

const table: OptionTable = {
  timeoutMs: {
    byDefault: '30000',
    accepts: 'a number of milliseconds ≥ 0',
    about: 'Longest end.',
    check: is.number(0),
  },
  drainDelayMs: { byDefault: '0', accepts: 'a number of milliseconds ≥ 0', about: 'Grace.', check: is.number(0) },
  retryAfterSeconds: { byDefault: '5', accepts: 'an integer ≥ 0', about: 'For clients.', check: is.integer(0) },
  handleSignals: { byDefault: 'false', accepts: 'true or false', about: 'Obey signals.', check: is.boolean },
  onReport: { byDefault: 'none', accepts: 'a function', about: 'Told how it went.', check: is.function },
}

/**
 * Ties a server and its tasks together.
 * @throws ConfigurationError
 * @example
 * const server = app.listen(8000)
 * gracefulShutdown(server, app.tasks, { handleSignals: true, onReport: (report) => console.log(report) })
 */
export function gracefulShutdown(
  server: Server,
  tasks: BackgroundTasks,
  options: GracefulShutdownOptions = {},
): GracefulServer {
  checkOptions(table, options, 'gracefulShutdown')
  return new GracefulServer(server, tasks, options)
}

export class GracefulServer implements AsyncDisposable {
  readonly #server: Server
  readonly #tasks: BackgroundTasks
  readonly #options: GracefulShutdownOptions
  readonly #inFlight = new Set<ServerResponse>()
  readonly #ignoreSignals: () => void
  #idle = (): void => {}
  #closing = false
  #ended: Promise<GracefulShutdownReport> | undefined

  constructor(server: Server, tasks: BackgroundTasks, options: GracefulShutdownOptions) {
    this.#server = server
    this.#tasks = tasks
    this.#options = options
    server.prependListener('request', (_, res) => this.#follow(res))
    this.#ignoreSignals = options.handleSignals === true ? handleSignals(() => this.shutdown()) : () => {}
  }

  /** Whether the end has begun. */
  get draining(): boolean {
    return this.#ended !== undefined
  }

  /** Requests under way. */
  get inFlight(): number {
    return this.#inFlight.size
  }

  /** Begins the end; later calls give the same report. */
  shutdown(): Promise<GracefulShutdownReport> {
    return (this.#ended ??= this.#end())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown()
  }

  async #end(): Promise<GracefulShutdownReport> {
    const { timeoutMs = 30_000, drainDelayMs = 0, onReport } = this.#options
    const underWay = this.#inFlight.size
    const deadline = performance.now() + timeoutMs
    this.#refuse()
    // streams of events never end by themselves
    drainStateOf(this.#tasks).begin()
    if (drainDelayMs > 0) await delay(drainDelayMs)
    const closed = this.#close()
    await this.#finished(timeoutMs / 2)
    const tasks = await this.#tasks.shutdown({ timeoutMs: Math.max(0, deadline - performance.now()) })
    await this.#finished(Math.max(100, deadline - performance.now()))
    const cutOff = this.#inFlight.size
    this.#server.closeAllConnections()
    await closed
    this.#ignoreSignals()
    const report = { requests: { finished: Math.max(0, underWay - cutOff), cutOff }, tasks }
    onReport?.(report)
    return report
  }

  /** From now on every request is told to come back later, whatever the framework would have answered. */
  #refuse(): void {
    const { retryAfterSeconds = 5 } = this.#options
    const refuse: RequestListener = (_, res) => {
      const problem = problemOf(new HttpProblem('draining', 'the server shuts down'), {
        includeStacks: false,
        retryAfterSeconds,
      })
      sendResponse(res, { ...problem, headers: { ...problem.headers, connection: 'close' } })
    }
    this.#server.removeAllListeners('request').on('request', refuse)
    for (const res of this.#inFlight) if (!res.headersSent) res.setHeader('connection', 'close')
  }

  #close(): Promise<void> {
    this.#closing = true
    return new Promise((resolve) => {
      // an error says that it was not listening: that is closed as well
      this.#server.close(() => resolve())
      this.#server.closeIdleConnections()
    })
  }

  #follow(res: ServerResponse): void {
    this.#inFlight.add(res)
    res.once('close', () => {
      this.#inFlight.delete(res)
      if (this.#inFlight.size === 0) this.#idle()
      // not before: while connections are still taken, an idle one may just be carrying a request
      if (this.#closing) setImmediate(() => this.#server.closeIdleConnections())
    })
  }

  /** Settles when no request is under way, or after that many milliseconds. */
  async #finished(withinMs: number): Promise<void> {
    if (this.#inFlight.size === 0) return
    const patience = new AbortController()
    const idle = new Promise<void>((resolve) => (this.#idle = resolve))
    await Promise.race([idle, delay(withinMs, undefined, { signal: patience.signal }).catch(() => {})])
    patience.abort()
  }
}
