// `TaskChain`: tasks in a row or a graph, by their ids.
import { ConfigurationError, WorkflowError } from '@catzilla/api'
import type { BackgroundTasks, Task, TaskFuture } from '@catzilla/api'
import { clockOf, describeValue, taskFor } from '@catzilla/api/extend'
import type { RunnableBody } from '@catzilla/api/extend'
import { Draft } from './draft.ts'
import type { Placeholder } from './placeholder.ts'
import { requireArity, runnableOf } from './runnable.ts'
import { readStepOptions } from './step-options.ts'
import type { Compensation, StepOptions } from './step-options.ts'
import { workflowFrom } from './workflow.ts'
import type { Workflow, WorkflowOptions } from './workflow.ts'
import type { WorkflowRun } from './workflow-run.ts'

/** Options of one task of a chain: those of the task and of its wiring, and what it gets. */
export interface ChainOptions extends Omit<
  StepOptions<readonly never[], never>,
  'id' | 'after' | 'fallback' | 'compensate'
> {
  /** Ids of tasks whose results it gets, in this order; they may be added later. */
  readonly dependsOn?: readonly string[]
  /** What it gets after those results. */
  readonly args?: readonly unknown[]
  readonly fallback?: unknown
  /** Undoes it; called with its result and its arguments. */
  readonly compensate?: Compensation<never, readonly never[]>
}

interface Link {
  readonly body: RunnableBody
  readonly options: ChainOptions
}

/**
 * Tasks and what each depends on. Ids are `<name>_<index>`, in the order in which tasks are added.
 * `R` is the result of the chain: that of the task added last.
 * @example
 * const chain = new TaskChain('pipeline', tasks)
 *   .addTask(parse, { args: [raw] })                    // pipeline_0
 *   .addTask(analyse, { dependsOn: ['pipeline_0'] })    // gets what parse gives
 * const result = await chain.execute().wait()
 */
export class TaskChain<R = unknown> {
  readonly name: string
  readonly #tasks: BackgroundTasks
  readonly #options: WorkflowOptions
  readonly #links: Link[] = []
  #workflow: Workflow<undefined, R> | undefined

  /** @throws ConfigurationError for a name that is no text, and for options when the chain is built */
  constructor(name: string, tasks: BackgroundTasks, options: WorkflowOptions = {}) {
    if (typeof name !== 'string' || name.length === 0) {
      throw new ConfigurationError(`a chain needs a name of 1 or more characters, got ${describeValue(name)}`)
    }
    this.name = name
    this.#tasks = tasks
    this.#options = options
  }

  /** Adds a task, or a plain function as one. @throws WorkflowError after the chain has been executed */
  addTask<Raw>(body: (...args: never[]) => Raw, options?: ChainOptions): TaskChain<Awaited<Raw>>
  addTask<A extends readonly unknown[], Result>(
    body: Task<A, Result, unknown>,
    options?: ChainOptions,
  ): TaskChain<Result>
  addTask(body: RunnableBody, options: ChainOptions = {}): unknown {
    if (this.#workflow !== undefined) {
      throw new WorkflowError(`chain '${this.name}' has been executed, so it is what it is; make a new one`)
    }
    this.#links.push({ body, options })
    return this
  }

  /**
   * Runs the chain. Its result is that of the task added last.
   * @throws WorkflowError for a cycle, an unknown id, too few arguments; ConfigurationError for options
   */
  execute(): WorkflowRun<R> {
    return this.workflow.execute()
  }

  /** As `execute`, as something to await. */
  executeAsync(): TaskFuture<R> {
    return this.execute().future()
  }

  /** The chain as a workflow; from here on nothing can be added. @throws as `execute` */
  get workflow(): Workflow<undefined, R> {
    return (this.#workflow ??= this.#build())
  }

  #build(): Workflow<undefined, R> {
    const draft = new Draft(this.name)
    const ids = this.#links.map((_, index) => `${this.name}_${index}`)
    const placeholders = ids.map((id, index) => draft.expected(index, id))
    const byId = new Map(ids.map((id, index) => [id, placeholders[index] as Placeholder<unknown>]))
    this.#links.forEach((link, index) => this.#add(draft, link, ids[index] ?? '', byId))
    const { failure = 'failFast', concurrency = 1024 } = this.#options
    const graph = draft.finish(placeholders.at(-1), { failure, concurrency })
    return workflowFrom(graph, this.#options, clockOf(this.#tasks))
  }

  #add(draft: Draft, { body, options }: Link, id: string, byId: ReadonlyMap<string, Placeholder<unknown>>): void {
    const what = (): string => `chain '${this.name}', task '${id}'`
    const { dependsOn = [], args = [], ...rest } = options
    requireLists({ dependsOn, args }, what)
    const named = Object.keys(rest).find((name) => name === 'id' || name === 'after')
    if (named !== undefined) {
      throw new ConfigurationError(
        `${what()}: a task of a chain has no ${named}; its id is this, and dependsOn names others`,
      )
    }
    const { wiring, task: taskOptions } = readStepOptions('step', rest, what)
    const runnable = runnableOf(taskFor(this.#tasks, body, taskOptions), undefined, what)
    // one that is not there is told of by the draft, which knows the others
    const unknown = dependsOn.filter((other) => !byId.has(other))
    const all = [...dependsOn.flatMap((other) => byId.get(other) ?? []), ...args]
    if (unknown.length === 0) requireArity(runnable, all.length, what)
    draft.add({ kind: 'task', body: runnable }, all, { ...wiring, id, after: unknown }, undefined)
  }
}

function requireLists(given: Readonly<Record<string, unknown>>, what: () => string): void {
  for (const [name, value] of Object.entries(given)) {
    if (Array.isArray(value)) continue
    throw new ConfigurationError(`${what()}: ${name} accepts a list, got ${describeValue(value)}`)
  }
}
