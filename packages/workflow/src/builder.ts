// What a workflow is built with: each call adds a step to the graph and gives a placeholder for its result.
import { WorkflowError } from '@catzilla/api'
import type { Task } from '@catzilla/api'
import { describeValue } from '@catzilla/api/extend'
import type { Guard } from './decide/plan.ts'
import type { Draft } from './draft.ts'
import { originOf } from './placeholder.ts'
import type { Placeholder, Unwired, Wired, WiredArguments } from './placeholder.ts'
import { requireArity, runnableOf } from './runnable.ts'
import { readStepOptions } from './step-options.ts'
import type { ComputeOptions, LoopOptions, MapOptions, StepOptions, WiringOptions } from './step-options.ts'
import type { Workflow } from './workflow.ts'

/** How a step that `settled` waited for has ended. */
export type StepOutcome<T> =
  | { readonly status: 'completed'; readonly value: T }
  | { readonly status: 'failed'; readonly error: Error }

/**
 * The `w` of `workflow(name, (w, input) => …)`.
 * @example
 * const parsed = w.step(parse, [input.raw], { priority: 'high' })
 * const stats = w.step(analyse, [parsed])
 * return w.all([stats, w.map(parsed.get('rows'), check, { concurrency: 8 })])
 */
export class WorkflowBuilder {
  readonly #draft: Draft
  /** The branch that is being built. */
  #guard: Guard | undefined

  constructor(draft: Draft) {
    this.#draft = draft
  }

  /**
   * Runs a task, or another workflow with its input as the only argument.
   * @throws WorkflowError for wiring that cannot work, ConfigurationError for options
   */
  step<A extends readonly unknown[], R>(
    task: Task<A, R, unknown>,
    args: WiredArguments<NoInfer<A>>,
    options?: StepOptions<A, R>,
  ): Placeholder<R>
  step<I, R>(
    child: Workflow<I, R>,
    args: readonly [input: Wired<NoInfer<I>>] | [],
    options?: StepOptions<[I], R>,
  ): Placeholder<R>
  step(body: unknown, args: readonly unknown[], options?: object): Placeholder<unknown> {
    const what = this.#what('step', body)
    const { wiring, task } = readStepOptions('step', options, what)
    const runnable = runnableOf(body, task, what)
    if (Array.isArray(args)) requireArity(runnable, args.length, what)
    return this.#add({ kind: 'task', body: runnable }, args, wiring)
  }

  /**
   * Runs a task for each element of a list, which need not be known before the run. Its result is the list of results.
   * A failed item fails the map; with `failure: 'collect'` after the others have run; `'ignore'` and `fallback` fill its place.
   */
  map<T, R>(
    items: Wired<readonly NoInfer<T>[]>,
    task: Task<[item: T], R, unknown>,
    options?: MapOptions<T, R>,
  ): Placeholder<R[]>
  map<I, R>(items: Wired<readonly NoInfer<I>[]>, child: Workflow<I, R>, options?: MapOptions<I, R>): Placeholder<R[]>
  map(items: unknown, body: unknown, options?: object): Placeholder<unknown[]> {
    const what = this.#what('map', body)
    const { wiring, task } = readStepOptions('map', options, what)
    const runnable = runnableOf(body, task, what)
    requireArity(runnable, 1, what)
    const { concurrency, ...rest } = (wiring ?? {}) as { readonly concurrency?: number }
    const step = {
      kind: 'map',
      body: runnable,
      ...(concurrency === undefined ? {} : { concurrency }),
    } as const
    return this.#add(step, [items], rest)
  }

  /** Runs a task on what it gave before, until `until` says so. */
  loop<T>(
    body: Task<[value: T], T, unknown> | Workflow<T, T>,
    first: Wired<NoInfer<T>>,
    options: LoopOptions<T>,
  ): Placeholder<T> {
    const what = this.#what('loop', body)
    const { wiring, task } = readStepOptions('loop', options, what)
    const { until, maxRounds, ...rest } = (wiring ?? {}) as unknown as LoopOptions<T>
    if (until === undefined || maxRounds === undefined) throw new WorkflowError(`${what()} needs until and maxRounds`)
    const runnable = runnableOf(body, task, what)
    requireArity(runnable, 1, what)
    return this.#add({ kind: 'loop', body: runnable, fn: until, rounds: maxRounds }, [first], rest)
  }

  /**
   * Computes something small between steps, on the event loop and without the queue. The function is synchronous, and decides
   * by its arguments alone, since it may be called again.
   */
  compute<A extends readonly unknown[], R>(
    args: readonly [...A],
    fn: (...args: { [K in keyof A]: Unwired<A[K]> }) => R,
    options?: ComputeOptions<R>,
  ): Placeholder<R> {
    if (typeof fn !== 'function') throw new WorkflowError(`compute takes a function, got ${describeValue(fn)}`)
    const { wiring } = readStepOptions('step', options, () => 'compute')
    return this.#add({ kind: 'compute', label: fn.name === '' ? 'compute' : fn.name, fn }, args, wiring)
  }

  /** All of them: fails with the first that fails. Its result is the list of results. */
  all<const T extends readonly unknown[]>(
    steps: T,
    options?: Pick<WiringOptions<never>, 'id'>,
  ): Placeholder<Unwired<T>> {
    return this.#add({ kind: 'all', label: 'all' }, steps, this.#idOnly(options, 'all'))
  }

  /** How each of them ended, well or badly: their failures are met here, and fail nothing. */
  settled<const T extends readonly Placeholder<unknown>[]>(
    steps: T,
    options?: Pick<WiringOptions<never>, 'id'>,
  ): Placeholder<{ -readonly [K in keyof T]: StepOutcome<Unwired<T[K]>> }> {
    this.#requirePlaceholders(steps, 'settled')
    return this.#add({ kind: 'settled', label: 'settled' }, steps, this.#idOnly(options, 'settled'))
  }

  /** The first that completes; the others are called off. It fails when all of them fail. */
  race<T>(
    steps: readonly Placeholder<T>[],
    options?: Pick<WiringOptions<T>, 'id' | 'failure' | 'fallback'>,
  ): Placeholder<T> {
    this.#requirePlaceholders(steps, 'race')
    if (steps.length === 0) throw new WorkflowError('race takes one step or more: of none, none can win')
    return this.#add({ kind: 'race', label: 'race' }, steps, readStepOptions('step', options, () => 'race').wiring)
  }

  /**
   * Builds both branches and runs one: the first when the condition is truthy. Steps of a branch are used outside of it only
   * through what the branch returns.
   */
  when<A, B = undefined>(
    condition: unknown,
    then: () => A,
    otherwise?: () => B,
    options?: Pick<WiringOptions<never>, 'id'>,
  ): Placeholder<Unwired<A> | Unwired<B>> {
    if (originOf(condition) === undefined) {
      const never = condition ? 'the second branch' : 'the first branch'
      throw new WorkflowError(
        `when(${describeValue(condition)}, …): ${never} is unreachable, since the condition is known already; use if, or give a placeholder`,
      )
    }
    const wiring = this.#idOnly(options, 'when')
    const choice = this.#draft.add({ kind: 'choice', label: 'when' }, [condition], wiring, this.#guard)
    const branches = [this.#branch(choice.step, 0, then), this.#branch(choice.step, 1, otherwise ?? (() => undefined))]
    const merged = this.#draft.merge(choice.step, branches, `${choice.id}.result`, this.#guard)
    return merged as Placeholder<Unwired<A> | Unwired<B>>
  }

  #branch(choice: number, branch: number, build: () => unknown): unknown {
    const outer = this.#guard
    this.#guard = { choice, branch }
    try {
      return this.#draft.compileBranch(build(), this.#guard)
    } finally {
      this.#guard = outer
    }
  }

  #add<R>(step: Parameters<Draft['add']>[0], args: readonly unknown[], wiring: object | undefined): Placeholder<R> {
    return this.#draft.add(step, args, wiring, this.#guard).placeholder as Placeholder<R>
  }

  #idOnly(options: object | undefined, what: string): object | undefined {
    return readStepOptions('step', options, () => what).wiring
  }

  #what(method: string, body: unknown): () => string {
    return () => this.#nameOf(method, body)
  }

  #nameOf(method: string, body: unknown): string {
    const { taskName, name } = (body ?? {}) as { readonly taskName?: string; readonly name?: string }
    return `workflow '${this.#draft.name}': ${method}(${taskName ?? name ?? describeValue(body)})`
  }

  #requirePlaceholders(steps: unknown, what: string): void {
    const wrong: unknown = Array.isArray(steps) ? steps.find((step) => (originOf(step)?.step ?? -1) < 0) : steps
    const isWrong = Array.isArray(steps) ? steps.some((step) => (originOf(step)?.step ?? -1) < 0) : true
    if (isWrong) throw new WorkflowError(`${what} takes a list of steps, got ${describeValue(wrong)} in it`)
  }
}
