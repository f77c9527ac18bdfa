// What a case works with: engines that are watched and stopped after it, moments, a clock, and tasks that block.
import assert from 'node:assert/strict'
import type { EngineCapabilities } from '../contract/capabilities.ts'
import { isSettled } from '../contract/task-state.ts'
import type { TaskEngine } from '../contract/task-engine.ts'
import type { TaskCall, TaskContext, TaskDefinition, TaskHandle, TaskHandler } from '../contract/task.ts'
import { guardEngine } from '../guard/guarded-engine.ts'
import { kernelNamed } from '../kernels/built-in-kernels.ts'
import type { BuiltInKernelName } from '../kernels/built-in-kernels.ts'
import { currentTask } from '../lanes/task-context.ts'
import type { EngineOptions } from '../options/engine-options.ts'
import { resolveTaskOptions } from '../options/task-options.ts'
import type { TaskOptions } from '../options/task-options.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { Moment, someTurns } from './moment.ts'
import { ProcessWatch } from './process-watch.ts'
import { WatchedClock } from './watched-clock.ts'

/** Makes a fresh engine that has not been started. */
export type EngineFactory = (options: EngineOptions) => TaskEngine | Promise<TaskEngine>

/** A task that occupies a slot until the case lets it go. */
export interface Blocker {
  readonly handle: TaskHandle
  readonly context: TaskContext
  release(value?: unknown): void
  fail(error: Error): void
}

/** Tasks of the suite fail at their first failure unless a case says otherwise, and never at random moments. */
const baseOptions = resolveTaskOptions({ maxRetries: 0, retryJitter: 0, retryBackoff: 'fixed', retryDelayMs: 1 })

export class Harness {
  readonly capabilities: EngineCapabilities
  /** Drives the engines of a case that needs `virtualClock`. */
  readonly clock: VirtualClock = new VirtualClock()
  readonly #factory: EngineFactory
  readonly #virtual: boolean
  readonly #realClock = new WatchedClock()
  readonly #engines: TaskEngine[] = []
  readonly #handles = new Set<TaskHandle>()
  readonly #moments: Moment<never>[] = []
  readonly #watch = new ProcessWatch()
  #names = 0

  /** @param virtual whether the engines get the virtual clock */
  constructor(factory: EngineFactory, capabilities: EngineCapabilities, virtual: boolean) {
    this.#factory = factory
    this.capabilities = capabilities
    this.#virtual = virtual
  }

  /** An engine behind the guard that `createTasks` puts round every engine, not yet started. */
  async make(options: EngineOptions = {}): Promise<TaskEngine> {
    const clock = this.#virtual ? this.clock : this.#realClock
    const engine = guardEngine(await this.#factory(this.capabilities.virtualClock ? { clock, ...options } : options))
    this.#remember(engine)
    this.#engines.push(engine)
    return engine
  }

  async start(options: EngineOptions = {}): Promise<TaskEngine> {
    const engine = await this.make(options)
    await engine.start()
    return engine
  }

  /** Registers a task and gives the call for it. */
  define(
    engine: TaskEngine,
    handler: TaskHandler,
    asked: TaskOptions = {},
    name: string = this.newName(),
    more: Pick<TaskDefinition, 'kernel'> = {},
  ): TaskCall {
    const options = resolveTaskOptions(asked, baseOptions)
    engine.register({ name, handler, options, ...more })
    return Object.freeze({ name, options, ...more })
  }

  /** Registers a task of the native lane over a kernel that comes with the engine, and gives the call for it. */
  defineKernel(engine: TaskEngine, kernel: BuiltInKernelName, asked: TaskOptions = {}, name?: string): TaskCall {
    const twin = kernelNamed(kernel)?.run ?? assert.fail(`no kernel ${kernel}`)
    return this.define(engine, twin, { lane: 'native', ...asked }, name, { kernel: { name: kernel } })
  }

  newName(): string {
    return `conformance.${++this.#names}`
  }

  moment<T = void>(name: string): Moment<T> {
    const moment = new Moment<T>(name)
    // the list only asks for names and lets moments pass; it never makes use of their value
    this.#moments.push(moment as unknown as Moment<never>)
    return moment
  }

  /** Submits a task that runs until it is released, and waits until it runs. */
  async occupy(engine: TaskEngine, asked: TaskOptions = {}, name?: string): Promise<Blocker> {
    const started = this.moment<TaskContext>('the blocking task started')
    const over = this.moment<unknown>('the blocking task was released')
    const body = (): Promise<unknown> => {
      const context = currentTask()
      if (context !== undefined) started.reach(context)
      return over.reached
    }
    const handle = engine.submit(this.define(engine, body, asked, name), [])
    const context = await started.reached
    return { handle, context, release: (value) => over.reach(value), fail: over.fail }
  }

  /** Waits for the process warning that a case provokes; any other one fails the case. */
  expectWarning(): Promise<Error> {
    return this.#watch.expectWarning()
  }

  /** What the case was still waiting for, for the message when it gives up. */
  pending(): string {
    const moments = this.#moments.filter((moment) => !moment.isReached).map((moment) => `"${moment.name}" to come`)
    const handles = [...this.#handles].filter((handle) => !isSettled(handle.status))
    const tasks = handles.slice(0, 5).map((handle) => `${handle.name} (${handle.status}) to settle`)
    return [...moments, ...tasks].join(', ') || 'nothing that has a name'
  }

  /** Stops the engines, lets blocked bodies end, and tells what was left behind. */
  async end(): Promise<string[]> {
    const stops = this.#engines.map((engine) => engine.stop({ waitForCompletion: false, timeoutMs: 0 }))
    const failed = (await Promise.allSettled(stops)).filter((each) => each.status === 'rejected')
    for (const moment of this.#moments) if (!moment.isReached) moment.reach(undefined as never)
    const problems = [
      ...failed.map((each) => `stop() rejected: ${String(each.reason)}`),
      ...(await this.#openHandles()),
    ]
    problems.push(...(await this.#watch.end()))
    const alarms = this.clock.pendingAlarms + this.#realClock.pendingAlarms
    if (alarms > 0) problems.push(`${alarms} alarms of the clock were left set`)
    return problems
  }

  async #openHandles(): Promise<string[]> {
    const told = new Map<TaskHandle, number>()
    for (const handle of this.#handles) handle.onSettled(() => told.set(handle, (told.get(handle) ?? 0) + 1))
    await someTurns(2)
    return [...this.#handles].flatMap((handle) => {
      const times = told.get(handle) ?? 0
      const what = `task ${handle.name} (${handle.taskId})`
      if (!isSettled(handle.status)) return [`${what} is still ${handle.status} after stop()`]
      if (handle.outcome?.status !== handle.status) return [`${what} is ${handle.status} but has another outcome`]
      return times === 1 ? [] : [`${what} told a listener ${times} times that it settled`]
    })
  }

  /** Notes every handle that the engine gives out. Guards are made per call of the factory: nobody else sees it. */
  #remember(engine: TaskEngine): void {
    const submit = engine.submit.bind(engine)
    const submitMany = engine.submitMany.bind(engine)
    const retry = engine.retry.bind(engine)
    const note = (handle: TaskHandle): TaskHandle => {
      this.#handles.add(handle)
      return handle
    }
    engine.submit = (call, args) => note(submit(call, args))
    engine.submitMany = (call, argsList) => submitMany(call, argsList).map((handle) => note(handle))
    engine.retry = async (taskId) => note(await retry(taskId))
  }
}

/** Worker figures count the worker threads of an engine that has its own, and inline slots elsewhere. */
export function countsThreads({ nativeLane }: EngineCapabilities): boolean {
  return nativeLane
}

/** The call with other options. */
export function vary(call: TaskCall, asked: TaskOptions): TaskCall {
  return Object.freeze({ ...call, options: resolveTaskOptions(asked, call.options) })
}

/** A call that brings its own handler. */
export function adHoc(name: string, handler: TaskHandler, asked: TaskOptions = {}): TaskCall {
  return Object.freeze({ name, handler, options: resolveTaskOptions(asked, baseOptions) })
}
