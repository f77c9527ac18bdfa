// What can be done in C from here on without coming back to JavaScript: steps that start now, and, from those on, all that need
// nothing but steps among them. Nothing is changed but scratch, which is put back.
import { types } from 'node:util'
import { at } from '../decide/plan.ts'
import { Mark, StepState } from '../decide/run-state.ts'
import type { RunState } from '../decide/run-state.ts'
import type { Graph, Runnable, Step } from '../graph.ts'
import type { RunValues } from '../run-values.ts'
import type { Template } from '../wiring.ts'
import type { Bodies } from './bodies.ts'
import { CallLists } from './call-lists.ts'
import { Candidate } from './candidates.ts'
import type { Candidates } from './candidates.ts'

/** Of fewer steps a graph saves nothing. */
export const FEWEST_STEPS = 4
/** A graph is expected to take no longer, in milliseconds on one processor: those that wait for one of its steps wait for all. */
const LONGEST_MS = 25
/** Steps that are ready and cannot be taken: after so many of them no more are looked at, since that is done at each event. */
const MOST_MISSES = 64

/** Why a step that might have run in C did not. */
export const Refusal = { none: 0, body: 1, argument: 2, tooFew: 3, gaveUp: 4, listened: 5, others: 6 } as const

/** Steps in the order in which C may run them, and the calls that they are. */
export interface Region {
  /** Each after all that it needs. */
  readonly steps: readonly number[]
  readonly lists: CallLists
}

export interface Ground {
  readonly graph: Graph
  readonly state: RunState
  readonly values: RunValues
  readonly candidates: Candidates
  readonly bodies: Bodies
  /** Steps that C has now, or is not to have. */
  readonly isOut: (step: number) => boolean
  /** Told why a step is none of them. */
  readonly refuse: (step: number, why: number) => void
}

/** Null: it is not worth it. */
export function regionFrom(ground: Ground, starting: readonly number[]): Region | null {
  const growth = new Growth(ground)
  const region = growth.growFrom(starting)
  growth.putBack()
  if (region.steps.length >= FEWEST_STEPS) return region
  for (const step of region.steps) ground.refuse(step, Refusal.tooFew)
  return null
}

/** The number that stands for an argument, found without running anything of a user's: no getter, no proxy. */
function numberOf(template: Template, values: RunValues): number | undefined {
  let found: unknown
  if (template.kind === 'constant') found = template.value
  else if (template.kind === 'input') found = fieldOf(values.input, template.path)
  else if (template.kind === 'step') found = fieldOf(values.valueOf(template.step), template.path)
  return typeof found === 'number' ? found : undefined
}

function fieldOf(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value
  for (const key of path) {
    if (typeof found !== 'object' || found === null || types.isProxy(found)) return undefined
    found = Object.getOwnPropertyDescriptor(found, key)?.value
  }
  return found
}

class Growth {
  readonly #ground: Ground
  readonly #steps: number[] = []
  readonly #lists = new CallLists()
  /** Steps all of whose needs are in, in the order in which that came about. */
  readonly #followers: number[] = []
  /** Steps whose `met` was counted. */
  readonly #touched: number[] = []
  /** What the step before calls. */
  #body: Runnable | undefined
  /** What stands for many arguments is looked up once. */
  #latest: Template | undefined
  #latestNumber: number | undefined

  constructor(ground: Ground) {
    this.#ground = ground
  }

  growFrom(starting: readonly number[]): Region {
    const { state, candidates } = this.#ground
    for (const step of starting) this.#visit(step)
    // those that may start as well, once the run has room for them
    let misses = this.#steps.length > 0 ? 0 : MOST_MISSES
    for (let index = state.readyHead; index < state.ready.length && misses < MOST_MISSES && this.#hasTime; index++) {
      const step = at(state.ready, index)
      if (state.status[step] !== StepState.ready) continue
      if (candidates.codes[step] !== Candidate.step || !this.#visit(step)) misses++
    }
    for (let index = 0; index < this.#followers.length && this.#hasTime; index++)
      this.#visit(at(this.#followers, index))
    return { steps: this.#steps, lists: this.#lists }
  }

  get #hasTime(): boolean {
    return this.#lists.expectedMs < LONGEST_MS
  }

  /** True when it is taken. */
  #visit(step: number): boolean {
    const { candidates, isOut } = this.#ground
    if (candidates.places[step] !== 0 || isOut(step) || !this.#take(step)) return false
    this.#meetUsers(step)
    return true
  }

  /** Those that wait for nothing now but steps of the region may be of it. */
  #meetUsers(step: number): void {
    const { graph, state, candidates } = this.#ground
    const { userStart, users } = graph.plan
    const end = at(userStart, step + 1)
    for (let index = at(userStart, step); index < end; index++) {
      const user = at(users, index)
      if (candidates.codes[user] !== Candidate.step || state.status[user] !== StepState.waiting) continue
      const met = at(candidates.met, user) + 1
      candidates.met[user] = met
      if (met === 1) this.#touched.push(user)
      const isBarred = (at(state.marks, user) & (Mark.poisoned | Mark.skipped)) !== 0
      if (met === state.open[user] && !isBarred) this.#followers.push(user)
    }
  }

  #take(step: number): boolean {
    const { values, bodies, candidates, refuse } = this.#ground
    const { body, args } = values.step(step)
    if (body === undefined) return false
    const { call, runMs } = bodies.stepOf(body, args.length)
    if (call === null) refuse(step, Refusal.body)
    else if (body !== this.#body && !this.#isAlike(call.options.priority, body)) refuse(step, Refusal.others)
    else if (!this.#addArguments(args)) refuse(step, Refusal.argument)
    else if (!this.#lists.addStep(call, runMs)) refuse(step, Refusal.others)
    else {
      this.#body = body
      candidates.places[step] = this.#steps.push(step)
      return true
    }
    this.#lists.dropArguments()
    return false
  }

  /** One graph is one task: of one engine, and of one class. */
  #isAlike(priority: number, body: Runnable): boolean {
    if (this.#body === undefined) return true
    return body.inGraphs?.engine === this.#body.inGraphs?.engine && priority === this.#lists.priority
  }

  #addArguments(args: Step['args']): boolean {
    for (const template of args) if (!this.#addArgument(template)) return false
    return true
  }

  #addArgument(template: Template): boolean {
    const place = template.kind === 'step' ? at(this.#ground.candidates.places, template.step) : 0
    // a number has no fields
    if (place > 0 && template.kind === 'step' && template.path.length > 0) return false
    if (place > 0) {
      this.#lists.addResult(place - 1)
      return true
    }
    if (template !== this.#latest) this.#latestNumber = numberOf(template, this.#ground.values)
    this.#latest = template
    if (this.#latestNumber === undefined) return false
    this.#lists.addNumber(this.#latestNumber)
    return true
  }

  putBack(): void {
    const { places, met } = this.#ground.candidates
    for (const step of this.#steps) places[step] = 0
    for (const step of this.#touched) met[step] = 0
  }
}
