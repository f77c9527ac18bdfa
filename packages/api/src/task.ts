// A task as its users hold it: a function that can also be submitted.
import { PayloadError, TaskDefinitionError, describeValue, markWrapped, resolveTaskOptions } from '@catzilla/engine'
import type { Clock, ResolvedTaskOptions, TaskCall, TaskEngine, TaskHandler } from '@catzilla/engine'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { NumberColumn } from './columns.ts'
import { enqueue } from './enqueue.ts'
import { explain } from './explain.ts'
import type { TaskExplanation } from './explain.ts'
import { requireTwin } from './kernel.ts'
import { pinnedToLane } from './pinned-lane.ts'
import { submitColumns } from './map-arrays.ts'
import { checkArguments, checkResult, isThenable } from './schema.ts'
import { submit } from './submit.ts'
import { TaskBatch } from './task-batch.ts'
import type { CallOptions, InputSchemas } from './task-config.ts'
import type { TaskResult } from './task-result.ts'
import type { Turnstile } from './turnstile.ts'

/** Columns for `mapArrays`: one typed array for each argument, all of the same length. */
export type ColumnsOf<A extends readonly unknown[]> = { readonly [K in keyof A]: NumberColumn }

/**
 * A defined task. Called, it runs here and now; its methods submit it.
 * `A` are the arguments of a submission, `R` is the result, `Raw` what a direct call gives.
 */
export interface Task<A extends readonly unknown[], R, Raw = R | Promise<R>> {
  /** Runs the body here and now, without the queue: no retries, no timeout, no `currentTask()`. */
  (...args: A): Raw
  readonly taskName: string
  readonly options: ResolvedTaskOptions
  /**
   * Submits the task.
   * @throws QueueFullError, PayloadError, EngineClosedError, UniqueKeyConflictError
   */
  delay(this: void, ...args: A): TaskResult<R>
  /**
   * Submits the task, waiting for room in the queue and until the engine holds it. The wait counts for `expireAfterMs`.
   * @throws as `delay`, but not QueueFullError; TaskCancelledError when its `signal` aborts while it waits, TaskExpiredError
   * when its `expireAfterMs` are over by then
   */
  enqueue(this: void, ...args: A): Promise<TaskResult<R>>
  /** Submits one task for each list of arguments, all or none. @throws as `delay` */
  batch(this: void, argsList: readonly A[]): TaskBatch<R>
  /**
   * Runs a body of numbers over columns, in tasks of 4096 rows; `wait()` of the batch gives the column of results.
   * Threads read the columns out of memory that they share. A kernel on the native lane is one task over the whole columns: it reads `Float64Array`s where they are, without a copy,
   * so leave them alone (no change, no transfer) until the batch has settled. Columns of other types are copied first.
   * @throws PayloadError when the columns are no typed arrays of numbers or differ in length, and on the thread and process
   * lanes when a row does not meet the input schema
   */
  mapArrays: A extends readonly number[]
    ? R extends number
      ? (...columns: ColumnsOf<A>) => TaskBatch<Float64Array, Float64Array>
      : never
    : never
  /** The same task with other options for the calls made on it. @throws ConfigurationError */
  with(this: void, options: CallOptions<A, R>): Task<A, R, Raw>
  /** Which lane the task has and why. */
  explain(this: void): TaskExplanation
}

/** What all tasks of one `BackgroundTasks` share. */
export interface TaskHome {
  readonly engine: TaskEngine
  readonly clock: Clock
  /** Those who wait for room in the queue. */
  readonly turnstile: Turnstile
}

/** What makes up one task. */
export interface TaskParts {
  readonly home: TaskHome
  readonly call: TaskCall & { readonly handler: TaskHandler }
  readonly input: InputSchemas | undefined
}

/** The body with the check of its result around it. */
export function checkedBody(name: string, body: TaskHandler, output: StandardSchemaV1 | undefined): TaskHandler {
  if (output === undefined) return body
  const checked: TaskHandler = (...args) => {
    const value = body(...args)
    return isThenable(value)
      ? Promise.resolve(value).then((later) => checkResult(name, output, later))
      : checkResult(name, output, value)
  }
  return markWrapped(checked, 'is followed by the check of its output schema')
}

/** What a task is inside: the function itself, and its parts under a key of our own. */
interface TaskInside {
  (...args: readonly unknown[]): unknown
  delay: (...args: readonly unknown[]) => TaskResult<unknown>
  [partsKey]: TaskParts
}

const partsKey = Symbol('parts of a task')

/**
 * What tasks have besides `delay`. Each is made when it is asked for, bound to its task: tasks made by `with` for a single
 * call stay cheap, every method may be taken off its task, and the task of a decorated method may exist before its parts.
 */
const taskPrototype = Object.create(Function.prototype, {
  taskName: getter((parts) => parts.call.name),
  options: getter((parts) => parts.call.options),
  enqueue: getter(
    (parts) =>
      (...args: readonly unknown[]) =>
        enqueue(parts, args),
  ),
  batch: getter((parts) => (argsList: readonly (readonly unknown[])[]) => submitBatch(parts, argsList)),
  mapArrays: getter(
    (parts) =>
      (...columns: NumberColumn[]) =>
        submitColumns(parts, columns, (row) => runHere(parts, row)),
  ),
  with: getter((parts) => (options: CallOptions) => makeTask(withOptions(parts, options))),
  explain: getter((parts) => () => explain(parts)),
}) as object

function getter(make: (parts: TaskParts) => unknown): PropertyDescriptor {
  return {
    get(this: TaskInside) {
      return make(this[partsKey])
    },
    enumerable: true,
  }
}

/** Makes the callable task out of its parts. */
export function makeTask<A extends readonly unknown[], R, Raw>(parts: TaskParts): Task<A, R, Raw> {
  const task = ((...args) => runHere(parts, args)) as TaskInside
  task.delay = (...args) => submit(parts, args)
  task[partsKey] = parts
  Object.setPrototypeOf(task, taskPrototype)
  // the prototype has what the interface says, for whatever types there are
  return task as unknown as Task<A, R, Raw>
}

/** The parts of a task made by `makeTask`; undefined for any other value. */
export function partsOf(value: unknown): TaskParts | undefined {
  return typeof value === 'function' ? (value as Partial<TaskInside>)[partsKey] : undefined
}

/**
 * The task behind a method that `taskMethod` decorated: TypeScript cannot see that the decorator made it one.
 * @throws TaskDefinitionError when `method` is no task
 * @example
 * taskOf(Mailer.send).delay('a@b.c')
 */
export function taskOf<A extends readonly unknown[], Raw>(method: (...args: A) => Raw): Task<A, Awaited<Raw>, Raw> {
  if (partsOf(method) === undefined) {
    throw new TaskDefinitionError(
      `${describeValue(method)} is no task; define it with task() or decorate it with taskMethod()`,
    )
  }
  return method as Task<A, Awaited<Raw>, Raw>
}

/** The same task with other options. @throws ConfigurationError */
export function withOptions(parts: TaskParts, options: object): TaskParts {
  const { call } = parts
  const resolved = resolveTaskOptions(pinnedToLane(options), call.options, `task '${call.name}'`)
  if (call.kernel !== undefined && resolved.lane !== 'native') {
    requireTwin(call.name, call.kernel, `lane: '${resolved.lane}'`)
  }
  return { ...parts, call: Object.freeze({ ...call, options: resolved }) }
}

function runHere({ call, input }: TaskParts, args: readonly unknown[]): unknown {
  const checked = input === undefined ? args : checkArguments(call.name, input, args)
  return call.handler(...(checked as never[]))
}

function submitBatch({ home, call, input }: TaskParts, argsList: readonly (readonly unknown[])[]): TaskBatch<unknown> {
  requireLists(call.name, argsList)
  const checked =
    input === undefined ? argsList : argsList.map((args, index) => checkListed(call.name, input, args, index))
  const handles = home.engine.submitMany(call, checked)
  return new TaskBatch(handles, home.clock, (values) => values)
}

/** As `checkArguments`; the paths of what does not fit begin with the place of the list in its batch. */
function checkListed(name: string, input: InputSchemas, args: readonly unknown[], index: number): unknown[] {
  try {
    return checkArguments(name, input, args)
  } catch (thrown) {
    if (!(thrown instanceof PayloadError)) throw thrown
    const issues = thrown.issues.map(({ path, message }) => ({ path: [index, ...path], message }))
    throw new PayloadError(`${thrown.message} (list ${index} of the batch)`, issues, { cause: thrown })
  }
}

function requireLists(name: string, argsList: unknown): void {
  const wrong = Array.isArray(argsList) ? argsList.findIndex((args) => !Array.isArray(args)) : 0
  if (wrong < 0) return
  const got: unknown = Array.isArray(argsList) ? argsList[wrong] : argsList
  const message = `batch takes an array of argument lists, each an array, got ${describeValue(got)}`
  throw new PayloadError(`task '${name}': ${message}`, [{ path: [wrong], message }])
}
