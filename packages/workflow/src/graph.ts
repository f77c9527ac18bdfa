// A workflow's graph once it is built and checked: what `decide` needs, and beside it what runs and how it is wired.
import { createHash } from 'node:crypto'
import type { TaskResult } from '@catzilla/api'
import type { CallGraph, CallGraphEnd, Clock, GraphStep, GraphTerms as TermsOfCalls } from '@catzilla/api/extend'
import { makePlan } from './decide/plan.ts'
import type { FailurePolicy, Guard, Plan, PlanStep, ResolvedPolicy, StepKind } from './decide/plan.ts'
import type { Template } from './wiring.ts'

/** Who starts a step. */
export interface Caller {
  /** Starts the run of another workflow as a step. */
  startChild(definition: Definition, input: unknown): TaskResult<unknown>
  /** Unique to this step of this run, where both may be taken up by another process; undefined elsewhere. */
  readonly key: string | undefined
}

/** A workflow that is ready to run. */
export interface Definition {
  readonly name: string
  readonly graph: Graph
  readonly clock: Clock
  /** Milliseconds, or Infinity. */
  readonly timeoutMs: number
}

/** A task as a step of a graph in C. */
export interface InGraphs {
  /** Whose task it is: a graph has the tasks of one engine. */
  readonly engine: object
  /** How it would run on so many numbers. */
  stepOf(args: number): GraphStep
  /** @throws QueueFullError, EngineClosedError */
  submit(terms: TermsOfCalls, graph: CallGraph): TaskResult<CallGraphEnd>
}

/** What a step runs: a task, or another workflow. */
export interface Runnable {
  readonly name: string
  /** What its time goes by. */
  readonly clock: Clock
  /** Of a task. */
  readonly inGraphs?: InGraphs
  /** @throws QueueFullError when there is no room, and whatever the arguments deserve */
  start(args: readonly unknown[], caller: Caller): TaskResult<unknown>
  /** Waits for room. */
  startWhenRoom(args: readonly unknown[], caller: Caller): Promise<TaskResult<unknown>>
}

/** What few steps have. */
export interface RareParts {
  /** What people read, where it is not the name of a task. */
  readonly label?: string
  readonly compensate?: Runnable
  /** `compute`: the function; `loop`: whether it is done after a round. */
  readonly fn?: (...args: never[]) => unknown
  readonly failure?: FailurePolicy
  /** Present: there is one, whatever it is. */
  readonly fallback?: { readonly value: unknown }
  readonly concurrency?: number
  readonly rounds?: number
  /** `merge`: the choice whose branches it brings together; their results are `args`. */
  readonly choice?: number
}

/** A step, as the builder noted it and as `decide` sees it. Kept small, since there may be a hundred thousand. */
export class Step implements PlanStep {
  readonly id: string
  readonly kind: StepKind
  readonly needs: number[]
  readonly guard: Guard | undefined
  readonly args: readonly Template[]
  readonly body: Runnable | undefined
  readonly rare: RareParts
  /** Known when the graph is whole. */
  policy: ResolvedPolicy = 'failFast'

  constructor(
    id: string,
    kind: StepKind,
    wired: Pick<Step, 'needs' | 'guard' | 'args'>,
    body: Runnable | undefined,
    rare: RareParts,
  ) {
    this.id = id
    this.kind = kind
    this.needs = wired.needs
    this.guard = wired.guard
    this.args = wired.args
    this.body = body
    this.rare = rare
  }

  /** What people read: the name of the task, or what the step does. */
  get label(): string {
    return this.rare.label ?? this.body?.name ?? this.kind
  }

  get compensates(): boolean {
    return this.rare.compensate !== undefined
  }

  get concurrency(): number {
    return this.rare.concurrency ?? Infinity
  }

  get rounds(): number {
    return this.rare.rounds ?? 1
  }

  get choice(): number {
    return this.rare.choice ?? -1
  }
}

export interface Graph {
  readonly name: string
  readonly steps: readonly Step[]
  readonly output: Template
  readonly plan: Plan
  /** Each step after all that it needs. */
  readonly order: readonly number[]
}

export interface GraphTerms {
  readonly failure: FailurePolicy
  readonly concurrency: number
}

/** @param order each step after all that it needs */
export function makeGraph(
  name: string,
  steps: readonly Step[],
  output: { readonly template: Template; readonly needs: readonly number[] },
  order: readonly number[],
  terms: GraphTerms,
): Graph {
  const plan = makePlan(steps, output.needs, terms.concurrency)
  const handled = handledSteps(steps, order, plan)
  steps.forEach((step, index) => {
    const { fallback, failure } = step.rare
    const otherwise = handled[index] === 1 ? 'handled' : terms.failure
    step.policy = fallback === undefined ? (failure ?? otherwise) : 'fallback'
  })
  return { name, steps, output: output.template, plan, order }
}

/** 1 for steps whose failure is met by a `settled` or a `race`, whatever way leads there, and by nothing else. */
function handledSteps(steps: readonly Step[], order: readonly number[], plan: Plan): Uint8Array {
  const handled = new Uint8Array(steps.length)
  for (const index of order.toReversed()) {
    if (plan.isOutput[index] === 1) continue
    const users = plan.users.subarray(plan.userStart[index], plan.userStart[index + 1])
    const meets = (user: number): boolean => {
      const { kind, guard } = steps[user] ?? {}
      return ((kind === 'settled' || kind === 'race') && guard?.choice !== index) || handled[user] === 1
    }
    if (users.length > 0 && users.every(meets)) handled[index] = 1
  }
  return handled
}

/** The same for graphs in which the same steps stand in the same order, wired alike. */
export function fingerprintOf({ steps }: Graph): string {
  const hash = createHash('sha256')
  for (const { id, kind, label, needs, guard } of steps)
    hash.update(JSON.stringify([id, kind, label, needs, guard ?? 0]))
  return hash.digest('hex').slice(0, 32)
}
