// What one decision works with: the plan, the state, the time of the event, and the commands so far.
import type { Command, RunEnd } from './events.ts'
import { byteAt, intAt, makePlan } from './plan.ts'
import type { Plan, PlanStep } from './plan.ts'
import { RunState } from './run-state.ts'

export class Turn {
  readonly plan: Plan
  readonly state: RunState
  /** Epoch milliseconds. */
  readonly at: number
  readonly commands: Command[] = []
  /** Steps that have settled and whose users have not been told. */
  readonly settled: number[] = []

  readonly #changed: number[] | undefined

  /**
   * One is always there. V8 knows what objects of a class are like for as long as there is one, and forgets all code that it has
   * made for them with the last: turns live for one event, and each collection of garbage would make the next events slow.
   */
  static readonly kept: Turn = Turn.empty()

  constructor(plan: Plan, state: RunState, epochMs: number, changed?: number[]) {
    this.plan = plan
    this.#changed = changed
    this.state = state
    this.at = epochMs
  }

  static empty(): Turn {
    const plan = makePlan([], [], 1)
    return new Turn(plan, new RunState(plan), 0)
  }

  step(index: number): PlanStep {
    const step = this.plan.steps[index]
    if (step === undefined) throw new RangeError(`there is no step ${index} in the plan`)
    return step
  }

  command(type: 'start' | 'expand' | 'choose' | 'compute' | 'check' | 'compensate', step: number, item: number): void {
    this.commands.push({ type, step, item })
  }

  cancel(step: number): void {
    this.commands.push({ type: 'cancel', step })
  }

  cancelAll(): void {
    this.commands.push({ type: 'cancelAll' })
  }

  end(end: RunEnd): void {
    this.commands.push({ type: 'end', end })
  }

  /** A step is in a state that is final. */
  note(step: number): void {
    this.#changed?.push(step)
  }

  pickOf(step: number): number {
    return intAt(this.state.pick, step)
  }

  has(step: number, mark: number): boolean {
    return (byteAt(this.state.marks, step) & mark) !== 0
  }

  mark(step: number, mark: number): void {
    this.state.marks[step] = byteAt(this.state.marks, step) | mark
  }
}
