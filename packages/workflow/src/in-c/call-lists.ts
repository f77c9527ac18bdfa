// The lists of a graph of calls while they grow: what C is to call, and on which numbers.
import { NO_STEP } from '@catzilla/api/extend'
import type { CallGraph, GraphStep } from '@catzilla/api/extend'
import { FIRST_PLACES, withRoom } from './growing.ts'

/** Kinds of calls in one graph. */
const MOST_CALLS = 64

type Call = NonNullable<GraphStep['call']>

export class CallLists {
  /** How many steps there are. */
  count = 0
  /** What they take together on one processor, in milliseconds, as far as is known. */
  expectedMs = 0
  readonly #calls: Call[] = []
  #latest = -1
  #stepCalls = new Uint32Array(FIRST_PLACES)
  #argEnds = new Uint32Array(FIRST_PLACES)
  #argSteps = new Uint32Array(FIRST_PLACES)
  #argNumbers = new Float64Array(FIRST_PLACES)
  /** Arguments of the steps that were added, and those that were added since. */
  #args = 0
  #open = 0

  /** The priority of all of them; undefined while there is none. */
  get priority(): Call['options']['priority'] | undefined {
    return this.#calls[0]?.options.priority
  }

  addNumber(value: number): void {
    this.#addArgument(NO_STEP, value)
  }

  /** @param place of a step that was added before */
  addResult(place: number): void {
    this.#addArgument(place, 0)
  }

  #addArgument(step: number, value: number): void {
    const at = this.#args + this.#open++
    if (at === this.#argSteps.length) {
      this.#argSteps = withRoom(this.#argSteps, at)
      this.#argNumbers = withRoom(this.#argNumbers, at)
    }
    this.#argSteps[at] = step
    this.#argNumbers[at] = value
  }

  /** Forgets the arguments that were added for a step that is none after all. */
  dropArguments(): void {
    this.#open = 0
  }

  /** Adds a step on the arguments that were added since the one before it; false: there are too many kinds of calls. */
  addStep(call: Call, runMs: number): boolean {
    const place = this.#placeOf(call)
    if (place < 0) return false
    if (this.count === this.#stepCalls.length) {
      this.#stepCalls = withRoom(this.#stepCalls, this.count)
      this.#argEnds = withRoom(this.#argEnds, this.count)
    }
    this.#args += this.#open
    this.#open = 0
    this.#stepCalls[this.count] = place
    this.#argEnds[this.count] = this.#args
    this.count++
    this.expectedMs += runMs
    return true
  }

  /** -1: there is no room for another one. Steps mostly call what the one before them called. */
  #placeOf(call: Call): number {
    if (this.#latest >= 0 && this.#calls[this.#latest] === call) return this.#latest
    let place = this.#calls.indexOf(call)
    if (place < 0) place = this.#calls.length < MOST_CALLS ? this.#calls.push(call) - 1 : -1
    if (place >= 0) this.#latest = place
    return place
  }

  toGraph(): CallGraph {
    return {
      calls: this.#calls,
      stepCalls: this.#stepCalls.subarray(0, this.count),
      argEnds: this.#argEnds.subarray(0, this.count),
      argSteps: this.#argSteps.subarray(0, this.#args),
      argNumbers: this.#argNumbers.subarray(0, this.#args),
    }
  }
}
