// What can be done in C from here on without coming back to JavaScript: steps that start now, and, from those on, all that need
// nothing but steps among them. Nothing is changed but scratch, which is put back.
import { types } from 'node:util'
import type { GraphStep } from '@catzilla/api/extend'
import { at, byteAt, intAt } from '../decide/plan.ts'
import { Mark, StepState } from '../decide/run-state.ts'
import type { RunState } from '../decide/run-state.ts'
import type { Graph, Runnable } from '../graph.ts'
import type { RunValues } from '../run-values.ts'
import type { Template } from '../wiring.ts'
import type { Bodies } from './bodies.ts'
import { CallLists } from './call-lists.ts'
import { Candidate } from './candidates.ts'
import type { Candidates } from './candidates.ts'
import { IntList } from './growing.ts'
import { wiresOf } from './wires.ts'
import type { Wires } from './wires.ts'

/** Of fewer steps a graph saves nothing. */
export const FEWEST_STEPS = 4
/** A graph is expected to take no longer, in milliseconds on one processor: those that wait for one of its steps wait for all. */
const LONGEST_MS = 25
/** Steps that are ready and cannot be taken: after so many of them no more are looked at, since that is done at each event. */
export const MOST_MISSES = 64

/** Why a step that might have run in C did not. */
export const Refusal = { none: 0, body: 1, argument: 2, tooFew: 3, gaveUp: 4, listened: 5, others: 6 } as const

/** Steps in the order in which C may run them, and the calls that they are. */
export interface Region {
  /** Each after all that it needs. */
  readonly steps: Int32Array
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

/** Regions of one run, one after the other. */
export class Growth {
  readonly #ground: Ground
  /** What they call and take is looked up here. */
  readonly #wires: Wires
  #steps = new IntList()
  #lists = new CallLists()
  /** Steps all of whose needs are in, in the order in which that came about. */
  #followers = new IntList()
  /** Steps whose `met` was counted. */
  #touched = new IntList()
  /** What the first of them calls: one graph is one task, of one engine and of one class. */
  #first: Runnable | undefined
  /** What the step before calls, and how. */
  #latestCall = -1
  #latestArgs = -1
  #latestStep: GraphStep | undefined
  /** What stands for many arguments is looked up once. */
  #latestTemplate: Template | undefined
  #latestNumber: number | undefined

  constructor(ground: Ground) {
    this.#ground = ground
    this.#wires = wiresOf(ground.graph)
  }

  /** @returns null: it is not worth it */
  regionFrom(starting: readonly number[]): Region | null {
    this.#growFrom(starting)
    const region = { steps: this.#steps.toArray(), lists: this.#lists }
    this.#putBack()
    if (region.steps.length >= FEWEST_STEPS) return region
    for (const step of region.steps) this.#ground.refuse(step, Refusal.tooFew)
    return null
  }

  #growFrom(starting: readonly number[]): void {
    const { state, candidates } = this.#ground
    for (const step of starting) this.#visit(step)
    // those that may start as well, once the run has room for them
    let misses = this.#steps.length > 0 ? 0 : MOST_MISSES
    for (let index = state.readyHead; index < state.ready.length && misses < MOST_MISSES && this.#hasTime; index++) {
      const step = at(state.ready, index)
      if (state.status[step] !== StepState.ready) continue
      if (candidates.codes[step] !== Candidate.step || !this.#visit(step)) misses++
    }
    for (let index = 0; index < this.#followers.length && this.#hasTime; index++) this.#visit(this.#followers.at(index))
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
    const end = intAt(userStart, step + 1)
    for (let index = intAt(userStart, step); index < end; index++) {
      const user = intAt(users, index)
      if (candidates.codes[user] !== Candidate.step || state.status[user] !== StepState.waiting) continue
      const met = intAt(candidates.met, user) + 1
      candidates.met[user] = met
      if (met === 1) this.#touched.push(user)
      const isBarred = (byteAt(state.marks, user) & (Mark.poisoned | Mark.skipped)) !== 0
      if (met === state.open[user] && !isBarred) this.#followers.push(user)
    }
  }

  #take(step: number): boolean {
    const { candidates, refuse } = this.#ground
    const { argStart } = this.#wires
    const [from, end] = [intAt(argStart, step), intAt(argStart, step + 1)]
    const { call, runMs } = this.#howToRun(step, end - from)
    if (call === null) refuse(step, Refusal.body)
    else if (!this.#isAlike(call, step)) refuse(step, Refusal.others)
    else if (!this.#addArguments(from, end)) refuse(step, Refusal.argument)
    else if (!this.#lists.addStep(call, runMs)) refuse(step, Refusal.others)
    else {
      this.#first ??= this.#bodyOf(step)
      candidates.places[step] = this.#steps.push(step)
      return true
    }
    this.#lists.dropArguments()
    return false
  }

  #bodyOf(step: number): Runnable {
    return this.#wires.bodies[intAt(this.#wires.calls, step)] as Runnable
  }

  /** Asked once for steps that follow each other and call the same; a "no" is to be counted each time. */
  #howToRun(step: number, args: number): GraphStep {
    const which = intAt(this.#wires.calls, step)
    const known = which === this.#latestCall && args === this.#latestArgs ? this.#latestStep : undefined
    if (known !== undefined && known.call !== null) return known
    this.#latestCall = which
    this.#latestArgs = args
    this.#latestStep = this.#ground.bodies.stepOf(this.#bodyOf(step), args)
    return this.#latestStep
  }

  #isAlike(call: NonNullable<GraphStep['call']>, step: number): boolean {
    if (this.#first === undefined) return true
    const body = this.#bodyOf(step)
    if (body === this.#first) return true
    return body.inGraphs?.engine === this.#first.inGraphs?.engine && call.options.priority === this.#lists.priority
  }

  #addArguments(from: number, end: number): boolean {
    for (let index = from; index < end; index++) if (!this.#addArgument(index)) return false
    return true
  }

  #addArgument(index: number): boolean {
    const from = intAt(this.#wires.froms, index)
    return from < 0 ? this.#addTemplate(this.#wires.templates[-1 - from] as Template) : this.#addResultOf(from)
  }

  #addResultOf(step: number): boolean {
    const place = intAt(this.#ground.candidates.places, step)
    if (place > 0) this.#lists.addResult(place - 1)
    else {
      const value = this.#ground.values.valueOf(step)
      if (typeof value !== 'number') return false
      this.#lists.addNumber(value)
    }
    return true
  }

  #addTemplate(template: Template): boolean {
    const { places } = this.#ground.candidates
    if (template !== this.#latestTemplate) {
      this.#latestTemplate = template
      // a number that is yet to be has no fields
      const isToBe = template.kind === 'step' && intAt(places, template.step) > 0
      this.#latestNumber = isToBe ? undefined : numberOf(template, this.#ground.values)
    }
    if (this.#latestNumber === undefined) return false
    this.#lists.addNumber(this.#latestNumber)
    return true
  }

  #putBack(): void {
    const { places, met } = this.#ground.candidates
    for (let index = 0; index < this.#steps.length; index++) places[this.#steps.at(index)] = 0
    for (let index = 0; index < this.#touched.length; index++) met[this.#touched.at(index)] = 0
    this.#steps = new IntList()
    this.#lists = new CallLists()
    this.#followers = new IntList()
    this.#touched = new IntList()
    this.#first = undefined
    this.#latestStep = undefined
    this.#latestTemplate = undefined
  }
}
