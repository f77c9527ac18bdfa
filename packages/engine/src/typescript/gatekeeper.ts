// Decides whether a task may start as far as pauses and limits go, and lets parked tasks go on when a gate opens again.
import { TaskDefinitionError, describeValue, toError } from '../contract/errors.ts'
import { Gate } from './gate.ts'
import { runningIn } from './lane.ts'
import type { Lane } from './lane.ts'
import type { NamedTask, Plan } from './plan.ts'
import { RunState } from './run-state.ts'
import type { TaskRecord } from './task-record.ts'
import type { TimerQueue } from './timer-queue.ts'

export class Gatekeeper {
  /** Told when a name gets its gate: tasks of the name that wait outside of the walk must pass it too. */
  gateMade: (named: NamedTask) => void = () => {}
  readonly #timers: TimerQueue
  readonly #lanes: readonly Lane[]

  constructor(timers: TimerQueue, lanes: readonly Lane[]) {
    this.#timers = timers
    this.#lanes = lanes
  }

  /**
   * The limits of the latest submission hold for all tasks of the name; it makes the gate of the name when there is none
   * yet. Tasks that run by then count.
   */
  configure(named: NamedTask, { concurrency, limits }: Plan['options'], now: number): void {
    const whole = limits?.key === undefined ? limits : undefined
    if (concurrency === undefined && whole === undefined && named.gate === null) return
    const gate = named.gate ?? this.gateOf(named)
    gate.configure(concurrency, whole)
    this.reopen(gate, now)
  }

  /** The gate of a name, made when there is none yet. */
  gateOf(named: NamedTask): Gate {
    if (named.gate !== null) return named.gate
    named.gate = new Gate()
    for (const record of runningIn(this.#lanes)) if (record.plan.named === named) this.enterLate(record)
    this.gateMade(named)
    return named.gate
  }

  /** Takes a place for an attempt that was started before its name had a gate. */
  enterLate({ plan, run }: TaskRecord): void {
    const { gate } = plan.named
    if (gate === null || run === null) return
    run.extras.entered = [...(run.extras.entered ?? []), gate]
    gate.running++
  }

  /**
   * The gate of the key that `args` give, for a call whose limits have a key.
   * @throws TaskDefinitionError when the key function throws or answers with no text
   */
  keyGate(plan: Plan, args: readonly unknown[]): Gate | null {
    const { limits } = plan.options
    if (limits?.key === undefined) return null
    const key = typeof limits.key === 'string' ? limits.key : computeKey(plan, limits.key, args)
    const gates = (plan.named.keyGates ??= new Map<string, Gate>())
    const gate = gates.get(key) ?? new Gate()
    gate.forget = () => gates.delete(key)
    gates.set(key, gate)
    gate.configure(undefined, limits)
    return gate
  }

  /** Enters the gates, or parks the task in the first one that is closed and answers false. */
  admit(record: TaskRecord, now: number): boolean {
    const { gate } = record.plan.named
    const keyGate = record.run?.extrasOrNull?.keyGate ?? null
    if (gate !== null && mustWait(record, gate, now)) return this.#park(record, gate, now)
    if (keyGate !== null && mustWait(record, keyGate, now)) {
      this.#park(record, keyGate, now)
      // the place it would have taken in the first gate goes to the next one
      if (gate !== null) this.reopen(gate, now)
      return false
    }
    const entered = [gate, keyGate].filter((each) => each !== null)
    for (const each of entered) each.enter(now)
    const run = (record.run ??= new RunState(record))
    run.extras.entered = entered
    return true
  }

  /** The attempt ended: its places are free. */
  leave(record: TaskRecord, now: number): void {
    const extras = record.run?.extrasOrNull ?? null
    if (extras === null || extras.entered === null) return
    const { entered } = extras
    extras.entered = null
    for (const gate of entered) {
      gate.running--
      this.reopen(gate, now)
    }
  }

  /** A waiting task was taken away: takes it out of the gate, or lets the next one through instead of it. */
  withdraw(record: TaskRecord, now: number): boolean {
    const { gate } = record.plan.named
    const keyGate = record.run?.extrasOrNull?.keyGate ?? null
    const parked = (gate?.dropParked(record) ?? false) || (keyGate?.dropParked(record) ?? false)
    if (gate !== null) this.reopen(gate, now)
    if (keyGate !== null) this.reopen(keyGate, now)
    return parked
  }

  /** The task settled: its key gate may be forgotten. */
  forget(record: TaskRecord, now: number): void {
    const gate = record.run?.extrasOrNull?.keyGate ?? null
    if (gate === null) return
    gate.members--
    this.#forgetWhenIdle(gate, now)
  }

  /** Puts as many parked tasks back into the ready queue as may start now. */
  reopen(gate: Gate, now: number): void {
    for (let room = gate.room(now); room > 0; room--) {
      const record = gate.unpark()
      if (record === null) return
      record.plan.lane.ready.putBack(record)
      record.plan.lane.wake()
    }
    this.#armReopening(gate, now)
  }

  #park(record: TaskRecord, gate: Gate, now: number): false {
    gate.park(record)
    // where there is room, those who were there before go through now
    this.reopen(gate, now)
    return false
  }

  /** Only a rate limit opens by itself; the other limits open when a task ends or the pause does. */
  #armReopening(gate: Gate, now: number): void {
    if (gate.reopening !== null || gate.parkedCount === 0) return
    const opensAt = gate.rateOpensAt(now)
    if (opensAt <= now) return
    gate.reopening = this.#timers.add(opensAt, (later) => {
      gate.reopening = null
      this.reopen(gate, later)
    })
  }

  #forgetWhenIdle(gate: Gate, now: number): void {
    if (gate.members > 0 || gate.forgetting !== null) return
    if (gate.idle(now)) return gate.forget?.()
    gate.forgetting = this.#timers.add(gate.forgetsAllAt(), (later) => {
      gate.forgetting = null
      this.#forgetWhenIdle(gate, later)
    })
  }
}

function mustWait(record: TaskRecord, gate: Gate, now: number): boolean {
  return gate.room(now) <= 0 || gate.holdsEarlier(record)
}

function computeKey(plan: Plan, key: (...args: never[]) => string, args: readonly unknown[]): string {
  const where = `task '${plan.call.name}': limits.key`
  let answer: unknown
  try {
    answer = key(...(args as never[]))
  } catch (thrown) {
    throw new TaskDefinitionError(`${where} threw ${toError(thrown).message}`, { cause: thrown })
  }
  if (typeof answer === 'string') return answer
  throw new TaskDefinitionError(`${where} must answer with a text, it answered ${describeValue(answer)}`)
}
