// Runs bodies in a child process, one at a time, and says what becomes of them.
import { PayloadError, describeValue, toError } from '../../contract/errors.ts'
import type { TaskHandler } from '../../contract/task.ts'
import type { TaskCode } from '../code/task-code.ts'
import { runInline } from '../../lanes/inline-lane.ts'
import type { AttemptFollower } from '../../lanes/inline-lane.ts'
import { runOutsideContexts } from '../../lanes/task-context.ts'
import type { Running } from '../../lanes/task-context.ts'
import { copyResult, copyToSend } from '../../support/payload-copy.ts'
import { writeLastWords } from '../process/last-words.ts'
import type { ChildOrders, EndFigures, FromChild, RunMessage, ToChild } from '../process/protocol.ts'
import { Carrier } from '../wire/carrier.ts'
import { packValue, refuseShared, unpackValue } from '../wire/process-payload.ts'
import type { PackedValue } from '../wire/process-payload.ts'
import { packError, unpackError } from '../wire/wire-error.ts'
import type { BodyLoader } from './load-body.ts'
import { DirectRoom } from './direct-room.ts'
import { RunningInside } from './running.ts'
import type { AttemptReport } from './running.ts'

/** An attempt, from its message to its end. */
class Attempt extends RunningInside {
  readonly message: RunMessage
  readonly takenAt: number = performance.now()
  aborted = false

  constructor(message: RunMessage, report: (report: AttemptReport) => void) {
    super(message.facts, report)
    this.message = message
  }
}

type Send = (message: FromChild) => void

export class ProcessTasks implements AttemptFollower<Attempt> {
  readonly #orders: ChildOrders
  readonly #send: Send
  readonly #loader: BodyLoader
  readonly #carrier: Carrier | null
  readonly #room: DirectRoom
  /** What was sent with a number: the code until it is loaded, then the body. */
  readonly #bodies = new Map<number, TaskCode | TaskHandler>()
  readonly #codes = new Map<number, TaskCode>()
  #attempt: Attempt | null = null
  #leaving = false
  #memoryTimer: NodeJS.Timeout | undefined

  constructor(orders: ChildOrders, loader: BodyLoader, send: Send) {
    this.#loader = loader
    this.#orders = orders
    this.#carrier = orders.carrier === null ? null : new Carrier(orders.carrier)
    this.#send = send
    this.#room = new DirectRoom(this.#carrier, send)
  }

  /** Whether a task runs that has nothing to do with what `culprit` did. */
  isInnocent(culprit: Running | undefined): boolean {
    return this.#attempt === null || (culprit instanceof Attempt && culprit !== this.#attempt)
  }

  /** The process exits while the code of `culprit` runs, or because of what it threw. */
  sayLast(culprit: Running | undefined): void {
    if (!(culprit instanceof Attempt)) return
    const { serial, facts } = culprit.message
    writeLastWords({ serial, taskId: facts.taskId, name: facts.name })
  }

  hear(message: ToChild): void {
    if (message.kind === 'run') this.#take(message)
    else if (message.kind === 'ping') this.#send({ kind: 'pong' })
    else if (message.kind === 'abort') this.#abort(message.serial, message.reason)
    else if (message.kind === 'filled') this.#filled(message)
    else if (message.kind === 'took') this.#taken(message)
    else if (message.kind === 'leave') this.#leave()
  }

  #take(message: RunMessage): void {
    const { serial } = message
    const attempt = new Attempt(message, (report) => this.#report(serial, report))
    this.#attempt = attempt
    if (message.offered === true) this.#room.prepare()
    this.#send({ kind: 'taken', serial, rss: process.memoryUsage.rss() })
    if (this.#orders.tellMemoryMs > 0) this.#tellMemory(serial)
    try {
      const body = this.#bodyOf(message)
      if (body instanceof Promise) void this.#runLoaded(attempt, body)
      else this.#run(attempt, body)
    } catch (thrown) {
      this.failed(attempt, toError(thrown))
    }
  }

  /** @throws when the code cannot be loaded */
  #bodyOf({ code, source, forget }: RunMessage): TaskHandler | Promise<TaskHandler> {
    if (forget === true) this.#forget()
    if (source !== undefined) {
      this.#codes.set(code, source)
      this.#bodies.set(code, source)
    }
    const known = this.#bodies.get(code)
    if (typeof known === 'function') return known
    if (known === undefined) throw new PayloadError(`the code with number ${code} was never sent to this process`)
    const body = this.#loader.load(known)
    if (typeof body === 'function') this.#bodies.set(code, body)
    return body
  }

  #forget(): void {
    for (const code of this.#codes.values()) this.#loader.forget(code)
    this.#codes.clear()
    this.#bodies.clear()
  }

  async #runLoaded(attempt: Attempt, loading: Promise<TaskHandler>): Promise<void> {
    const { code, serial } = attempt.message
    try {
      const body = await loading
      this.#bodies.set(code, body)
      // what the module takes is not the task's
      this.#send({ kind: 'loaded', serial, rss: process.memoryUsage.rss() })
      this.#run(attempt, body)
    } catch (thrown) {
      this.failed(attempt, toError(thrown))
    }
  }

  #run(attempt: Attempt, body: TaskHandler): void {
    // nobody wants it any more, and it has not begun
    if (attempt.aborted) return this.succeeded(attempt, undefined)
    const begin = (args: readonly unknown[]): void => runOutsideContexts(() => runInline(attempt, body, args, this))
    const { message } = attempt
    if (message.offered !== true) begin(unpackValue(message.args, this.#carrier) as readonly unknown[])
    else this.#room.ask(message, (args) => (attempt.aborted ? this.succeeded(attempt, undefined) : begin(args)))
  }

  #filled(message: Extract<ToChild, { kind: 'filled' }>): void {
    const attempt = this.#attempt
    try {
      this.#room.filled(message)
    } catch (thrown) {
      if (attempt !== null) this.failed(attempt, toError(thrown))
    }
  }

  #taken(message: Extract<ToChild, { kind: 'took' }>): void {
    this.#room.taken(message)
    if (this.#leaving) this.#leave()
  }

  #abort(serial: number, reason: unknown): void {
    const attempt = this.#attempt
    if (attempt?.message.serial !== serial) return
    // first, since those who listen to the signal may take their time
    this.#send({ kind: 'aborting', serial })
    attempt.aborted = true
    attempt.abort(unpackError(reason))
  }

  #leave(): void {
    this.#leaving = true
    if (this.#attempt === null && !this.#room.isHeld) process.exit(0)
  }

  succeeded(attempt: Attempt, value: unknown): void {
    const { serial, facts } = attempt.message
    const where = `task '${facts.name}': result`
    try {
      refuseShared(value, where)
      const copy = copyToSend(value, where)
      const figures = this.#figures(attempt)
      const send = (way: { readonly value: PackedValue; readonly at?: readonly bigint[] }): void =>
        this.#end(attempt, { kind: 'done', serial, ...way, ...figures })
      const byCarrier = (): void => send({ value: packValue(copy.value, copy.large, this.#carrier) })
      const kept = this.#room.keep(serial, copy.value, copy.large, byCarrier)
      if (kept === null) byCarrier()
      else send(kept)
    } catch (thrown) {
      this.failed(attempt, toError(thrown))
    }
  }

  failed(attempt: Attempt, error: Error): void {
    const { serial } = attempt.message
    this.#end(attempt, { kind: 'failed', serial, error: packError(error), ...this.#figures(attempt) })
  }

  /** A body that gave a promise: nothing is measured here. */
  pending(): void {}

  #end(attempt: Attempt, message: FromChild): void {
    attempt.end()
    // also once more: a result that the parent could not read is sent
    if (this.#attempt !== attempt && this.#attempt !== null) return
    this.#attempt = null
    clearInterval(this.#memoryTimer)
    this.#send(message)
    if (this.#leaving) this.#leave()
  }

  #figures({ takenAt }: Attempt): EndFigures {
    const heap = this.#orders.tellHeap ? process.memoryUsage().heapUsed : 0
    return { ranMs: performance.now() - takenAt, rss: process.memoryUsage.rss(), heap }
  }

  #report(serial: number, report: AttemptReport): void {
    this.#send({ kind: 'report', serial, report: report.kind === 'log' ? withPlainFields(report) : report })
  }

  #tellMemory(serial: number): void {
    this.#memoryTimer = setInterval(() => {
      this.#send({ kind: 'memory', serial, rss: process.memoryUsage.rss() })
    }, this.#orders.tellMemoryMs)
  }
}

/** Fields that cannot travel become a text: a line in a log is no reason to fail. */
function withPlainFields(line: Extract<AttemptReport, { kind: 'log' }>): AttemptReport {
  const { message, fields } = line
  if (fields === undefined) return line
  const plain = Object.entries(fields).map(([name, value]) => {
    try {
      refuseShared(value, name)
      return [name, copyResult(value, name)] as const
    } catch {
      return [name, describeValue(value)] as const
    }
  })
  return { kind: 'log', message: message, fields: Object.fromEntries(plain) }
}
