// A graph as the decision sees it: numbers for steps, what each waits for, and what is to be done when one fails.

/**
 * What a step is to the decision. `task`, `map` and `loop` ask the engine to run something; `compute` and `choice` ask the
 * runner for an answer at once; the rest are settled by what they wait for.
 */
export const StepKinds = {
  task: 0,
  map: 1,
  loop: 2,
  compute: 3,
  choice: 4,
  merge: 5,
  all: 6,
  settled: 7,
  race: 8,
} as const
export type StepKind = keyof typeof StepKinds

/** What the failure of a step means for the others. */
export type FailurePolicy = 'failFast' | 'collect' | 'ignore'

/** `fallback`: a value takes the place of the result. `handled`: who waits for it wants to know, and goes on. */
export type ResolvedPolicy = FailurePolicy | 'fallback' | 'handled'

/** The step runs only when that choice was decided this way: 0 is the first branch, 1 the second. */
export interface Guard {
  readonly choice: number
  readonly branch: number
}

export interface PlanStep {
  readonly kind: StepKind
  /** Steps that settle before it starts, each once. Those of a `race` are its runners, and its guard. */
  readonly needs: readonly number[]
  readonly guard: Guard | undefined
  readonly policy: ResolvedPolicy
  /** What it has done is undone when the run does not complete. */
  readonly compensates: boolean
  /** Items of a `map` at once. */
  readonly concurrency: number
  /** Most rounds of a `loop`; one that would go on after them fails. */
  readonly rounds: number
  /** The choice whose branches a `merge` brings together. */
  readonly choice: number
}

export interface Plan {
  readonly steps: readonly PlanStep[]
  /** By step: one of `StepKinds`. Whoever goes through all steps reads this, and leaves the objects alone. */
  readonly kinds: Uint8Array
  /** Who waits for step `i`: `users[userStart[i]]` up to `users[userStart[i + 1]]`, exclusive. */
  readonly userStart: Int32Array
  readonly users: Int32Array
  /** How many steps each one needs. */
  readonly needCount: Int32Array
  /** 1 for the steps that the result of the workflow is made of. */
  readonly isOutput: Uint8Array
  /** 1 for the steps that are undone when the run does not complete. */
  readonly compensates: Uint8Array
  /** Tasks of one run in flight at once. */
  readonly concurrency: number
}

/** @param outputs steps that the result is made of */
export function makePlan(steps: readonly PlanStep[], outputs: readonly number[], concurrency: number): Plan {
  const needCount = Int32Array.from(steps, (step) => step.needs.length)
  const userStart = new Int32Array(steps.length + 1)
  for (const { needs } of steps) for (const need of needs) userStart[need + 1] = intAt(userStart, need + 1) + 1
  for (let index = 0; index < steps.length; index++) {
    userStart[index + 1] = intAt(userStart, index + 1) + intAt(userStart, index)
  }
  const users = new Int32Array(intAt(userStart, steps.length))
  const next = userStart.slice()
  steps.forEach(({ needs }, index) => {
    for (const need of needs) {
      users[intAt(next, need)] = index
      next[need] = intAt(next, need) + 1
    }
  })
  const isOutput = new Uint8Array(steps.length)
  for (const output of outputs) isOutput[output] = 1
  const compensates = Uint8Array.from(steps, (step) => (step.compensates ? 1 : 0))
  const kinds = Uint8Array.from(steps, ({ kind }) => StepKinds[kind])
  return { steps, kinds, userStart, users, needCount, isOutput, compensates, concurrency }
}

/**
 * An element that is known to be there. There is one of these for each kind of list: one for all would be several times as slow,
 * since V8 knows a place in the code by what it has met there.
 */
export function at(numbers: readonly number[], index: number): number {
  return numbers[index] ?? 0
}

export function byteAt(numbers: Uint8Array, index: number): number {
  return numbers[index] ?? 0
}

export function intAt(numbers: Int32Array, index: number): number {
  return numbers[index] ?? 0
}
