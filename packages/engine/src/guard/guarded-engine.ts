// Put once round any engine: the life cycle (new, started, stopping, stopped) and the checks of what is asked, so that
// each engine may take for granted that a call is legal and its arguments are of the right shape.
import type { BodyReport, ColumnsWay, LoadCompiler } from '../contract/body-compiler.ts'
import type { CallGraph, CallGraphEnd, GraphStep, GraphTerms } from '../contract/call-graph.ts'
import type { EngineCapabilities } from '../contract/capabilities.ts'
import {
  ConfigurationError,
  EngineClosedError,
  TaskDefinitionError,
  UnsupportedByEngineError,
  describeValue,
  toError,
} from '../contract/errors.ts'
import { engineEventTypes } from '../contract/events.ts'
import type { EngineEventType, EngineListener } from '../contract/events.ts'
import type { EngineMeasurements } from '../contract/measurements.ts'
import type { EngineRecords } from '../contract/engine-records.ts'
import type { EngineStatistics } from '../contract/statistics.ts'
import type {
  EngineState,
  ScaleTarget,
  ShutdownReport,
  StopOptions,
  TaskEngine,
  TaskPage,
  TaskQuery,
} from '../contract/task-engine.ts'
import type { TaskKeeper, TaskPast } from '../contract/task-keeper.ts'
import type { TaskCall, TaskDefinition, TaskHandle, TaskInfo } from '../contract/task.ts'
import { checkQuery, checkScaleTarget, checkStopOptions, checkTaskId } from './checks.ts'

const defaultStopOptions: StopOptions = { waitForCompletion: true, timeoutMs: 30_000 }

/** `engine` behind the guard; an engine that is behind one already is given back as it is. */
export function guardEngine(engine: TaskEngine): TaskEngine {
  return engine instanceof GuardedEngine ? engine : new GuardedEngine(engine)
}

class GuardedEngine implements TaskEngine {
  readonly name: string
  readonly capabilities: EngineCapabilities
  /** Only where the engine has it. */
  readonly measurements?: () => EngineMeasurements
  readonly #engine: TaskEngine
  #state: EngineState = 'new'
  /** Why the latest start failed. */
  #startFailure: Error | undefined
  #stopped: Promise<ShutdownReport> | undefined

  constructor(engine: TaskEngine) {
    this.#engine = engine
    this.name = engine.name
    this.capabilities = engine.capabilities
    if (engine.measurements !== undefined) this.measurements = engine.measurements.bind(engine)
  }

  get state(): EngineState {
    return this.#state
  }

  async start(): Promise<void> {
    if (this.#state === 'started') {
      throw new ConfigurationError(`the ${this.name} engine was started already; start() is called once`)
    }
    if (this.#state !== 'new') throw this.#closed('started')
    this.#state = 'started'
    try {
      await this.#engine.start()
    } catch (error) {
      // what could not be started may be tried again
      this.#state = 'new'
      this.#startFailure = toError(error)
      throw error
    }
  }

  register(definition: TaskDefinition): void {
    const { name, handler } = definition
    if (typeof name !== 'string' || name.length === 0) {
      throw new TaskDefinitionError(
        `the name of a task must be a text of 1 or more characters, got ${describeValue(name)}`,
      )
    }
    if (typeof handler !== 'function') {
      throw new TaskDefinitionError(`task '${name}': the handler must be a function, got ${describeValue(handler)}`)
    }
    this.#engine.register(definition)
  }

  submit(call: TaskCall, args: readonly unknown[]): TaskHandle {
    if (this.#state !== 'started') throw this.#closed('given a task')
    return this.#engine.submit(call, args)
  }

  submitMany(call: TaskCall, argsList: readonly (readonly unknown[])[]): TaskHandle[] {
    if (this.#state !== 'started') throw this.#closed('given tasks')
    return this.#engine.submitMany(call, argsList)
  }

  async room(): Promise<void> {
    if (this.#state !== 'started') throw this.#closed('given a task')
    await this.#engine.room()
    if (this.#state !== 'started') throw this.#closed('given a task')
  }

  async cancel(taskId: string, reason?: string): Promise<boolean> {
    checkTaskId(taskId)
    return this.#engine.cancel(taskId, reason)
  }

  async retry(taskId: string): Promise<TaskHandle> {
    if (this.#state !== 'started') throw this.#closed('given a task')
    checkTaskId(taskId)
    return this.#engine.retry(taskId)
  }

  async find(taskId: string): Promise<TaskInfo | undefined> {
    checkTaskId(taskId)
    return this.#engine.find(taskId)
  }

  async list(query: TaskQuery = {}): Promise<TaskPage> {
    checkQuery(query)
    return this.#engine.list(query)
  }

  pause(name?: string): Promise<void> {
    return this.#engine.pause(name)
  }

  resume(name?: string): Promise<void> {
    return this.#engine.resume(name)
  }

  async scale(target: ScaleTarget): Promise<void> {
    checkScaleTarget(target)
    await this.#engine.scale(target)
  }

  drain(): Promise<void> {
    return this.#engine.drain()
  }

  snapshot(): EngineStatistics {
    return this.#engine.snapshot()
  }

  subscribe<K extends EngineEventType>(types: readonly K[], listener: EngineListener<K>): () => void {
    for (const type of types) {
      if (!engineEventTypes.includes(type)) {
        throw new ConfigurationError(
          `there is no event ${describeValue(type)}; known are ${engineEventTypes.join(', ')}`,
        )
      }
    }
    if (typeof listener !== 'function') {
      throw new ConfigurationError(`a listener must be a function, got ${describeValue(listener)}`)
    }
    return this.#engine.subscribe(types, listener)
  }

  useCompiler(load: LoadCompiler): void {
    this.#engine.useCompiler?.(load)
  }

  keepWith(keeper: TaskKeeper): void {
    if (this.#engine.keepWith === undefined || this.#state !== 'new') {
      throw new UnsupportedByEngineError(
        `the ${this.name} engine cannot be made durable${this.#state === 'new' ? '' : ' after its start'}; use engine: 'native' or 'typescript'`,
      )
    }
    this.#engine.keepWith(keeper)
  }

  get records(): EngineRecords | undefined {
    return this.#engine.records
  }

  takeUp(call: TaskCall, args: readonly unknown[], past: TaskPast): TaskHandle {
    if (this.#state !== 'started') throw this.#closed('given a task')
    if (this.#engine.takeUp === undefined) {
      throw new UnsupportedByEngineError(`the ${this.name} engine cannot take up tasks of an earlier process`)
    }
    return this.#engine.takeUp(call, args, past)
  }

  reportOf(call: TaskCall): BodyReport | undefined {
    return this.#engine.reportOf?.(call)
  }

  columnsOf(call: TaskCall, columns: number, rows: number): ColumnsWay | undefined {
    return this.#engine.columnsOf?.(call, columns, rows)
  }

  graphStepOf(call: TaskCall, args: number): GraphStep {
    const step = this.#engine.graphStepOf?.(call, args)
    return step ?? { call: null, reason: `the ${this.name} engine runs no graphs in C`, runMs: Infinity }
  }

  submitGraph(terms: GraphTerms, graph: CallGraph): TaskHandle<CallGraphEnd> {
    if (this.#state !== 'started') throw this.#closed('given a graph')
    if (this.#engine.submitGraph === undefined) {
      throw new UnsupportedByEngineError(`the ${this.name} engine runs no graphs in C; submit their tasks one by one`)
    }
    return this.#engine.submitGraph(terms, graph)
  }

  async stop(options: StopOptions): Promise<ShutdownReport> {
    checkStopOptions(options)
    this.#stopped ??= this.#stop({ ...defaultStopOptions, ...options })
    return this.#stopped
  }

  async #stop(options: StopOptions): Promise<ShutdownReport> {
    const neverStarted = this.#state === 'new'
    this.#state = 'stopping'
    try {
      if (neverStarted) return { completed: 0, cancelled: 0, requeued: 0, abandoned: [] }
      return await this.#engine.stop(options)
    } finally {
      this.#state = 'stopped'
    }
  }

  #closed(what: string): EngineClosedError {
    const cannot = `the ${this.name} engine cannot be ${what}`
    const failure = this.#startFailure
    if (this.#state !== 'new') return new EngineClosedError(`${cannot}: it is ${this.#state}; make a new engine`)
    if (failure === undefined) {
      return new EngineClosedError(`${cannot}: it has not been started; call start() first`)
    }
    // whoever submits may be the only one who hears of it
    return new EngineClosedError(`${cannot}: it has not been started, for that failed: ${failure.message}`, {
      cause: failure,
    })
  }
}
