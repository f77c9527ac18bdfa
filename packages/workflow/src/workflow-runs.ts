// The runs of workflows: started, found again, controlled, and taken up after a crash.
import { randomUUID } from 'node:crypto'
import { BackgroundTasks, ConfigurationError, TaskStateError, UnknownTaskError, WorkflowError } from '@catzilla/api'
import type { TaskResult } from '@catzilla/api'
import { callSafely, checkOptions, describeValue, is, toError } from '@catzilla/api/extend'
import type { OptionTable } from '@catzilla/api/extend'
import { fingerprintOf } from './graph.ts'
import type { Definition } from './graph.ts'
import { infoOf, summaryOf, workflowInfoOf } from './inspect.ts'
import type { RunInfo, RunSummary, WorkflowInfo } from './inspect.ts'
import { LiveRun } from './live-run.ts'
import { keptOf } from './retry.ts'
import { storeBeside } from './record-store.ts'
import { RunBook } from './run-book.ts'
import type { RunPage, RunQuery } from './run-book.ts'
import type { Parent } from './run.ts'
import type { StepEvent, StepListener } from './step-event.ts'
import type { RunRecord, StoredRun, WorkflowStore } from './store.ts'
import { WorkflowRun } from './workflow-run.ts'

export interface WorkflowRunsOptions {
  /** Where runs are kept so that they outlive a crash; without one they live as long as the process. */
  readonly store?: WorkflowStore
  /** Instead of a store: runs outlive a crash as these tasks do, which is with `durable`; else they live as long as the process. */
  readonly tasks?: BackgroundTasks
  /** How many runs that are over can still be looked at and retried: 100; and as many that are steps of others. */
  readonly keepRuns?: number
}

/** What `on` tells of. */
export interface RunEvents {
  readonly started: RunSummary
  readonly step: StepEvent
  readonly ended: RunSummary
}

const optionTable: OptionTable = {
  store: { byDefault: 'none', accepts: 'a WorkflowStore', about: 'Keeps runs.', check: is.object },
  tasks: {
    byDefault: 'none',
    accepts: 'what createTasks() made',
    about: 'Whose engine keeps runs, if it keeps its tasks.',
    check: (value) => value instanceof BackgroundTasks,
  },
  keepRuns: { byDefault: '100', accepts: 'an integer ≥ 0', about: 'Runs kept.', check: is.integer(0) },
}

const queryTable: OptionTable = {
  workflow: { byDefault: 'any', accepts: 'the name of a workflow', about: 'Of that one.', check: is.text },
  status: {
    byDefault: 'any',
    accepts: 'a status or a list of them',
    about: 'In that state.',
    check: (value) => is.text(value) || Array.isArray(value),
  },
  children: { byDefault: 'false', accepts: 'true or false', about: 'Those that are steps too.', check: is.boolean },
  limit: { byDefault: '50', accepts: 'an integer 1..1000', about: 'Longest page.', check: is.integer(1, 1000) },
  cursor: {
    byDefault: 'none',
    accepts: 'the nextCursor of a page',
    about: 'Where to go on.',
    check: (value) => is.text(value) && /^\d+$/.test(String(value)),
  },
}

/**
 * The runs of any number of workflows. Each workflow has some of its own, unless it is given others.
 * @example
 * const runs = new WorkflowRuns({ tasks })
 * const report = workflow('report', (w, input: Order) => …, { runs })
 * await runs.recover()
 */
export class WorkflowRuns {
  readonly #store: WorkflowStore | undefined
  readonly #definitions = new Map<string, Definition>()
  readonly #book: RunBook
  readonly #listeners: { [K in keyof RunEvents]: Set<(event: RunEvents[K]) => void> } = {
    started: new Set(),
    step: new Set(),
    ended: new Set(),
  }

  /** @throws ConfigurationError */
  constructor(options: WorkflowRunsOptions = {}) {
    checkOptions(optionTable, options, 'WorkflowRuns')
    if (options.store !== undefined && options.tasks !== undefined) {
      throw new ConfigurationError('WorkflowRuns: give either store or tasks')
    }
    this.#store = options.store ?? storeBeside(options.tasks)
    this.#book = new RunBook(options.keepRuns ?? 100)
  }

  /** Makes a workflow known by its name; `workflow()` does it. @throws WorkflowError for a name that is taken */
  define(definition: Definition): void {
    const known = this.#definitions.get(definition.name)
    if (known !== undefined && known !== definition) {
      throw new WorkflowError(
        `there is a workflow '${definition.name}' already; choose another name, or use the one that is there`,
      )
    }
    this.#definitions.set(definition.name, definition)
  }

  /** The workflows, each with its steps. */
  get workflows(): readonly WorkflowInfo[] {
    return [...this.#definitions.values()].map(({ graph }) => workflowInfoOf(graph))
  }

  /**
   * Starts a run; `execute()` of a workflow does it.
   * @throws WorkflowError when a run of that id is under way
   */
  start<R>(
    definition: Definition,
    input: unknown,
    { runId = randomUUID(), signal }: StartOptions = {},
  ): WorkflowRun<R> {
    const live = this.#begin(definition, input, runId, null, (run) => run.start())
    if (signal !== undefined) live.obey(signal)
    return this.#facade(live)
  }

  /** The run of that id; undefined when there is none, or it is no longer kept. */
  get(runId: string): WorkflowRun<unknown> | undefined {
    const live = this.#book.get(runId)
    return live === undefined ? undefined : this.#facade(live)
  }

  /** Runs, newest first, a page at a time. @throws ConfigurationError */
  list(query: RunQuery = {}): RunPage {
    checkOptions(queryTable, query, 'list')
    return this.#book.list(query)
  }

  /** A run with each of its steps. @throws UnknownTaskError */
  inspect(runId: string): RunInfo {
    return infoOf(this.#known(runId))
  }

  /** True when this call ended it. @throws UnknownTaskError */
  cancel(runId: string, reason?: string): boolean {
    return this.#known(runId).cancel(reason)
  }

  /** Starts no more of its steps. True when this call paused it. @throws UnknownTaskError */
  pause(runId: string): boolean {
    return this.#known(runId).pause()
  }

  /** True when this call ended the pause. @throws UnknownTaskError */
  resume(runId: string): boolean {
    return this.#known(runId).resume()
  }

  /** As `WorkflowRun.retry`. @throws UnknownTaskError, TaskStateError */
  retry(runId: string): WorkflowRun<unknown> {
    return this.#retry(this.#known(runId))
  }

  /** Calls `listener` for each such event, until the returned function is called. @throws ConfigurationError */
  on<K extends keyof RunEvents>(type: K, listener: (event: RunEvents[K]) => void): () => void {
    const set = Object.hasOwn(this.#listeners, type) ? this.#listeners[type] : undefined
    if (set === undefined || typeof listener !== 'function') {
      throw new ConfigurationError(`on accepts 'started', 'step' or 'ended' and a function, got ${describeValue(type)}`)
    }
    const own = (event: RunEvents[K]): void => listener(event)
    set.add(own)
    return () => set.delete(own)
  }

  /** Settles when no run is under way. */
  drain(): Promise<void> {
    return this.#book.drained()
  }

  /**
   * Takes up the runs of the store that are not over: after a crash, or after the engine was closed under them. Finished steps
   * are not repeated; those that were under way are started again.
   * @param options `all`: those too that came no further the last times
   * @returns the runs that go on. One whose workflow is not defined here, or has changed, is left as it is, with a warning.
   */
  async recover({ all = false }: { readonly all?: boolean } = {}): Promise<readonly WorkflowRun<unknown>[]> {
    const records = (await this.#store?.unfinished(all)) ?? []
    const taken: WorkflowRun<unknown>[] = []
    for (const { runId } of records) {
      if (this.#book.isUnderWay(runId)) continue
      const stored = await this.#store?.load(runId)
      const live = stored === undefined ? undefined : this.#takeUp(stored)
      if (live !== undefined) taken.push(this.#facade(live))
    }
    return taken
  }

  #takeUp({ record, events }: StoredRun): LiveRun | undefined {
    const definition = this.#definitions.get(record.workflow)
    const same = definition !== undefined && fingerprintOf(definition.graph) === record.fingerprint
    if (!same) {
      const why = definition === undefined ? 'is not defined here' : 'has other steps now'
      process.emitWarning(`run ${record.runId} cannot be taken up: its workflow '${record.workflow}' ${why}`, {
        type: 'CatzillaWarning',
        code: 'CATZILLA_WORKFLOW_NOT_RECOVERED',
      })
      return undefined
    }
    const live = this.#enter(definition, record)
    live.takeUp(events)
    return live
  }

  #begin(
    definition: Definition,
    input: unknown,
    runId: string,
    parent: Parent | null,
    start: (run: LiveRun) => void,
    retryOf: string | null = null,
  ): LiveRun {
    if (this.#book.isUnderWay(runId)) {
      throw new WorkflowError(`a run with id '${runId}' is under way already; give another runId`, { runId })
    }
    const fingerprint = this.#store === undefined ? '' : fingerprintOf(definition.graph)
    const createdAt = definition.clock.epochMs()
    const record = {
      runId,
      workflow: definition.name,
      fingerprint,
      input,
      createdAt,
      parentRunId: parent?.runId ?? null,
      retryOf,
    }
    const live = this.#enter(definition, record)
    this.#whenKept(live, parent !== null, () => start(live))
    return live
  }

  #enter(definition: Definition, record: RunRecord): LiveRun {
    const live = new LiveRun({
      definition,
      record,
      store: this.#store,
      startChild: (child, input, parent) => this.#startChild(child, input, parent),
      onStep: () => (this.#listeners.step.size === 0 ? undefined : this.#tellStep),
      onEnd: (run) => this.#ended(run),
    })
    this.#book.add(live)
    this.#tell('started', () => summaryOf(live))
    return live
  }

  /** Calls `start` when the store has the run; a run that is a step may be there from before. */
  #whenKept(live: LiveRun, mayBeThere: boolean, start: () => void): void {
    const store = this.#store
    if (store === undefined) return start()
    const create = (stored: StoredRun | undefined): void | Promise<void> => {
      if (stored !== undefined) return live.takeUp(stored.events)
      return andThen(store.create(live.record), start)
    }
    try {
      const done = mayBeThere ? andThen(store.load(live.record.runId), create) : create(undefined)
      if (done instanceof Promise) done.catch((thrown: unknown) => live.interrupt(toError(thrown)))
    } catch (thrown) {
      live.interrupt(toError(thrown))
    }
  }

  #startChild(definition: Definition, input: unknown, parent: Parent): TaskResult<unknown> {
    const runId = `${parent.runId}.${parent.stepId}`
    return this.#facade(this.#begin(definition, input, runId, parent, (run) => run.start()))
  }

  #facade<R>(live: LiveRun): WorkflowRun<R> {
    return new WorkflowRun<R>(live, () => this.#retry(live))
  }

  #retry<R>(live: LiveRun): WorkflowRun<R> {
    const { status, record, definition, run } = live
    if (status !== 'failed' && status !== 'cancelled' && status !== 'timedOut') {
      throw new TaskStateError(
        `run ${record.runId} of workflow '${record.workflow}' is ${status}; only a failed, cancelled or timed-out run can be retried`,
      )
    }
    const kept = keptOf(run)
    const next = this.#begin(definition, record.input, randomUUID(), null, (again) => again.start(kept), record.runId)
    return this.#facade(next)
  }

  #known(runId: string): LiveRun {
    const live = this.#book.get(runId)
    if (live !== undefined) return live
    throw new UnknownTaskError(
      `there is no run with id ${describeValue(runId)}; runs that are over are kept as far as keepRuns says`,
    )
  }

  #ended(live: LiveRun): void {
    this.#book.ended(live)
    this.#tell('ended', () => summaryOf(live))
  }

  readonly #tellStep: StepListener = (event) => {
    for (const listener of this.#listeners.step) callSafely(() => listener(event), 'listener of steps')
  }

  #tell(type: 'started' | 'ended', make: () => RunSummary): void {
    const set = this.#listeners[type]
    if (set.size === 0) return
    const event = make()
    queueMicrotask(() => {
      for (const listener of set) callSafely(() => listener(event), `listener of '${type}'`)
    })
  }
}

export interface StartOptions {
  /** Unique among the runs; a random UUID by default. */
  readonly runId?: string
  /** Cancels the run when it aborts. */
  readonly signal?: AbortSignal
}

/** Goes on at once when the store has answered at once. */
function andThen<T>(answer: T | Promise<T>, goOn: (value: T) => void | Promise<void>): void | Promise<void> {
  return answer instanceof Promise ? answer.then((value) => goOn(value)) : goOn(answer)
}
