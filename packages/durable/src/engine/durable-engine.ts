// A local engine with a store round it: tasks are in the store before they count as accepted, and their ends before anybody
// hears of them. What an earlier process left unsettled is run by this one.
import {
  EngineClosedError,
  TaskStateError,
  UnknownTaskError,
  UnsupportedByEngineError,
  describeValue,
  isSettled,
} from '@catzilla/engine'
import type {
  BodyReport,
  EngineCapabilities,
  EngineEventType,
  EngineListener,
  EngineMeasurements,
  EngineRecords,
  EngineStatistics,
  LoadCompiler,
  ScaleTarget,
  ShutdownReport,
  StopOptions,
  TaskCall,
  TaskDefinition,
  TaskEngine,
  TaskHandle,
  TaskInfo,
  TaskPage,
  TaskQuery,
} from '@catzilla/engine'
import { keys, placeOf } from '../format/keys.ts'
import type { ResolvedDurableOptions } from '../options.ts'
import type { Files } from '../store/files.ts'
import { Calls, withoutEnds } from './calls.ts'
import type { KnownCall } from './calls.ts'
import type { DurableHandle } from './durable-handle.ts'
import { EventRelay } from './event-relay.ts'
import { Opened } from './opened.ts'
import { endTypes } from './settlement.ts'

export class DurableEngine implements TaskEngine {
  readonly name: string
  readonly capabilities: EngineCapabilities
  readonly directory: string
  /** Only where the engine within has it. */
  readonly measurements?: () => EngineMeasurements
  readonly #inner: TaskEngine
  readonly #options: ResolvedDurableOptions
  readonly #openFiles: () => Files
  readonly #calls: Calls
  readonly #relay: EventRelay
  #opened: Opened | null = null
  #failure: Error | null = null

  /** @param openFiles opens the store, when the engine starts */
  constructor(inner: TaskEngine, directory: string, options: ResolvedDurableOptions, openFiles: () => Files) {
    this.name = inner.name
    this.capabilities = Object.freeze({ ...inner.capabilities, durable: true, adHocTasks: false })
    this.directory = directory
    this.#inner = inner
    if (inner.measurements !== undefined) this.measurements = inner.measurements.bind(inner)
    this.#options = options
    this.#openFiles = openFiles
    this.#calls = new Calls(inner.name)
    this.#relay = new EventRelay(inner, endTypes)
  }

  /** The parts that are there while the store is open. @throws StoreError, EngineClosedError */
  get opened(): Opened {
    if (this.#opened !== null) return this.#opened
    throw this.#failure ?? new EngineClosedError(`the ${this.name} engine has not been started; call start() first`)
  }

  get records(): EngineRecords | undefined {
    return this.#opened?.records
  }

  /** Opens the store at once: whoever submits right afterwards finds it open, or is told why it is not. */
  async start(): Promise<void> {
    try {
      this.#opened = new Opened(this.#inner, this.#options, this.#openFiles(), this.#calls, this.#relay)
    } catch (error) {
      this.#failure = error as Error
      throw error
    }
    try {
      await this.#opened.start()
    } catch (error) {
      this.#failure = error as Error
      await this.#opened.close()
      this.#opened = null
      throw error
    }
  }

  register(definition: TaskDefinition): void {
    this.#inner.register({ ...definition, options: withoutEnds(definition.options) })
    this.#calls.define(definition)
    this.#opened?.recovery.defined(definition.name)
  }

  submit(call: TaskCall, args: readonly unknown[]): TaskHandle {
    const { acceptance } = this.opened
    return acceptance.submit(this.#known(call), args)
  }

  submitMany(call: TaskCall, argsList: readonly (readonly unknown[])[]): TaskHandle[] {
    const { acceptance } = this.opened
    return acceptance.submitMany(this.#known(call), argsList)
  }

  /** A task on disk that has the unique key of this call is taken up first, and then decides about it. */
  #known(call: TaskCall): KnownCall {
    const { recovery, kept } = this.opened
    const known = this.#calls.know(call)
    if (known.unique === null || kept.unique.has(known.unique) || recovery.through) return known
    const holder = kept.store.get(keys.unique(known.unique))
    const place = holder && placeOf(Buffer.from(holder).toString())
    if (place !== undefined) recovery.takeNow(place)
    return known
  }

  room(): Promise<void> {
    return this.#inner.room()
  }

  async cancel(taskId: string, reason?: string): Promise<boolean> {
    if (this.#opened === null) return false
    const handle = this.opened.kept.live.find(taskId)
    if (handle !== undefined) return handle.cancel(reason)
    const waiting = this.opened.waiting(taskId)
    if (waiting === undefined) return false
    const taken = this.opened.recovery.takeNow(waiting.place)
    if (taken !== undefined) return taken.cancel(reason)
    await this.opened.removeWaiting(waiting)
    return true
  }

  async retry(taskId: string): Promise<TaskHandle> {
    const { kept, inspection } = this.opened
    const live = kept.live.find(taskId)
    const info = await inspection.find(taskId)
    const status = live?.status ?? info?.status
    if (info === undefined || status === undefined) {
      throw new UnknownTaskError(`no task with id ${describeValue(taskId)} is kept`)
    }
    if (!isSettled(status) || status === 'completed') {
      throw new TaskStateError(`task ${taskId} is ${status}; only a failed, cancelled or expired task can be retried`)
    }
    const stored = live === undefined ? inspection.stored(taskId) : undefined
    if (live === undefined && stored === undefined) return this.opened.letters.retry(taskId)
    const known = stored === undefined ? this.#calls.know((live as DurableHandle).call) : this.#calls.require(stored)
    return this.opened.acceptance.submit(known, info.args, taskId)
  }

  async find(taskId: string): Promise<TaskInfo | undefined> {
    return this.#opened === null ? this.#inner.find(taskId) : this.#opened.inspection.find(taskId)
  }

  async list(query: TaskQuery = {}): Promise<TaskPage> {
    return this.#opened === null ? this.#inner.list(query) : this.#opened.inspection.page(query)
  }

  pause(name?: string): Promise<void> {
    return this.#inner.pause(name)
  }

  resume(name?: string): Promise<void> {
    return this.#inner.resume(name)
  }

  scale(target: ScaleTarget): Promise<void> {
    return this.#inner.scale(target)
  }

  async drain(): Promise<void> {
    await this.#opened?.drain()
  }

  snapshot(): EngineStatistics {
    const inner = this.#inner.snapshot()
    if (this.#opened === null) return inner
    const { kept } = this.#opened
    return { ...inner, unobservedFailures: kept.unobserved, retainedTasks: kept.retention.size }
  }

  subscribe<K extends EngineEventType>(types: readonly K[], listener: EngineListener<K>): () => void {
    return this.#relay.subscribe(types, listener)
  }

  useCompiler(load: LoadCompiler): void {
    this.#inner.useCompiler?.(load)
  }

  reportOf(call: TaskCall): BodyReport | undefined {
    return this.#inner.reportOf?.(call)
  }

  /**
   * Rows run in JavaScript: what runs them is found again by the name of the task.
   * @throws UnsupportedByEngineError where C was asked for
   */
  columnsOf({ name, options }: TaskCall): undefined {
    if (options.compile !== 'require') return
    throw new UnsupportedByEngineError(
      `task '${name}': mapArrays of durable tasks runs in JavaScript, or as a kernel; leave compile: 'require' out, or make it a kernel()`,
    )
  }

  async stop(options: StopOptions): Promise<ShutdownReport> {
    const opened = this.#opened
    if (opened === null) return this.#inner.stop(options)
    const report = await opened.stop(options)
    this.#relay.close()
    this.#failure = new EngineClosedError(`the ${this.name} engine is stopped; make a new engine`)
    this.#opened = null
    return report
  }
}
