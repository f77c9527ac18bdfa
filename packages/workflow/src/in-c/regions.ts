// What of a run C has: steps that start are looked at before they are submitted, handed over with all that can follow them, and
// what comes back is one event. Whatever C did not do goes the way of any other step.
import { StepEnd } from '@catzilla/api/extend'
import type { CallGraph, CallGraphEnd } from '@catzilla/api/extend'
import type { TaskOutcome } from '@catzilla/api'
import type { Command, RunEvent } from '../decide/events.ts'
import { byteAt, intAt } from '../decide/plan.ts'
import { ItemState, StepState } from '../decide/run-state.ts'
import type { RunState } from '../decide/run-state.ts'
import type { Flights } from '../flights.ts'
import type { Graph, InGraphs } from '../graph.ts'
import type { RunValues } from '../run-values.ts'
import { Bodies } from './bodies.ts'
import { Candidate, candidatesOf } from './candidates.ts'
import type { Candidates } from './candidates.ts'
import { itemRegion } from './items.ts'
import { Growth, Refusal } from './region.ts'

export interface RegionsParts {
  readonly graph: Graph
  readonly state: RunState
  readonly values: RunValues
  readonly flights: Flights
  readonly now: () => number
  /** Somebody wants to hear of each step in time. */
  readonly isWatched: () => boolean
  /** The run goes on no more. */
  readonly isStopped: () => boolean
  readonly tell: (event: RunEvent) => void
  /** Submits a step, or an item, as a task. */
  readonly startAlone: (step: number, item: number) => void
}

/** What of a region is not done, and has been asked for. */
type Leftovers = readonly (readonly [step: number, item: number])[]

/** Where a step or item is. */
const Place = { free: 0, inC: 1, alone: 2 } as const

export class Regions {
  /** Graphs that C was given. */
  graphs = 0
  readonly bodies: Bodies = new Bodies()
  readonly #parts: RegionsParts
  readonly #candidates: Candidates
  /** By step, once there is anything to say. */
  #places: Uint8Array | null = null
  #refusals: Uint8Array | null = null
  /** By map and item. */
  readonly #itemPlaces = new Map<number, Uint8Array>()
  /** By key of the flight: of which map it has items. */
  readonly #maps = new Map<number, number>()
  /** The first steps have been asked for. */
  #begun = false
  /** What starts is being looked at: whatever C does not take is submitted right after. */
  #taking = false
  /** Once there is a region. */
  #growth: Growth | undefined
  /** What is to be released once the event is dealt with. */
  readonly #returning = new Map<RunEvent, () => void>()

  constructor(parts: RegionsParts) {
    this.#parts = parts
    this.#candidates = candidatesOf(parts.graph)
  }

  /** Hands over what can be; `has` then says what is not to be submitted any more. */
  take(commands: readonly Command[]): void {
    const starting: number[] = []
    let items: Map<number, number[]> | undefined
    for (const command of commands) {
      if (command.type !== 'start') continue
      const { step, item } = command
      const code = this.#candidates.codes[step]
      if (code === Candidate.step) starting.push(step)
      else if (code === Candidate.list) push((items ??= new Map<number, number[]>()), step, item)
    }
    if (starting.length === 0 && items === undefined) return
    const isFirst = !this.#begun
    this.#begun = true
    if (isFirst && items === undefined && this.#holdBack(starting)) queueMicrotask(() => this.#takeHeld(starting))
    else this.#takeAll(starting, items)
  }

  #takeAll(starting: readonly number[], items: ReadonlyMap<number, readonly number[]> | undefined): void {
    // what is under way as a run is paused goes on, and draws nothing along
    if (this.#parts.state.paused) return
    if (this.#parts.isWatched()) {
      for (const step of [...starting, ...(items?.keys() ?? [])]) this.#refuse(step, Refusal.listened)
      return
    }
    this.bodies.refresh()
    this.#taking = true
    // steps of JavaScript mostly follow one another: nothing is set up for them
    if (starting.some((step) => this.#mayRun(step))) this.#takeSteps(starting)
    else for (const step of starting) this.#refuse(step, Refusal.body)
    for (const [step, starts] of items ?? []) this.#takeItems(step, starts)
    this.#taking = false
  }

  /** Who starts a run may listen to its steps in the same breath: its first steps wait for that, if C could run any of them. */
  #holdBack(starting: readonly number[]): boolean {
    if (!starting.some((step) => this.#mayRun(step))) return false
    const places = (this.#places ??= new Uint8Array(this.#parts.graph.steps.length))
    for (const step of starting) places[step] = Place.inC
    return true
  }

  #mayRun(step: number): boolean {
    const { body, args } = this.#parts.values.step(step)
    return body !== undefined && this.bodies.stepOf(body, args.length).call !== null
  }

  #takeHeld(starting: readonly number[]): void {
    const { state, isStopped } = this.#parts
    for (const step of starting) if (this.#places !== null) this.#places[step] = Place.free
    const still = starting.filter((step) => state.status[step] === StepState.running)
    if (isStopped() || still.length === 0) return
    this.#takeAll(still, undefined)
    this.#startAlone(still.filter((step) => !this.has(step, 0)).map((step) => [step, 0]))
  }

  /** Whether a flight has items of that map. */
  isOf(key: number, step: number): boolean {
    return this.#maps.get(key) === step
  }

  /** Whether C has it. */
  has(step: number, item: number): boolean {
    if (this.#places !== null && this.#places[step] === Place.inC) return true
    return this.#itemPlaces.size > 0 && this.#itemPlaces.get(step)?.[item] === Place.inC
  }

  /** The event has been decided on: what of its region was not done is started as tasks are. */
  release(event: RunEvent): void {
    const goOn = this.#returning.get(event)
    this.#returning.delete(event)
    goOn?.()
  }

  /** Why a step that could have run in C did not; one of `Refusal`. */
  refusalOf(step: number): number {
    return this.#refusals?.[step] ?? Refusal.none
  }

  #refuse(step: number, why: number): void {
    this.#refusals ??= new Uint8Array(this.#parts.graph.steps.length)
    this.#refusals[step] = why
  }

  #takeSteps(starting: readonly number[]): void {
    const { graph, tell, now } = this.#parts
    const region = (this.#growth ??= this.#makeGrowth()).regionFrom(starting)
    if (region === null) return
    const { steps, lists } = region
    const places = (this.#places ??= new Uint8Array(graph.steps.length))
    mark(places, steps, Place.inC)
    const began = now()
    this.#launch(steps[0] ?? 0, lists.toGraph(), (end) => {
      const done = doneSteps(this.#parts, steps, end)
      const release = (): void => this.#releaseSteps(steps, end)
      if (done.steps.length === 0) return release()
      const event: RunEvent = { type: 'ran', began, ...done, at: now() }
      if (done.steps !== steps) this.#returning.set(event, release)
      tell(event)
    })
  }

  #makeGrowth(): Growth {
    const { graph, state, values } = this.#parts
    const isOut = (step: number): boolean => this.#places !== null && this.#places[step] !== Place.free
    const refuse = (step: number, why: number): void => this.#refuse(step, why)
    return new Growth({ graph, state, values, candidates: this.#candidates, bodies: this.bodies, isOut, refuse })
  }

  #releaseSteps(steps: Int32Array, end: CallGraphEnd | null): void {
    const { state } = this.#parts
    const left: (readonly [number, number])[] = []
    for (let index = 0; index < steps.length; index++) {
      const step = intAt(steps, index)
      const status = byteAt(state.status, step)
      if (status >= StepState.completed) continue
      const gaveUp = end === null || byteAt(end.ends, index) !== StepEnd.waiting
      if (gaveUp) this.#refuse(step, Refusal.gaveUp)
      if (this.#places !== null) this.#places[step] = gaveUp ? Place.alone : Place.free
      if (status === StepState.running) left.push([step, 0])
    }
    this.#startAlone(left)
  }

  #takeItems(step: number, starting: readonly number[]): void {
    const { state, values, tell, now } = this.#parts
    const { body } = values.step(step)
    const items = state.items.get(step)
    if (body === undefined || items === undefined) return
    const answer = this.bodies.stepOf(body, 1)
    if (answer.call === null) return this.#refuse(step, Refusal.body)
    const places = this.#itemPlaces.get(step) ?? new Uint8Array(items.count)
    const region = itemRegion(answer, values.listOf(step), items, starting, (item) => places[item] !== Place.free)
    if (region === null) return
    this.#itemPlaces.set(step, places)
    mark(places, region.items, Place.inC)
    this.#maps.set(this.#nextKey, step)
    this.#launch(step, region.graph, (end) => {
      const done = doneItems(region.items, end)
      const release = (): void => this.#releaseItems(step, region.items, end)
      if (done.items.length === 0) return release()
      const event: RunEvent = { type: 'ranItems', step, ...done, at: now() }
      if (done.items !== region.items) this.#returning.set(event, release)
      tell(event)
    })
  }

  #releaseItems(step: number, taken: Int32Array, end: CallGraphEnd | null): void {
    const { state } = this.#parts
    const places = this.#itemPlaces.get(step)
    const items = state.items.get(step)
    if (places === undefined || items === undefined) return
    const left: (readonly [number, number])[] = []
    for (let index = 0; index < taken.length; index++) {
      if (end !== null && end.ends[index] === StepEnd.done) continue
      const item = intAt(taken, index)
      places[item] = Place.alone
      this.#refuse(step, Refusal.gaveUp)
      if (items.state[item] === ItemState.running) left.push([step, item])
    }
    this.#startAlone(left)
  }

  #startAlone(left: Leftovers): void {
    if (this.#taking) return
    for (const [step, item] of left) this.#parts.startAlone(step, item)
  }

  /** Flights of tasks have keys from 0 on. */
  get #nextKey(): number {
    return -1 - this.graphs
  }

  /** @param ended told of what came of it; null: C did not run it */
  #launch(step: number, calls: CallGraph, ended: (end: CallGraphEnd | null) => void): void {
    const { flights, values, graph } = this.#parts
    const inGraphs = values.step(step).body?.inGraphs as InGraphs
    const terms = { name: graph.name, priority: calls.calls[0]?.options.priority ?? 2 }
    const key = this.#nextKey
    this.graphs++
    flights.launch(
      key,
      () => inGraphs.submit(terms, calls),
      (outcome: TaskOutcome<CallGraphEnd>) => {
        this.#maps.delete(key)
        ended(outcome.status === 'completed' ? outcome.value : null)
      },
    )
  }
}

function mark(places: Uint8Array, taken: Int32Array, place: number): void {
  for (let index = 0; index < taken.length; index++) places[intAt(taken, index)] = place
}

function push(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}

/** Steps that are done, as are all that they need: C goes by arguments alone, and a step may wait for more. */
function doneSteps(
  { state, values: source }: RegionsParts,
  steps: Int32Array,
  end: CallGraphEnd | null,
): { steps: ArrayLike<number>; values: ArrayLike<number> } {
  if (end === null) return { steps: [], values: [] }
  if (areAllDone(end)) return { steps, values: end.results }
  const done = new Set<number>()
  const values: number[] = []
  steps.forEach((step, index) => {
    const isMet = (need: number): boolean => done.has(need) || state.status[need] === StepState.completed
    if (end.ends[index] !== StepEnd.done || !source.step(step).needs.every(isMet)) return
    done.add(step)
    values.push(end.results[index] ?? Number.NaN)
  })
  return { steps: [...done], values }
}

function doneItems(
  taken: Int32Array,
  end: CallGraphEnd | null,
): { items: ArrayLike<number>; values: ArrayLike<number> } {
  if (end !== null && areAllDone(end)) return { items: taken, values: end.results }
  const [items, values]: [number[], number[]] = [[], []]
  if (end === null) return { items, values }
  for (let index = 0; index < taken.length; index++) {
    if (end.ends[index] !== StepEnd.done) continue
    items.push(intAt(taken, index))
    values.push(end.results[index] ?? Number.NaN)
  }
  return { items, values }
}

function areAllDone({ ends }: CallGraphEnd): boolean {
  return !ends.includes(StepEnd.waiting) && !ends.includes(StepEnd.failed) && !ends.includes(StepEnd.ranTooLong)
}
