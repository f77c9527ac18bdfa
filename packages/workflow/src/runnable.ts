// What steps run: a task with the options of the step, or another workflow as a run of its own.
import { WorkflowError } from '@catzilla/api'
import type { AnyTask, TaskResult } from '@catzilla/api'
import {
  arityOf,
  byReference,
  clockOf,
  describeValue,
  engineOf,
  graphStepOf,
  isTask,
  submitGraph,
} from '@catzilla/api/extend'
import type { CallGraph, CallGraphEnd, Clock, GraphStep, GraphTerms } from '@catzilla/api/extend'
import type { Caller, Definition, InGraphs, Runnable } from './graph.ts'

/** What workflows are made of, apart from them: it is nothing for users. */
const definitions = new WeakMap<object, Definition>()

/** Makes an object known as a workflow. */
export function keepDefinition(workflow: object, definition: Definition): void {
  definitions.set(workflow, definition)
}

/** One for each task: then its engine works out what it needs once. */
const shared = new WeakMap<AnyTask, AnyTask>()

function sharedByReference(task: AnyTask): AnyTask {
  const known = shared.get(task)
  if (known !== undefined) return known
  const made = byReference(task)
  shared.set(task, made)
  return made
}

class TaskRunnable implements Runnable, InGraphs {
  readonly #task: AnyTask

  constructor(task: AnyTask) {
    this.#task = task
  }

  get name(): string {
    return this.#task.taskName
  }

  get clock(): Clock {
    return clockOf(this.#task)
  }

  get arity(): number {
    return arityOf(this.#task)
  }

  get inGraphs(): InGraphs {
    return this
  }

  get engine(): object {
    return engineOf(this.#task)
  }

  stepOf(args: number): GraphStep {
    return graphStepOf(this.#task, args)
  }

  submit(terms: GraphTerms, graph: CallGraph): TaskResult<CallGraphEnd> {
    return submitGraph(this.#task, terms, graph)
  }

  start(args: readonly unknown[], caller: Caller): TaskResult<unknown> {
    return this.#keyed(caller).delay(...args)
  }

  startWhenRoom(args: readonly unknown[], caller: Caller): Promise<TaskResult<unknown>> {
    return this.#keyed(caller).enqueue(...args)
  }

  /** A key of the task's own says more. */
  #keyed({ key }: Caller): AnyTask {
    if (key === undefined || this.#task.options.uniqueKey !== undefined) return this.#task
    return this.#task.with({ uniqueKey: key, onConflict: 'existing' })
  }
}

class WorkflowRunnable implements Runnable {
  readonly #definition: Definition

  constructor(definition: Definition) {
    this.#definition = definition
  }

  get name(): string {
    return this.#definition.name
  }

  get clock(): Clock {
    return this.#definition.clock
  }

  start(args: readonly unknown[], caller: Caller): TaskResult<unknown> {
    return caller.startChild(this.#definition, args[0])
  }

  async startWhenRoom(args: readonly unknown[], caller: Caller): Promise<TaskResult<unknown>> {
    return this.start(args, caller)
  }
}

function definitionOf(value: unknown): Definition | undefined {
  return typeof value === 'object' && value !== null ? definitions.get(value) : undefined
}

const runnables = new WeakMap<object, TaskRunnable>()

/**
 * What a step is to run.
 * @throws WorkflowError for what is neither task nor workflow, ConfigurationError for options
 */
export function runnableOf(
  body: unknown,
  options: Readonly<Record<string, unknown>> | undefined,
  what: () => string,
): Runnable {
  const definition = definitionOf(body)
  if (definition !== undefined) {
    if (options === undefined) return new WorkflowRunnable(definition)
    throw new WorkflowError(
      `${what()}: ${Object.keys(options).join(', ')} cannot be set for a workflow; set them on its steps, and timeoutMs where it is defined`,
    )
  }
  if (!isTask(body)) {
    throw new WorkflowError(`${what()} takes a task made by task(), or a workflow, got ${describeValue(body)}`)
  }
  if (options !== undefined) return new TaskRunnable(sharedByReference(body.with(options)))
  let runnable = runnables.get(body)
  if (runnable === undefined) runnables.set(body, (runnable = new TaskRunnable(sharedByReference(body))))
  return runnable
}

/** @throws WorkflowError when the task asks for more arguments than there are */
export function requireArity(runnable: Runnable, given: number, what: () => string): void {
  if (!(runnable instanceof TaskRunnable) || runnable.arity <= given) return
  throw new WorkflowError(
    `${what()}: task '${runnable.name}' takes ${runnable.arity} arguments, and is wired with ${given}`,
  )
}

/** The task that undoes a step; `readStepOptions` has seen to it that it is one. */
export function compensationOf(task: unknown): Runnable {
  return runnableOf(task, undefined, () => 'compensate')
}
