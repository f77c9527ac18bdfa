// What becomes of an attempt that a child has: what its body says, and every way in which it may end.
import { PayloadError, toError } from '../../contract/errors.ts'
import type { AttemptReport } from '../inside/running.ts'
import type { RunState } from '../../typescript/run-state.ts'
import type { WalkParts } from '../../typescript/walk-engine.ts'
import type { Carrier } from '../wire/carrier.ts'
import { unpackApart, unpackValue } from '../wire/process-payload.ts'
import { unpackError } from '../wire/wire-error.ts'
import type { DirectBuffers } from './direct-buffers.ts'
import type { ProcessAttempt } from './process-attempt.ts'
import { crashError } from './process-end.ts'
import type { ProcessEnd } from './process-end.ts'
import type { FromChild } from './protocol.ts'

type EndMessage = Extract<FromChild, { kind: 'done' | 'failed' }>
/** The large buffers of the result are still where the process has them. */
type KeptMessage = Extract<FromChild, { kind: 'done' }> & { readonly at: readonly bigint[] }

/** The result is not there. */
const NOT_YET: unique symbol = Symbol('not yet')

export class AttemptEnds {
  readonly #parts: WalkParts
  readonly #direct: DirectBuffers
  readonly #forget: (attempt: ProcessAttempt) => void

  /** @param forget told of each attempt that is over */
  constructor(parts: WalkParts, direct: DirectBuffers, forget: (attempt: ProcessAttempt) => void) {
    this.#parts = parts
    this.#direct = direct
    this.#forget = forget
  }

  /** The body said something of itself. */
  report({ run }: ProcessAttempt, report: AttemptReport): void {
    // once it was given up its context takes no more, as on every lane
    if (run === null) return
    if (report.kind === 'progress') run.context.progress(report.ratio, report.message)
    else if (report.kind === 'log') run.context.log(report.message, report.fields)
    else run.context.heartbeat()
  }

  /**
   * The body has ended.
   * @returns whether the attempt has: a result that the process kept may have gone with it, or may have to be sent again
   */
  ended(attempt: ProcessAttempt, message: EndMessage): boolean {
    const { record, run } = attempt
    const end = run === null ? undefined : this.#read(attempt, message)
    if (end === NOT_YET) return false
    if (keeps(message)) attempt.child.send({ kind: 'took', serial: attempt.serial })
    this.#forget(attempt)
    if (run === null) return true
    const { settlement } = this.#parts
    run.extras.memoryMb = attempt.peakMb
    const now = this.#endOf(attempt, run, message.ranMs)
    if (end instanceof Failure) settlement.failed(record, run, end.error, now)
    else settlement.succeeded(record, run, end, now)
    return true
  }

  /** What a child sends may be anything. */
  #read(attempt: ProcessAttempt, message: EndMessage): unknown {
    try {
      return keeps(message) ? this.#take(attempt, message) : readSent(message, attempt.child.carrier)
    } catch (thrown) {
      const { name } = attempt.record
      const text = `task '${name}': what its process sent as its end cannot be read: ${toError(thrown).message}; code in the task may have written to the channel of the process`
      return new Failure(new PayloadError(text, [], { cause: thrown }))
    }
  }

  #take({ child, serial }: ProcessAttempt, { value, at }: KeptMessage): unknown {
    const taken = this.#direct.take(child, value, at)
    // its end is about to be told
    if (taken === 'gone') return NOT_YET
    if (taken !== 'out of reach') return unpackApart(value, taken)
    child.send({ kind: 'took', serial, otherwise: true })
    return NOT_YET
  }

  /** Its process has ended while it ran. */
  crashed(attempt: ProcessAttempt, end: ProcessEnd): void {
    const { name, plan } = attempt.record
    this.fail(attempt, crashError(name, end, plan.options.memoryLimitMb))
  }

  /** It is over, whatever its process still does; also when it was given up long ago and nobody hears of the error. */
  fail(attempt: ProcessAttempt, error: Error): void {
    this.#forget(attempt)
    const { record, run } = attempt
    if (run === null) return
    if (!attempt.dropped) run.extras.memoryMb = attempt.peakMb
    this.#parts.settlement.failed(record, run, error, this.#parts.walk.clock.now())
  }

  /**
   * When it ended. A busy event loop hears late of beginning and end; the child knows how long it took, and that is what
   * counts against the limit. A clock of a test's knows nothing of children.
   */
  #endOf({ handedAt, dropped }: ProcessAttempt, run: RunState, ranMs: number): number {
    const { clock } = this.#parts.walk
    const now = clock.now()
    if (clock.processTime !== true || dropped) return now
    run.startedAt = Math.max(handedAt, Math.min(run.startedAt, now - ranMs))
    return Math.min(now, run.startedAt + ranMs)
  }
}

class Failure {
  readonly error: Error

  constructor(error: Error) {
    this.error = error
  }
}

function keeps(message: EndMessage): message is KeptMessage {
  return message.kind === 'done' && message.at !== undefined
}

function readSent(message: EndMessage, carrier: Carrier | null): unknown {
  return message.kind === 'done' ? unpackValue(message.value, carrier) : new Failure(unpackError(message.error))
}
