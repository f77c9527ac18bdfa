// The values of a run: its input, and what its steps gave. By reference: nothing is copied between steps.
import { WorkflowError } from '@catzilla/api'
import { StepKinds } from './decide/plan.ts'
import { ItemState, Mark, StepState } from './decide/run-state.ts'
import type { RunState } from './decide/run-state.ts'
import type { RunEvent } from './decide/events.ts'
import type { Graph, Step } from './graph.ts'
import { fillIn } from './wiring.ts'
import type { Template, ValueSource } from './wiring.ts'

type Answer =
  | { readonly type: 'expanded'; readonly count: number }
  | { readonly type: 'chosen'; readonly branch: number }
  | { readonly type: 'completed'; readonly item: number; readonly value: unknown }
  | { readonly type: 'checked'; readonly again: boolean }

export class RunValues implements ValueSource {
  readonly input: unknown
  readonly #graph: Graph
  readonly #state: RunState
  /** Results; of a map the list of them, of a loop the latest. */
  readonly #values: unknown[]
  readonly #errors = new Map<number, Error>()
  /** What went wrong while steps were undone. */
  readonly undoErrors: { readonly step: string; readonly error: Error }[] = []
  readonly #lists = new Map<number, readonly unknown[]>()

  constructor(graph: Graph, state: RunState, input: unknown) {
    this.#graph = graph
    this.#state = state
    this.input = input
    this.#values = Array<unknown>(graph.steps.length).fill(undefined)
  }

  step(index: number): Step {
    const step = this.#graph.steps[index]
    if (step === undefined) throw new RangeError(`workflow '${this.#graph.name}' has no step ${index}`)
    return step
  }

  /** Takes in what an event brings; before the event is decided on. */
  absorb(event: RunEvent): void {
    switch (event.type) {
      case 'started':
        for (const { step, value, error } of event.kept ?? []) {
          this.#values[step] = value
          if (error !== undefined) this.#errors.set(step, error)
        }
        for (const { step, values } of event.keptItems ?? []) {
          for (const [item, value] of values) this.#listOfResults(step)[item] = value
        }
        return
      case 'completed':
        if (this.step(event.step).kind === 'map') this.#listOfResults(event.step)[event.item] = event.value
        else this.#values[event.step] = event.value
        return
      case 'ran':
        return put(this.#values, event.steps, event.values)
      case 'ranItems':
        return put(this.#listOfResults(event.step), event.items, event.values)
      case 'failed':
        return this.#absorbFailure(event.step, event.item, event.error)
      case 'chosen':
      case 'expanded':
      case 'checked':
      case 'paused':
      case 'resumed':
      case 'cancelled':
      case 'timedOut':
      case 'compensated':
        return
      case 'compensationFailed':
        this.undoErrors.push({ step: this.step(event.step).id, error: event.error })
    }
  }

  #absorbFailure(index: number, item: number, error: Error): void {
    const { kind, rare } = this.step(index)
    const { fallback } = rare
    if (!this.#errors.has(index)) this.#errors.set(index, error)
    if (fallback === undefined) return
    // the list of a map may not have been had; then the fallback of an item is no result
    if (kind !== 'map') this.#values[index] = fallback.value
    else if (this.#state.items.has(index)) this.#listOfResults(index)[item] = fallback.value
  }

  #listOfResults(step: number): unknown[] {
    return (this.#values[step] ??= []) as unknown[]
  }

  args(step: number): unknown[] {
    return this.step(step).args.map((template) => fillIn(template, this))
  }

  /** The arguments of one start: an item of a list, what a loop gave before, or what the step is wired with. */
  startArgs(index: number, item: number): unknown[] {
    const { kind } = this.step(index)
    if (kind === 'map') return [this.listOf(index)[item]]
    if (kind === 'loop' && item > 0) return [this.#values[index]]
    return this.args(index)
  }

  /** The list of a map, looked up once. @throws WorkflowError when it is none */
  listOf(index: number): readonly unknown[] {
    const known = this.#lists.get(index)
    if (known !== undefined) return known
    const list: unknown = this.args(index)[0]
    if (!Array.isArray(list)) {
      throw new WorkflowError(`step '${this.step(index).id}' maps over a list, and got ${typeof list}`, {
        step: this.step(index).id,
      })
    }
    this.#lists.set(index, list)
    return list
  }

  /**
   * What a run finds out for itself: how long a list is, which branch is taken, what is computed, whether a loop goes on.
   * @throws what the user's function throws, WorkflowError
   */
  answer(type: 'expand' | 'choose' | 'compute' | 'check', index: number, round: number): Answer {
    switch (type) {
      case 'expand':
        return { type: 'expanded', count: this.listOf(index).length }
      case 'choose':
        return { type: 'chosen', branch: this.args(index)[0] ? 0 : 1 }
      case 'compute':
        return { type: 'completed', item: 0, value: this.#compute(index) }
      case 'check': {
        const { rare, id } = this.step(index)
        const until = rare.fn as (value: unknown, round: number) => unknown
        const done = synchronous(until(this.#values[index], round), `until of loop '${id}'`, id)
        return { type: 'checked', again: !done }
      }
    }
  }

  #compute(index: number): unknown {
    const { rare, id } = this.step(index)
    const compute = rare.fn as (...args: readonly unknown[]) => unknown
    return synchronous(compute(...this.args(index)), `compute '${id}'`, id)
  }

  /** What a compensation is called with: the result, and then the arguments. */
  compensationArgs(index: number, item: number): unknown[] {
    const { kind } = this.step(index)
    if (kind === 'map') return [this.#listOfResults(index)[item], this.listOf(index)[item]]
    return [this.#values[index], ...this.args(index)]
  }

  /** The result of a step that completed. */
  valueOf(index: number): unknown {
    // most steps, by far; and the object that stands for a step is not looked at
    if (this.#graph.plan.kinds[index] === StepKinds.task) return this.#values[index]
    const step = this.step(index)
    switch (step.kind) {
      case 'all':
        return (this.#values[index] ??= this.args(index))
      case 'settled':
        return (this.#values[index] ??= step.args.map((template) => this.#outcomeOf(template)))
      case 'race':
        return this.#raceValue(step, index)
      case 'merge': {
        const taken = step.args[this.#state.pick[step.choice] ?? -1]
        return taken === undefined ? undefined : fillIn(taken, this)
      }
      case 'map':
        return this.#mapValue(index)
      case 'task':
      case 'loop':
      case 'compute':
      case 'choice':
        return this.#values[index]
    }
  }

  #raceValue(step: Step, index: number): unknown {
    if (((this.#state.marks[index] ?? 0) & Mark.fellBack) !== 0) return step.rare.fallback?.value
    const winner = this.#state.pick[index]
    const template = step.args.find((each) => each.kind === 'step' && each.step === winner)
    return template === undefined ? undefined : fillIn(template, this)
  }

  #mapValue(index: number): unknown[] {
    const values = this.#listOfResults(index)
    // ignored failures leave no trace at the end of the list
    const count = this.#state.items.get(index)?.count ?? values.length
    if (values.length < count) values.length = count
    return values
  }

  #outcomeOf(template: Template): unknown {
    const step = template.kind === 'step' ? template.step : -1
    const completed = this.#state.status[step] === StepState.completed
    return completed
      ? { status: 'completed', value: fillIn(template, this) }
      : { status: 'failed', error: this.errorOf(step) }
  }

  get output(): unknown {
    return fillIn(this.#graph.output, this)
  }

  /** Lets results go that nobody will ask for again. */
  release(): void {
    this.#values.fill(undefined)
    this.#lists.clear()
  }

  /** Why a step did not complete. */
  errorOf(index: number): Error {
    const error = this.#errors.get(index)
    if (error !== undefined) return error
    const { id, kind, rounds } = this.step(index)
    if (kind === 'race') return this.#nobodyWon(index, id)
    if (kind === 'loop')
      return new WorkflowError(`loop '${id}' was not done after ${rounds} rounds, its maxRounds`, { step: id })
    const cause = this.#causeOf(index)
    const behind =
      cause === undefined ? 'it was called off' : `'${this.step(cause).id}', which it needs, did not complete`
    return new WorkflowError(`step '${id}' did not run: ${behind}`, {
      step: id,
      ...(cause === undefined ? {} : { cause: this.errorOf(cause) }),
    })
  }

  #nobodyWon(index: number, id: string): Error {
    const runners = this.step(index).needs.filter((need) => this.#state.status[need] !== StepState.completed)
    const cause = new AggregateError(runners.map((need) => this.errorOf(need)))
    return new WorkflowError(`race '${id}': all ${runners.length} steps failed`, { step: id, cause })
  }

  /** A need that failed, or did not run. */
  #causeOf(index: number): number | undefined {
    return this.step(index).needs.find((need) => {
      const status = this.#state.status[need]
      return status === StepState.failed || status === StepState.blocked || status === StepState.cancelled
    })
  }

  /** Items of a map that completed, with what they gave. */
  *itemsDone(index: number): Generator<readonly [item: number, value: unknown]> {
    const items = this.#state.items.get(index)
    const values = this.#listOfResults(index)
    for (let item = 0; item < (items?.count ?? 0); item++) {
      if (items?.state[item] === ItemState.completed) yield [item, values[item]]
    }
  }

  /** The error itself, where there was one. */
  knownError(index: number): Error | undefined {
    return this.#errors.get(index)
  }
}

/** Values, and the place of each. */
function put(list: unknown[], places: ArrayLike<number>, values: ArrayLike<number>): void {
  for (let index = 0; index < places.length; index++) list[places[index] ?? 0] = values[index]
}

/** What the user's function gave, unless it is still on its way. @throws WorkflowError */
function synchronous(value: unknown, what: string, step: string): unknown {
  if (!(value instanceof Promise)) return value
  // its end is nobody's business: the step fails either way
  value.catch(() => {})
  throw new WorkflowError(`${what} gave a promise; what waits for something must be a task`, { step })
}
