// The one object that applications hold: defines tasks, submits them, looks at them, controls and ends them.
import {
  ConfigurationError,
  EngineClosedError,
  TaskDefinitionError,
  checkOptions,
  describeValue,
  insideIsolate,
  resolvePriority,
  selectEngine,
  systemClock,
} from '@catzilla/engine'
import type {
  BuiltInKernelName,
  BuiltInKernels,
  Clock,
  EngineEventType,
  EngineInfo,
  EngineListener,
  EngineStatistics,
  Monitor,
  PriorityName,
  ScaleTarget,
  ShutdownReport,
  StopOptions,
  TaskEngine,
  TaskHandler,
  TaskInfo,
  TaskPage,
  TaskPriority,
  TaskQuery,
} from '@catzilla/engine'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { loadCompiler } from './compiler.ts'
import { wrapDurable } from './durable.ts'
import { keepInside } from './inside.ts'
import type { KernelConfig, KernelTask, LibraryKernelConfig } from './kernel.ts'
import { MonitorHome } from './monitor.ts'
import { resolveTasksOptions, shutdownTable } from './options.ts'
import type { ResolvedTasksOptions, TasksOptions } from './options.ts'
import { Registry } from './registry.ts'
import type { AnyTask } from './registry.ts'
import type { Schedule, ScheduleInfo, ScheduleOptions } from './schedule.ts'
import { ScheduleBook } from './schedule-book.ts'
import { handleSignals } from './signals.ts'
import { submit } from './submit.ts'
import { partsOf } from './task.ts'
import type { Task, TaskHome } from './task.ts'
import type { BodyResult, InputSchemas, SchemaInputs, SchemaOutputs, TaskConfig } from './task-config.ts'
import { decorateMethod } from './task-method.ts'
import type { MethodDecorator } from './task-method.ts'
import { TaskResult } from './task-result.ts'
import { Turnstile } from './turnstile.ts'

/** Filters of `listTasks`; as `TaskQuery`, and the class may be given by name. */
export interface TaskListQuery extends Omit<TaskQuery, 'priority'> {
  readonly priority?: TaskPriority | PriorityName
}

/** Options of `shutdown`; the defaults are `true` and the `shutdownTimeoutMs` of `createTasks`. */
export type ShutdownOptions = Partial<StopOptions>

/**
 * Background tasks on one engine.
 * @example
 * const tasks = new BackgroundTasks()
 * const add = tasks.task({ name: 'add' }, (a: number, b: number) => a + b)
 * const sum = await add.delay(1, 2).wait()
 * await tasks.shutdown()
 */
export class BackgroundTasks implements AsyncDisposable {
  readonly engine: TaskEngine
  /** Which engine runs the tasks, why, and which were passed over. */
  readonly engineInfo: EngineInfo
  /** Settles when the engine can run tasks; rejects with EngineUnavailableError. Submitting need not wait for it. */
  readonly ready: Promise<void>
  readonly #options: ResolvedTasksOptions
  readonly #clock: Clock
  readonly #registry: Registry
  readonly #schedules: ScheduleBook
  readonly #stopHandlingSignals: () => void
  /** Inside a thread or process of a lane, modules define their tasks anew: no store is opened there and nothing comes due. */
  readonly #dormant = insideIsolate()
  readonly #monitor: MonitorHome
  #closing = false

  /** @throws ConfigurationError, EngineUnavailableError */
  constructor(options: TasksOptions = {}) {
    this.#options = resolveTasksOptions(options, process.env)
    this.#clock = options.clock ?? systemClock
    const { engine, info } = selectEngine(options.engine, this.#options.engineOptions)
    const { durable } = this.#options
    this.engine =
      durable === undefined || this.#dormant ? engine : wrapDurable(engine, durable, this.#options.engineOptions)
    this.engineInfo = info
    this.ready = this.engine.start()
    this.ready.catch(() => {}) // whoever looks at `ready` gets the error; nobody has to
    const home: TaskHome = { engine: this.engine, clock: this.#clock, turnstile: new Turnstile() }
    this.#registry = new Registry(home, this.#options.taskDefaults)
    this.#schedules = new ScheduleBook(home, this.#dormant)
    keepInside(this, { registry: this.#registry, clock: this.#clock })
    if (this.#options.taskDefaults.compile !== false) this.engine.useCompiler?.(loadCompiler)
    this.#monitor = new MonitorHome(this.engine, options.clock)
    if (options.enableAutoScaling !== false && !this.#dormant) this.#monitor.scaleIfInstalled()
    const handles = this.#options.handleSignals && !this.#dormant
    this.#stopHandlingSignals = handles ? handleSignals(() => this.shutdown()) : () => {}
  }

  /**
   * Defines a task.
   * @throws TaskDefinitionError for a name that is taken or missing, ConfigurationError for options
   * @example
   * const sendEmail = tasks.task({ name: 'email.send', priority: 'high' }, async (to: string, subject: string) => …)
   */
  task<A extends unknown[], Raw>(body: (...args: A) => Raw): Task<A, Awaited<Raw>, Raw>
  task<S extends InputSchemas, O extends StandardSchemaV1>(
    config: TaskConfig<SchemaOutputs<S>, StandardSchemaV1.InferOutput<O>> & { readonly input: S; readonly output: O },
    body: (...args: SchemaOutputs<S>) => BodyResult<O>,
  ): Task<SchemaInputs<S>, StandardSchemaV1.InferOutput<O>>
  task<S extends InputSchemas, Raw>(
    config: TaskConfig<SchemaOutputs<S>, Awaited<Raw>> & { readonly input: S; readonly output?: undefined },
    body: (...args: SchemaOutputs<S>) => Raw,
  ): Task<SchemaInputs<S>, Awaited<Raw>, Raw>
  task<A extends unknown[], O extends StandardSchemaV1>(
    config: TaskConfig<A, StandardSchemaV1.InferOutput<O>> & { readonly output: O; readonly input?: undefined },
    body: (...args: A) => BodyResult<O>,
  ): Task<A, StandardSchemaV1.InferOutput<O>>
  task<A extends unknown[], Raw>(
    config: TaskConfig<A, Awaited<Raw>> & { readonly input?: undefined; readonly output?: undefined },
    body: (...args: A) => Raw,
  ): Task<A, Awaited<Raw>, Raw>
  task(configOrBody: object, maybeBody?: TaskHandler): unknown {
    if (typeof configOrBody === 'function') return this.#registry.define({}, configOrBody as TaskHandler)
    if (typeof configOrBody !== 'object' || configOrBody === null) {
      throw new TaskDefinitionError(
        `task() takes a function, or options and a function, got ${describeValue(configOrBody)}`,
      )
    }
    return this.#registry.define(configOrBody, maybeBody as TaskHandler)
  }

  /**
   * Defines a task whose body is a kernel: C on engines with a native lane; elsewhere a built-in one runs as its JavaScript
   * twin, with the same results. A direct call of the task runs the twin here. Asked for again with the same name and
   * options, it is the task that is there: modules may each ask for the kernel they use.
   * @throws TaskDefinitionError for an unknown kernel, a library that is not there, a name that another task has
   * @throws UnsupportedByEngineError for the kernel of a library on an engine without a native lane
   * @example
   * const sum = await tasks.kernel('sum').delay(Float64Array.of(1, 2, 3)).wait()
   * const area = tasks.kernel<(a: number, b: number) => number>('my.area', { library: './my_kernels.so' })
   */
  kernel<N extends BuiltInKernelName>(name: N, config?: KernelConfig<BuiltInKernels[N]>): KernelTask<BuiltInKernels[N]>
  kernel<F extends TaskHandler = (...args: unknown[]) => unknown>(
    name: string,
    config: LibraryKernelConfig<F>,
  ): KernelTask<F>
  kernel(name: string, config: KernelConfig | LibraryKernelConfig = {}): unknown {
    return this.#registry.defineKernel(name, config)
  }

  /**
   * Decorates a public static method, which becomes a task named `Class.method`. `taskOf(Class.method)` gives it its type.
   * @throws TaskDefinitionError for other methods
   * @example
   * class Mailer {
   *   \@tasks.taskMethod({ priority: 'high' })
   *   static send(to: string) { … }
   * }
   * taskOf(Mailer.send).delay('a@b.c')
   */
  taskMethod(config: TaskConfig = {}): MethodDecorator {
    return (method, context) =>
      decorateMethod(method, context, (fallbackName, body) => {
        const parts = partsOf(this.#registry.define(config, body, fallbackName))
        if (parts === undefined) throw new TaskDefinitionError(`method ${fallbackName} did not become a task`)
        return parts
      })
  }

  /**
   * Submits a task, or any function as a task of its own name.
   * @throws QueueFullError, PayloadError, EngineClosedError, ConfigurationError
   * @example
   * tasks.addTask(resize, ['in.png', 640], { priority: TaskPriority.LOW })
   */
  addTask<A extends readonly unknown[], Raw>(
    body: (...args: A) => Raw,
    ...[args, config]: A extends readonly []
      ? [args?: A, config?: TaskConfig<A, Awaited<Raw>>]
      : [args: NoInfer<A>, config?: TaskConfig<A, Awaited<Raw>>]
  ): TaskResult<Awaited<Raw>> {
    const list = args ?? []
    if (!Array.isArray(list)) {
      throw new ConfigurationError(`addTask: the arguments must be an array, got ${describeValue(args)}`)
    }
    return submit(this.#registry.partsForCall(body, config as TaskConfig | undefined), [
      ...(list as readonly unknown[]),
    ])
  }

  /** The task defined with `name`. @throws UnknownTaskError */
  taskNamed(name: string): AnyTask {
    return this.#registry.get(name)
  }

  /** Names of all tasks defined. */
  get taskNames(): string[] {
    return this.#registry.names
  }

  /** Everything known of a task; undefined when there is none with that id, or it is no longer kept. */
  getTask(taskId: string): Promise<TaskInfo | undefined> {
    return this.engine.find(taskId)
  }

  /** Tasks, newest first, a page at a time. @throws ConfigurationError */
  async listTasks(query: TaskListQuery = {}): Promise<TaskPage> {
    if (typeof query !== 'object' || query === null) {
      throw new ConfigurationError(`listTasks: the query must be an object, got ${describeValue(query)}`)
    }
    const { priority, ...rest } = query
    return this.engine.list(priority === undefined ? rest : { ...rest, priority: resolvePriority(priority) })
  }

  /** Ends a task by its id. Resolves to true when this call ended it. */
  cancel(taskId: string, reason?: string): Promise<boolean> {
    return this.engine.cancel(taskId, reason)
  }

  /** Submits a failed, cancelled or expired task again, as a new task. @throws UnknownTaskError, TaskStateError */
  async retry(taskId: string): Promise<TaskResult<unknown>> {
    return new TaskResult(await this.engine.retry(taskId), this.#clock)
  }

  /** Starts nothing more, of one task or of all; what runs goes on. @throws UnknownTaskError */
  async pause(name?: string): Promise<void> {
    await this.engine.pause(name === undefined ? undefined : this.#registry.get(name).taskName)
  }

  /** Ends the pause. @throws UnknownTaskError */
  async resume(name?: string): Promise<void> {
    await this.engine.resume(name === undefined ? undefined : this.#registry.get(name).taskName)
  }

  /** Settles when nothing is queued, scheduled, retrying or running. */
  drain(): Promise<void> {
    return this.engine.drain()
  }

  /** The figures of this moment, flat. */
  getStats(): EngineStatistics {
    return this.#monitor.complete(this.engine.snapshot())
  }

  /** Figures in groups, workers, health; made when first looked at. @throws EngineUnavailableError when not installed */
  get monitor(): Monitor {
    return this.#monitor.monitor
  }

  /** Changes the number of slots or workers. @throws UnsupportedByEngineError */
  scale(target: ScaleTarget): Promise<void> {
    return this.engine.scale(target)
  }

  /** Calls `listener` for each such event, until the returned function is called. @throws ConfigurationError */
  on<K extends EngineEventType>(type: K, listener: EngineListener<K>): () => void {
    return this.engine.subscribe([type], listener)
  }

  /**
   * Submits a task again and again. A schedule of the same id takes the place of the one before. With `durable`, slots that
   * pass while no process runs are missed slots, and `misfire` says what becomes of them when the schedule is made again.
   * @throws ConfigurationError, EngineClosedError
   * @example
   * tasks.schedule('nightly', { cron: '0 3 * * *', timeZone: 'Europe/Stockholm' }, cleanUp, [])
   */
  schedule<A extends readonly unknown[], R>(
    id: string,
    when: ScheduleOptions,
    task: Task<A, R, unknown>,
    args: NoInfer<A>,
  ): Schedule {
    const parts = partsOf(task)
    if (parts === undefined) {
      throw new TaskDefinitionError(`schedule '${id}' takes a task made by task(), got ${describeValue(task)}`)
    }
    this.#registry.own(parts)
    if (typeof id !== 'string' || id === '') {
      throw new ConfigurationError(`a schedule needs an id of 1 or more characters, got ${describeValue(id)}`)
    }
    if (this.#closing) {
      throw new EngineClosedError(`schedule '${id}' cannot be made: the tasks were shut down; make new ones`)
    }
    if (!Array.isArray(args)) {
      throw new ConfigurationError(`schedule '${id}': the arguments must be an array, got ${describeValue(args)}`)
    }
    return this.#schedules.add(id, when, task as unknown as AnyTask, args)
  }

  /** All schedules, and what they are doing. */
  get schedules(): ScheduleInfo[] {
    return this.#schedules.infos
  }

  /** The schedule with that id, to pause, resume or run it now; undefined when there is none. */
  getSchedule(id: string): Schedule | undefined {
    return this.#schedules.get(id)
  }

  /** Ends a schedule; tasks it submitted go on. True when there was one. */
  unschedule(id: string): boolean {
    return this.#schedules.remove(id)
  }

  /** Takes no more tasks, lets those there are end (by default), and reports; later calls give the same. @throws ConfigurationError */
  async shutdown(options: ShutdownOptions = {}): Promise<ShutdownReport> {
    checkOptions(shutdownTable, options, 'shutdown')
    this.#closing = true
    this.#schedules.close()
    try {
      return await this.engine.stop({
        waitForCompletion: options.waitForCompletion ?? true,
        timeoutMs: options.timeoutMs ?? this.#options.shutdownTimeoutMs,
      })
    } finally {
      this.#monitor.close()
      this.#stopHandlingSignals()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown()
  }
}

/** Makes background tasks; short for `new BackgroundTasks(options)`. @throws ConfigurationError, EngineUnavailableError */
export function createTasks(options?: TasksOptions): BackgroundTasks {
  return new BackgroundTasks(options)
}
