// The state of one run: a few bytes for each step, and for each item of a list. Changed by `decide` and by nothing else.
import type { RunEnd } from './events.ts'
import type { Plan } from './plan.ts'

/** States of a step. From `completed` on they are final, but for `compensated`. */
export const StepState = {
  waiting: 0,
  ready: 1,
  running: 2,
  completed: 3,
  failed: 4,
  cancelled: 5,
  /** In a branch that was not taken. */
  skipped: 6,
  /** Something it needs has failed or was cancelled. */
  blocked: 7,
  compensated: 8,
} as const
export type StepState = (typeof StepState)[keyof typeof StepState]

export type StepStatus = keyof typeof StepState
export const stepStatuses: readonly StepStatus[] = Object.keys(StepState) as StepStatus[]

/** Marks of a step. */
export const Mark = {
  /** A need of it has failed. */
  poisoned: 1,
  /** A branch it is in was not taken. */
  skipped: 2,
  /** Its value is the fallback, or undefined where failures are ignored. */
  fellBack: 4,
  /** Another one won the race. */
  lost: 8,
  /** It was run in C, together with others; of a list, items of it. */
  inC: 16,
} as const

/** States of an item of a map. */
export const ItemState = { waiting: 0, running: 1, completed: 2, failed: 3, compensated: 4 } as const

/** The list of a map. */
export class Items {
  readonly state: Uint8Array
  /** The first that has not been started. */
  next = 0
  running = 0
  completed = 0
  failed = 0
  /** Of those that completed. */
  compensated = 0
  /** Whether the step stands among those that are ready. */
  queued = false

  constructor(count: number) {
    this.state = new Uint8Array(count)
  }

  get count(): number {
    return this.state.length
  }

  get settled(): number {
    return this.completed + this.failed
  }
}

export type Phase = 'created' | 'running' | 'compensating' | RunEnd

export class RunState {
  phase: Phase = 'created'
  /** What the run will have come to once what was done is undone. */
  ending: RunEnd = 'completed'
  paused = false
  readonly status: Uint8Array
  /** Needs that have not settled. */
  readonly open: Int32Array
  readonly marks: Uint8Array
  /** The branch of a choice, the winner of a race, the round of a loop; -1 before there is one. */
  readonly pick: Int32Array
  /** Epoch milliseconds; NaN: not yet. */
  readonly startedAt: Float64Array
  readonly endedAt: Float64Array
  readonly items: Map<number, Items> = new Map()
  /** Steps that may start, first come, first served. */
  readonly ready: number[] = []
  readyHead = 0
  inFlight = 0
  unsettled: number
  /** Steps that failed, in their order. */
  readonly failures: number[] = []
  /** What is to be undone: step and item in turn, in the order in which they completed. */
  readonly undo: number[] = []
  /** A compensation is under way. */
  undoing = false
  readonly compensationFailures: number[] = []
  beganAt: number = Number.NaN
  overAt: number = Number.NaN

  constructor({ steps, needCount }: Plan) {
    const { length } = steps
    this.status = new Uint8Array(length)
    this.open = needCount.slice()
    this.marks = new Uint8Array(length)
    this.pick = new Int32Array(length).fill(-1)
    this.startedAt = new Float64Array(length).fill(Number.NaN)
    this.endedAt = new Float64Array(length).fill(Number.NaN)
    this.unsettled = length
  }

  get isOver(): boolean {
    return this.phase !== 'created' && this.phase !== 'running' && this.phase !== 'compensating'
  }
}
