// The names and the plans that an engine knows: what it works out once per name, and once per call.
import { TaskDefinitionError, UnknownTaskError, UnsupportedByEngineError, describeValue } from '../contract/errors.ts'
import type { TaskCall, TaskDefinition } from '../contract/task.ts'
import type { Gate } from './gate.ts'
import type { Lane } from './lane.ts'
import { Names } from './names.ts'
import { differInDelay } from './plan.ts'
import type { NamedTask, Plan, RecordHome } from './plan.ts'
import type { SeriesTable } from './task-series.ts'

/**
 * Plans remembered. Many calls serve one task only; a bounded map forgets them, where a weak one would hold up every
 * garbage collection.
 */
const PLANS_KEPT = 256

/** What a lane has to say about the calls that are meant for it. */
export interface LaneTerms {
  readonly lane: Lane
  /**
   * Refuses what it cannot run; gives its check of arguments, if it has one.
   * @throws UnsupportedByEngineError, TaskDefinitionError
   */
  accept(call: TaskCall, named: NamedTask): Plan['check']
}

export class Plans {
  readonly #engineName: string
  readonly #home: RecordHome
  readonly #lanes: readonly LaneTerms[]
  readonly #names = new Names()
  readonly #series: SeriesTable
  readonly #plans = new Map<TaskCall, Plan>()
  #latestCall: TaskCall | undefined
  /** That of the latest call. */
  #latest: Plan | undefined

  constructor(home: RecordHome, lanes: readonly LaneTerms[], series: SeriesTable) {
    this.#engineName = home.engineName
    this.#home = home
    this.#lanes = lanes
    this.#series = series
  }

  /** @throws TaskDefinitionError, UnsupportedByEngineError */
  define({ name, handler, kernel, options }: TaskDefinition): NamedTask {
    const named = this.nameFor(name)
    if (named.handler !== undefined && named.handler !== handler) {
      throw new TaskDefinitionError(`task '${name}' is defined already with another function; choose another name`)
    }
    if (named.kernel !== undefined && kernel !== undefined && !sameKernel(named.kernel, kernel)) {
      throw new TaskDefinitionError(`task '${name}' is defined already with another kernel; choose another name`)
    }
    const call = { name, options, handler, ...(kernel === undefined ? {} : { kernel }) }
    this.#termsOf(name, options).accept(call, named)
    named.handler = handler
    named.kernel = kernel ?? named.kernel
    return named
  }

  /** @param plain whether it is that of functions which are no defined task */
  nameFor(name: string, plain = false): NamedTask {
    return this.#names.of(name, plain, () => this.#namesInPlans())
  }

  *#namesInPlans(): Generator<NamedTask> {
    for (const { named } of this.#plans.values()) yield named
    if (this.#latest !== undefined) yield this.#latest.named
  }

  /** The gate of a name, if there is one. */
  gateOf(name: string): Gate | null {
    return this.#names.find(name)?.gate ?? null
  }

  pausedNames(): string[] {
    return [...this.#names.all()].filter(({ gate }) => gate?.paused === true).map(({ name }) => name)
  }

  *gates(): Generator<Gate> {
    for (const { gate, keyGates } of this.#names.all()) {
      if (gate !== null) yield gate
      if (keyGates !== null) yield* keyGates.values()
    }
  }

  /** @throws UnknownTaskError, UnsupportedByEngineError, TaskDefinitionError */
  planFor(call: TaskCall): Plan {
    if (this.#latestCall === call && this.#latest !== undefined) return this.#latest
    const plan = this.#plans.get(call) ?? this.#delayedAlike(call) ?? this.#make(call)
    this.#latestCall = call
    this.#latest = plan
    return plan
  }

  /**
   * Calls made for one task each, with a delay of its own, share a plan: a hundred thousand of them may wait. They are not
   * remembered: a map that is filled and cleared again and again leaves tables behind that keep each other, and so all those
   * calls, from being collected as young objects.
   */
  #delayedAlike(call: TaskCall): Plan | null {
    if (!(call.options.delayMs > 0)) return null
    const delayed = this.#names.find(call.name, call.plain)?.delayed ?? null
    return delayed !== null && differInDelay(delayed.call, call) ? delayed : null
  }

  #make(call: TaskCall): Plan {
    const { options } = call
    const known = this.#names.find(call.name)
    const handler = call.handler ?? known?.handler
    const kernel = call.kernel ?? known?.kernel
    if (handler === undefined && kernel === undefined) {
      throw new UnknownTaskError(`no task named ${describeValue(call.name)} is registered; define it first`)
    }
    const terms = this.#termsOf(call.name, options)
    const named = this.nameFor(call.name, call.plain)
    const check = terms.accept(call, named)
    const keyed = options.limits?.key !== undefined
    const limited = options.concurrency !== undefined || (options.limits !== undefined && !keyed)
    const timed = options.delayMs > 0 || options.runAt !== undefined || options.expireAfterMs !== undefined
    const direct = !keyed && !timed && options.uniqueKey === undefined && options.signal === undefined
    const { lane } = terms
    const body = handler ?? noBody
    const series = this.#series.seriesOf(call.name, lane.name, options.priority)
    const plan = { call, options, named, lane, handler: body, check, home: this.#home, series, direct, keyed, limited }
    if (options.delayMs > 0 && lane.name !== 'native') named.delayed = plan
    if (this.#plans.size === PLANS_KEPT) this.#plans.clear()
    this.#plans.set(call, plan)
    return plan
  }

  /** @throws UnsupportedByEngineError when the options ask for a lane that this engine does not have */
  #termsOf(name: string, { lane }: Plan['options']): LaneTerms {
    const terms = this.#lanes.find((each) => each.lane.name === lane)
    if (terms !== undefined) return terms
    throw new UnsupportedByEngineError(
      `task '${name}': the ${this.#engineName} engine has no ${lane} lane; use lane: 'inline' or an engine that has it`,
    )
  }
}

function sameKernel(one: NonNullable<TaskCall['kernel']>, other: NonNullable<TaskCall['kernel']>): boolean {
  return one.name === other.name && one.library === other.library
}

/** Stands where a kernel has no twin in JavaScript: its lane never calls it. */
function noBody(): never {
  throw new TypeError('a task that has only a kernel was run as a function')
}
