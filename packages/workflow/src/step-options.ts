// The options of a step: what becomes of its failure, what undoes it, what else it waits for, and those of its task.
import { ConfigurationError, WorkflowError } from '@catzilla/api'
import type { CallOptions, TaskResult } from '@catzilla/api'
import { checkOptions, describeValue, is, isTask } from '@catzilla/api/extend'
import type { OptionTable } from '@catzilla/api/extend'
import type { FailurePolicy } from './decide/plan.ts'
import type { Placeholder } from './placeholder.ts'

/** A task that undoes a step. It is called with the result of the step, and then with the arguments the step had. */
export interface Compensation<R, A extends readonly unknown[]> {
  readonly taskName: string
  readonly delay: (this: void, ...args: [result: R, ...args: A]) => TaskResult<unknown>
}

/** What every kind of step may be told. */
export interface WiringOptions<R> {
  /** Unique in the workflow; the name of the task by default, with `#2` and so on after it where that is taken. */
  readonly id?: string
  /** Steps that must have settled well before this one starts, though it uses nothing of them. */
  readonly after?: readonly (Placeholder<unknown> | string)[]
  /** What a failure means for the run: the workflow's own `failure` by default. */
  readonly failure?: FailurePolicy
  /** Takes the place of the result when the step fails. */
  readonly fallback?: R
}

/** Options of a task that make no sense for a step, or that the run itself looks after. */
type OfTask<A extends readonly unknown[], R> = Omit<CallOptions<A, R>, 'signal'>

/** Options of a step: those of its task (priority, lane, maxRetries, timeoutMs, delayMs, …) and those of its wiring. */
export interface StepOptions<A extends readonly unknown[], R> extends OfTask<A, R>, WiringOptions<R> {
  /** Undoes what the step did, when the run does not complete. */
  readonly compensate?: Compensation<R, A>
}

export interface MapOptions<T, R> extends OfTask<[item: T], R>, Omit<WiringOptions<R>, 'fallback'> {
  /** Items at once: no limit but that of the run, by default. The `concurrency` of the task is another one. */
  readonly concurrency?: number
  /** Takes the place of the result of each item that fails. */
  readonly fallback?: R
  /** Undoes one item that had completed, when the run does not. Called with its result and the item. */
  readonly compensate?: Compensation<R, [item: T]>
}

export interface LoopOptions<T> extends OfTask<[value: T], T>, WiringOptions<T> {
  /** Whether it is done, after each round (from 0). Nothing but its arguments may decide, since it may be asked again. */
  readonly until: (value: T, round: number) => boolean
  /** Most rounds; a loop that is not done by then fails. */
  readonly maxRounds: number
  /** Undoes what all rounds did. Called with the last value and the first. */
  readonly compensate?: Compensation<T, [first: T]>
}

export type ComputeOptions<R> = WiringOptions<R>

export const failurePolicies: readonly FailurePolicy[] = ['failFast', 'collect', 'ignore']

export const isPolicy: (value: unknown) => boolean = is.oneOf(...failurePolicies)

const wiringTable: OptionTable = {
  id: {
    byDefault: 'the name of the task',
    accepts: 'a text of 1..200 characters',
    about: 'Unique in the workflow.',
    check: (value) => is.text(value) && (value as string).length <= 200,
  },
  after: {
    byDefault: '[]',
    accepts: 'a list of steps, as placeholders or ids',
    about: 'What it waits for without using it.',
    check: Array.isArray,
  },
  failure: {
    byDefault: 'that of the workflow',
    accepts: failurePolicies.map((name) => `'${name}'`).join(', '),
    about: 'What its failure means for the run.',
    check: isPolicy,
  },
  fallback: {
    byDefault: 'none',
    accepts: 'any value',
    about: 'In place of the result of a failure.',
    check: () => true,
  },
  compensate: { byDefault: 'none', accepts: 'a task', about: 'Undoes the step.', check: isTask },
}

const concurrencyRow: OptionTable[string] = {
  byDefault: 'that of the run',
  accepts: 'an integer ≥ 1',
  about: 'Items at once.',
  check: is.integer(1),
}

const mapTable: OptionTable = { ...wiringTable, concurrency: concurrencyRow }

const loopTable: OptionTable = {
  ...wiringTable,
  until: { byDefault: 'none', accepts: 'a function', about: 'Whether the loop is done.', check: is.function },
  maxRounds: { byDefault: 'none', accepts: 'an integer ≥ 1', about: 'Most rounds.', check: is.integer(1) },
}

const tables: Readonly<Record<'step' | 'map' | 'loop', OptionTable>> = {
  step: wiringTable,
  map: mapTable,
  loop: loopTable,
}

/** What a step was told, taken apart. Undefined: nothing. */
export interface ReadOptions {
  readonly wiring?: Readonly<Record<string, unknown>>
  /** For the task. */
  readonly task?: Readonly<Record<string, unknown>>
}

const nothing: ReadOptions = {}

/**
 * @param what names the step in messages
 * @throws ConfigurationError naming the option, the value it got and what it accepts
 */
export function readStepOptions(kind: keyof typeof tables, options: unknown, what: () => string): ReadOptions {
  if (options === undefined) return nothing
  if (!is.object(options)) {
    throw new ConfigurationError(`${what()}: options must be an object, got ${describeValue(options)}`)
  }
  const table = tables[kind]
  const given = Object.entries(options as object).filter(([, value]) => value !== undefined)
  const wiring = given.filter(([name]) => Object.hasOwn(table, name))
  const task = given.filter(([name]) => !Object.hasOwn(table, name))
  checkOptions(table, Object.fromEntries(wiring), what())
  if (task.some(([name]) => name === 'signal')) {
    throw new WorkflowError(
      `${what()}: a step has no signal of its own; give one to execute(), which ends the whole run`,
    )
  }
  return {
    ...(wiring.length === 0 ? {} : { wiring: Object.fromEntries(wiring) }),
    ...(task.length === 0 ? {} : { task: Object.fromEntries(task) }),
  }
}
