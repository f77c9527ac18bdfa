// Where attempts that C ran for the walk begin and end.
import { PayloadError, toError } from '../contract/errors.ts'
import { isSettled } from '../contract/task-state.ts'
import { Deadlines } from '../typescript/deadlines.ts'
import { beginAttempt } from '../typescript/start.ts'
import type { RunState } from '../typescript/run-state.ts'
import type { WalkParts } from '../typescript/walk-engine.ts'
import { runInJavaScript } from './bailed-run.ts'
import { doGivenUpRows } from './given-up-rows.ts'
import type { KernelAttempt } from './kernel-attempt.ts'
import { attemptError } from './kernel-errors.ts'
import type { KernelLane } from './kernel-lane.ts'
import type { NativeParts } from './native-settlement.ts'
import { PastRun } from './past-run.ts'
import { portLayout } from './port-layout.ts'
import { resultOf } from './program-result.ts'
import { isScalar, scalarIn } from './slot-values.ts'

const { SLOT_PLAN, SLOT_STATE, SLOT_RESULT_TYPE, SLOT_RESULT, SLOT_ATTACHED } = portLayout
const { SLOT_STATE_COMPLETED, SLOT_STATE_FAILED } = portLayout

const KIB_PER_MIB = 1024

export class AttemptSettlement {
  readonly #parts: NativeParts
  readonly #walk: WalkParts
  readonly #lane: KernelLane
  readonly #deadlines: Deadlines

  constructor(parts: NativeParts, lane: KernelLane) {
    this.#parts = parts
    this.#walk = parts.walk
    this.#lane = lane
    const { timers } = parts.walk.walk
    this.#deadlines = new Deadlines(lane.running, timers, (run, now) =>
      parts.walk.settlement.timedOut(run.record, run, now),
    )
  }

  /** C says that it runs. */
  started(attempt: KernelAttempt): void {
    if (attempt.run !== null || attempt.fate === 'dropped') return
    this.#begin(attempt, PastRun.read(this.#parts.port, attempt.slot, 0).startedAt)
  }

  #begin(attempt: KernelAttempt, startedAt: number): void {
    const { record } = attempt
    const { walk, settlement } = this.#walk
    const { keepsTime, handed } = this.#lane
    // it started before it was called back
    attempt.fate = 'wanted'
    handed.remove(record)
    if (keepsTime) attempt.run = beginAttempt(walk, settlement, record, startedAt)
    else {
      attempt.run = beginAttempt(walk, settlement, record, walk.clock.now())
      this.#deadlines.watch(attempt.run)
    }
    // its name got a gate while it was on its way
    if ((attempt.run.extrasOrNull?.entered ?? null) === null) walk.gatekeeper.enterLate(record)
  }

  /** C has done with the slot of an attempt. */
  settle(attempt: KernelAttempt): void {
    const { port, plans, recent } = this.#parts
    const { record, slot } = attempt
    const { words } = port
    const word = port.wordOf(slot)
    const past = PastRun.read(port, slot, 0)
    plans.release(words[word + SLOT_PLAN / 4] ?? 0)
    if (this.#lane.keepsTime && past.endedAt >= past.startedAt) {
      recent.add(past.endedAt, past.endedAt - past.startedAt, 0)
    }
    const state = words[word + SLOT_STATE / 4] ?? 0
    if (attempt.fate === 'dropped') this.#endLate(attempt)
    else if (state === SLOT_STATE_COMPLETED || state === SLOT_STATE_FAILED) this.#end(attempt, past, state)
    else if (attempt.fate === 'recalled') this.#bringBack(attempt)
    if (this.#lane.keepsTime && attempt.fate !== 'dropped' && isSettled(record.status)) recent.add(past.endedAt, 0, 1)
    this.#free(attempt)
    this.#lane.wake()
  }

  #end(attempt: KernelAttempt, past: PastRun, state: number): void {
    const { settlement, walk } = this.#walk
    const { keepsTime } = this.#lane
    const { record } = attempt
    if (attempt.run === null) this.#begin(attempt, past.startedAt)
    const { run } = attempt
    if (run === null) return
    this.#lane.release(attempt)
    run.extras.workerId = past.workerId
    run.extras.memoryMb = past.memoryKb / KIB_PER_MIB
    run.attempt = past.attempt
    const now = keepsTime ? past.endedAt : walk.clock.now()
    if (state === SLOT_STATE_COMPLETED) return this.#succeed(attempt, run, now)
    const found = this.#parts.binding.error(attempt.slot)
    if (found.status === 'BAILED') return runInJavaScript(this.#walk, record, run)
    const error = attemptError(found, record)
    settlement.failed(record, run, error, now, this.#isFinal(attempt))
  }

  #succeed(attempt: KernelAttempt, run: RunState, now: number): void {
    const { settlement } = this.#walk
    const { record, slot, out, graph } = attempt
    if (graph !== null) {
      this.#parts.recent.add(now, 0, graph.count(this.#walk))
      return settlement.succeeded(record, run, graph.end, now)
    }
    if (out === null) return settlement.succeeded(record, run, this.#result(attempt), now)
    const { port } = this.#parts
    try {
      doGivenUpRows(record, out, port.doubles[port.doubleOf(slot) + SLOT_RESULT / 8] ?? 0)
    } catch (thrown) {
      return settlement.failed(record, run, toError(thrown), now)
    }
    settlement.succeeded(record, run, out, now)
  }

  #result({ kernel, slot }: KernelAttempt): unknown {
    const { port, binding } = this.#parts
    const type = port.words[port.wordOf(slot) + SLOT_RESULT_TYPE / 4] ?? 0
    if (isScalar(type)) return scalarIn(port, slot, type)
    const given = binding.result(slot)
    return resultOf(kernel.program, given)
  }

  /** The kernel said that another attempt is no use. Of columns C says that always. */
  #isFinal({ slot, out }: KernelAttempt): boolean {
    const { port } = this.#parts
    return out === null && port.doubles[port.doubleOf(slot) + SLOT_RESULT / 8] === 1
  }

  /** It did not start: it waits again, for its turn as it was. */
  #bringBack(attempt: KernelAttempt): void {
    const { record } = attempt
    const { gatekeeper, clock } = this.#walk.walk
    this.#lane.release(attempt)
    this.#lane.handed.remove(record)
    gatekeeper.leave(record, clock.now())
    this.#lane.ready.putBack(record)
  }

  #endLate({ record, run }: KernelAttempt): void {
    if (run !== null) this.#walk.settlement.succeeded(record, run, undefined, this.#walk.walk.clock.now())
  }

  /** C would not take the arguments. */
  refused(attempt: KernelAttempt, thrown: Error): void {
    const { settlement, walk } = this.#walk
    const { record } = attempt
    const now = walk.clock.now()
    this.#begin(attempt, now)
    this.#parts.plans.release(this.#parts.port.words[this.#parts.port.wordOf(attempt.slot) + SLOT_PLAN / 4] ?? 0)
    this.#lane.release(attempt)
    const error = new PayloadError(`task '${record.name}': ${thrown.message}`, [], { cause: thrown })
    if (attempt.run !== null) settlement.failed(record, attempt.run, toError(error), now)
    this.#free(attempt)
  }

  #free(attempt: KernelAttempt): void {
    const { slot, graph } = attempt
    graph?.release()
    const { binding, port, slots } = this.#parts
    const word = port.wordOf(slot)
    const type = port.words[word + SLOT_RESULT_TYPE / 4] ?? 0
    const state = port.words[word + SLOT_STATE / 4]
    if (state !== SLOT_STATE_COMPLETED || !isScalar(type) || port.words[word + SLOT_ATTACHED / 4] === 1)
      binding.free(slot)
    port.clear(slot)
    slots.takeFrom(attempt)
  }
}
