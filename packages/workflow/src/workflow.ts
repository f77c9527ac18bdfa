// `workflow(name, build)`: a graph of tasks, known and checked before it runs.
import { ConfigurationError, WorkflowError } from '@catzilla/api'
import type { TaskFuture } from '@catzilla/api'
import { checkOptions, copyArguments, describeValue, is, systemClock } from '@catzilla/api/extend'
import type { Clock, OptionTable } from '@catzilla/api/extend'
import { WorkflowBuilder } from './builder.ts'
import type { FailurePolicy } from './decide/plan.ts'
import { Draft } from './draft.ts'
import type { Definition, Graph } from './graph.ts'
import { workflowInfoOf } from './inspect.ts'
import type { WorkflowInfo } from './inspect.ts'
import { toMermaid } from './mermaid.ts'
import type { Unwired } from './placeholder.ts'
import { keepDefinition } from './runnable.ts'
import { failurePolicies, isPolicy } from './step-options.ts'
import type { WorkflowRun } from './workflow-run.ts'
import { WorkflowRuns } from './workflow-runs.ts'
import type { StartOptions } from './workflow-runs.ts'

export interface WorkflowOptions {
  /**
   * What the failure of a step means for the run: `'failFast'` (default) calls off what runs, `'collect'` lets all run that do
   * not need the failed step, and fails then, `'ignore'` goes on with undefined as the result.
   */
  readonly failure?: FailurePolicy
  /** Longest time of a run, in milliseconds, compensation not counted: Infinity. */
  readonly timeoutMs?: number
  /** Most tasks of one run that are submitted and not settled: 1024. A longer list waits, and takes no place in the queue. */
  readonly concurrency?: number
  /** Where its runs are looked after; runs of its own by default. */
  readonly runs?: WorkflowRuns
}

const optionTable: OptionTable = {
  failure: {
    byDefault: "'failFast'",
    accepts: failurePolicies.map((name) => `'${name}'`).join(', '),
    about: 'What the failure of a step means.',
    check: isPolicy,
  },
  timeoutMs: {
    byDefault: 'Infinity',
    accepts: 'a number of milliseconds > 0, or Infinity for none',
    about: 'Longest run.',
    check: (value) => typeof value === 'number' && value > 0,
  },
  concurrency: { byDefault: '1024', accepts: 'an integer ≥ 1', about: 'Tasks in flight.', check: is.integer(1) },
  runs: {
    byDefault: 'its own',
    accepts: 'WorkflowRuns',
    about: 'Its runs.',
    check: (value) => value instanceof WorkflowRuns,
  },
}

const startTable: OptionTable = {
  runId: { byDefault: 'a random UUID', accepts: 'a text of 1..500 characters', about: 'Of the run.', check: is.text },
  signal: {
    byDefault: 'none',
    accepts: 'an AbortSignal',
    about: 'Cancels the run.',
    check: (value) => value instanceof AbortSignal,
  },
}

/** The input may be left out where there is none, or it takes undefined. */
type ExecuteArguments<I> = undefined extends I
  ? [input?: I, options?: StartOptions]
  : [input: I, options?: StartOptions]

/** A workflow, ready to run any number of times. It may also be a step of others. */
export class Workflow<I, R> {
  /** Where its runs are looked after. */
  readonly runs: WorkflowRuns
  readonly #definition: Definition

  constructor(definition: Definition, runs: WorkflowRuns) {
    this.#definition = definition
    keepDefinition(this, definition)
    this.runs = runs
    runs.define(definition)
  }

  get name(): string {
    return this.#definition.name
  }

  /**
   * Starts a run. The input is copied; between steps nothing is: a step that changes what it is given changes it for others.
   * @throws PayloadError when the input cannot be copied, WorkflowError when a run of that `runId` is under way
   */
  execute(...[input, options]: ExecuteArguments<I>): WorkflowRun<R> {
    checkOptions(startTable, options, `workflow '${this.name}': execute`)
    const [copied] = copyArguments([input], this.name)
    return this.runs.start<R>(this.#definition, copied, options)
  }

  /** As `execute`, as something to await. */
  executeAsync(...args: ExecuteArguments<I>): TaskFuture<R> {
    return this.execute(...args).future()
  }

  /** The plan as plain data. */
  toJSON(): WorkflowInfo {
    return workflowInfoOf(this.#definition.graph)
  }

  /** The plan as a flowchart. */
  toMermaid(): string {
    return toMermaid(this.toJSON())
  }
}

/** How a workflow is built: its steps in, what it gives out. */
export type BuildWorkflow<I, Out> = (w: WorkflowBuilder, input: I) => Out

/** What a decorated static method looks like to its decorator. */
type WorkflowDecorator = <This, I, Out>(
  method: (this: This, w: WorkflowBuilder, input: I) => Out,
  context: ClassMethodDecoratorContext<This, (this: This, w: WorkflowBuilder, input: I) => Out>,
) => void

/**
 * Defines a workflow. `build` is called once, now; each step gives a placeholder, and from those the graph is known.
 * Without `build` it is a decorator of public static methods; `workflowOf(Class.method)` is the workflow then.
 * @throws WorkflowError for a cycle, an unknown or duplicate id, a step out of reach, too few arguments; ConfigurationError
 * @example
 * const report = workflow('report', (w, input: { dataId: number, raw: string }) => {
 *   const parsed = w.step(parse, [input.raw], { priority: 'high' })
 *   return w.step(store, [w.step(analyse, [parsed]), input.dataId])
 * })
 * const result = await report.execute({ dataId: 1, raw: '…' }).wait()
 */
export function workflow<I, Out>(
  name: string,
  build: BuildWorkflow<I, Out>,
  options?: WorkflowOptions,
): Workflow<I, Unwired<Out>>
export function workflow(name: string, options?: WorkflowOptions): WorkflowDecorator
export function workflow(name: string, buildOrOptions?: unknown, options?: WorkflowOptions): unknown {
  if (typeof buildOrOptions === 'function')
    return define(name, buildOrOptions as BuildWorkflow<never, unknown>, options)
  const given = buildOrOptions as WorkflowOptions | undefined
  requireName(name)
  checkOptions(optionTable, given, `workflow '${name}'`)
  return decorator(name, given)
}

const decorated = new WeakMap<object, Workflow<never, unknown>>()

function decorator(name: string, options: WorkflowOptions | undefined): WorkflowDecorator {
  return (method, context) => {
    if (!context.static || context.private) {
      throw new WorkflowError(
        `method ${String(context.name)} cannot be workflow '${name}': it takes public static methods, since a workflow has no instance`,
      )
    }
    context.addInitializer(function () {
      // the methods of a class may call each other as this.other()
      decorated.set(
        method,
        define(name, (w, input) => method.call(this, w, input), options),
      )
    })
  }
}

/**
 * The workflow behind a method that `workflow(name)` decorates.
 * @throws WorkflowError when the method is not decorated, or its class is not set up
 */
export function workflowOf<I, Out>(method: (w: WorkflowBuilder, input: I) => Out): Workflow<I, Unwired<Out>> {
  const found = decorated.get(method)
  if (found !== undefined) return found as unknown as Workflow<I, Unwired<Out>>
  throw new WorkflowError(`${describeValue(method)} is no workflow; decorate it with @workflow('name')`)
}

function define<I>(
  name: string,
  build: BuildWorkflow<I, unknown>,
  options: WorkflowOptions = {},
): Workflow<I, unknown> {
  requireName(name)
  checkOptions(optionTable, options, `workflow '${name}'`)
  const draft = new Draft(name)
  const result = build(new WorkflowBuilder(draft), draft.input as I)
  if (result instanceof Promise) {
    result.catch(() => {})
    throw new WorkflowError(
      `workflow '${name}': it is built by a function that is not async; what takes time belongs in its steps`,
    )
  }
  const { failure = 'failFast', concurrency = 1024 } = options
  return workflowFrom(draft.finish(result, { failure, concurrency }), options)
}

/** A workflow of a graph that is built. */
export function workflowFrom<I, R>(
  graph: Graph,
  { timeoutMs = Infinity, runs }: WorkflowOptions,
  clock?: Clock,
): Workflow<I, R> {
  const { name } = graph
  return new Workflow({ name, graph, clock: clock ?? clockOfGraph(graph), timeoutMs }, runs ?? new WorkflowRuns())
}

/** That of its tasks, which in tests is not the system's. */
function clockOfGraph({ steps }: Graph): Clock {
  return steps.find(({ body }) => body !== undefined)?.body?.clock ?? systemClock
}

function requireName(name: unknown): void {
  if (is.text(name) && (name as string).length <= 200) return
  throw new ConfigurationError(`a workflow needs a name of 1..200 characters, got ${describeValue(name)}`)
}
