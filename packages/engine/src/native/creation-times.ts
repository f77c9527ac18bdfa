// When tasks that C looks after were submitted. C overwrites since when a task waits; a kernel with few arguments leaves a
// double in the slot free, which saves eight bytes a task, and those of others stand in an array.
import { portLayout } from './port-layout.ts'
import type { Port } from './port.ts'

const { SLOT_ARGS, SLOT_ARG_COUNT } = portLayout
const FIRST_ARG = SLOT_ARGS / 8

export class CreationTimes {
  readonly #port: Port
  #others: Float64Array | null = null

  constructor(port: Port) {
    this.#port = port
  }

  /** Right behind the arguments, so that what a submission writes lies together. @param arity of the task's kernel */
  set(slot: number, arity: number, createdAt: number): void {
    if (arity < SLOT_ARG_COUNT) this.#port.doubles[this.#port.doubleOf(slot) + FIRST_ARG + arity] = createdAt
    else (this.#others ??= new Float64Array(this.#port.slots))[slot] = createdAt
  }

  get(slot: number, arity: number): number {
    if (arity < SLOT_ARG_COUNT) return this.#port.doubles[this.#port.doubleOf(slot) + FIRST_ARG + arity] ?? 0
    return this.#others?.[slot] ?? 0
  }
}
