// The distributed engine: tasks are jobs of BullMQ, one queue for each name; bodies run on the local engine of whichever
// process fetches them.
import { randomUUID } from 'node:crypto'
import {
  EngineClosedError,
  EventStream,
  TaskStateError,
  UnknownTaskError,
  UnsupportedByEngineError,
  describeValue,
  isSettled,
  selectEngine,
  systemClock,
} from '@catzilla/engine'
import type {
  BodyReport,
  ColumnsWay,
  EngineCapabilities,
  EngineEventType,
  EngineListener,
  EngineMeasurements,
  EngineOptions,
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
import { createBroker } from '../broker/create-broker.ts'
import { ID_PREFIX } from '../format/task-ids.ts'
import { resolveBullmqOptions } from '../options.ts'
import type { BullmqOptions, ResolvedBullmqOptions } from '../options.ts'
import type { BrokerHandle } from './broker-handle.ts'
import { Calls } from './calls.ts'
import { capabilitiesOver } from './capabilities.ts'
import { Counts } from './counts.ts'
import { figuresOf, measurementsOf } from './figures.ts'
import type { Hub } from './hub.ts'
import { Lifeline } from './lifeline.ts'
import { wireParts } from './parts.ts'
import type { Parts } from './parts.ts'
import { Queues } from './queues.ts'
import { shutDown } from './shutdown.ts'

export class BullmqEngine implements TaskEngine {
  readonly name = 'bullmq'
  readonly capabilities: EngineCapabilities
  readonly measurements?: () => EngineMeasurements
  readonly #options: ResolvedBullmqOptions
  readonly #hub: Hub
  readonly #parts: Parts
  readonly #lifeline: Lifeline
  #isConnected = false
  #whenIdle: (() => void)[] = []
  #idleCheck = false

  /** @throws ConfigurationError, UnsupportedByEngineError */
  constructor(url: string, asked: BullmqOptions) {
    const options = resolveBullmqOptions(url, asked)
    this.#options = options
    const local = selectEngine(options.local, localOptions(options.engine)).engine
    local.keepWith?.({ idPrefix: ID_PREFIX, lastSequence: 0, starting: () => {} })
    this.capabilities = capabilitiesOver(local.capabilities)
    const id = randomUUID()
    const broker = createBroker(options.url, options.prefix, options.silenceMs)
    const counts = new Counts()
    const lanes = (['inline', 'thread', 'process', 'native'] as const).filter(
      (lane) => local.capabilities[`${lane}Lane`],
    )
    this.#hub = {
      engineName: this.name,
      id,
      options,
      broker,
      queues: new Queues(broker, options, id),
      calls: new Calls(this.name, new Set(lanes)),
      local,
      events: new EventStream(),
      counts,
      live: new Map(),
      now: () => systemClock.epochMs(),
      stoppingSince: null,
    }
    this.#lifeline = new Lifeline(this.#hub, this)
    this.#parts = wireParts(this.#hub, () => this.#lookWhetherIdle())
    if (local.measurements !== undefined) this.measurements = (): EngineMeasurements => measurementsOf(this.#hub)
  }

  async start(): Promise<void> {
    const { broker, calls, local } = this.#hub
    const { hearing, messages, outbox, pauses, heart, reconciling, relay } = this.#parts
    this.#lifeline.hold()
    try {
      await local.start()
      await broker.connect()
      await messages.start(hearing)
      await pauses.start()
    } catch (error) {
      this.#refuseAll(error as Error)
      this.#lifeline.close()
      await local.stop({ waitForCompletion: false, timeoutMs: 0 })
      throw error
    }
    this.#isConnected = true
    outbox.open()
    relay.start()
    reconciling.start()
    if (this.#options.role !== 'producer') heart.start()
    for (const name of calls.names) this.#serve(name)
    this.#lookWhetherIdle()
  }

  register(definition: TaskDefinition): void {
    const { calls, local } = this.#hub
    calls.checkLane(definition.name, definition.options)
    local.register({ ...definition, options: calls.innerOptions(definition.options) })
    calls.define(definition)
    if (this.#isConnected) this.#serve(definition.name)
  }

  submit(call: TaskCall, args: readonly unknown[]): TaskHandle {
    this.#requireSubmitting(call)
    return this.#watched(this.#parts.intake.submit(this.#hub.calls.know(call), args))
  }

  submitMany(call: TaskCall, argsList: readonly (readonly unknown[])[]): TaskHandle[] {
    this.#requireSubmitting(call)
    const handles = this.#parts.intake.submitMany(this.#hub.calls.know(call), argsList)
    if (handles.length > 0) this.#lifeline.hold()
    return handles
  }

  room(): Promise<void> {
    return this.#parts.occupancy.room()
  }

  async cancel(taskId: string, reason?: string): Promise<boolean> {
    const handle = this.#hub.live.get(taskId)
    if (handle !== undefined) return handle.cancel(reason)
    if (!this.#isConnected) return false
    return this.#lifeline.asking(this.#parts.cancelling.cancelForeign(taskId, reason))
  }

  async retry(taskId: string): Promise<TaskHandle> {
    const { calls } = this.#hub
    const known = this.#parts.inspection.handleOf(taskId)
    const info = await this.find(taskId)
    if (info === undefined) throw new UnknownTaskError(`no task with id ${describeValue(taskId)} is kept`)
    if (!isSettled(info.status) || info.status === 'completed') {
      throw new TaskStateError(
        `task ${taskId} is ${info.status}; only a failed, cancelled or expired task can be retried`,
      )
    }
    const call = known?.call ?? (await this.#callOf(info, taskId))
    return this.#watched(this.#parts.intake.submit(calls.know(call), info.args, taskId))
  }

  async find(taskId: string): Promise<TaskInfo | undefined> {
    return this.#lifeline.asking(this.#parts.inspection.find(taskId))
  }

  async list(query: TaskQuery = {}): Promise<TaskPage> {
    return this.#lifeline.asking(this.#parts.inspection.page(query))
  }

  pause(name?: string): Promise<void> {
    return this.#lifeline.asking(this.#parts.pauses.set(name, true))
  }

  resume(name?: string): Promise<void> {
    return this.#lifeline.asking(this.#parts.pauses.set(name, false))
  }

  async scale(target: ScaleTarget): Promise<void> {
    if (target.workers !== undefined && !this.capabilities.scalesWorkers) {
      throw new UnsupportedByEngineError(
        `the ${this.name} engine has no worker threads to scale here; scale inlineConcurrency`,
      )
    }
    await this.#hub.local.scale(target)
    this.#parts.slots.scale(target)
  }

  async drain(): Promise<void> {
    if (this.#hub.live.size > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve))
  }

  snapshot(): EngineStatistics {
    return figuresOf(this.#hub, this.#parts)
  }

  subscribe<K extends EngineEventType>(types: readonly K[], listener: EngineListener<K>): () => void {
    return this.#hub.events.subscribe(types, listener)
  }

  useCompiler(load: LoadCompiler): void {
    this.#hub.local.useCompiler?.(load)
  }

  reportOf(call: TaskCall): BodyReport | undefined {
    return this.#hub.local.reportOf?.(call)
  }

  columnsOf(call: TaskCall, columns: number, rows: number): ColumnsWay | undefined {
    return this.#hub.local.columnsOf?.(call, columns, rows)
  }

  async stop(options: StopOptions): Promise<ShutdownReport> {
    try {
      return await this.#lifeline.asking(this.#stop(options))
    } finally {
      this.#lifeline.close()
    }
  }

  async #stop(options: StopOptions): Promise<ShutdownReport> {
    const hub = this.#hub
    const { occupancy, reconciling, heart, retention, pauses, relay } = this.#parts
    hub.stoppingSince = hub.now()
    occupancy.close(
      () => new EngineClosedError(`the ${this.name} engine stops: there is no room any more; make a new engine`),
    )
    const report = await shutDown(hub, { ...this.#parts, idle: () => this.drain() }, options)
    hub.stoppingSince = Infinity
    relay.close()
    reconciling.close()
    retention.close()
    pauses.close()
    await heart.stop()
    await hub.queues.close()
    await hub.broker.close()
    return report
  }

  #serve(name: string): void {
    const { fetching, heart, pauses } = this.#parts
    if (this.#options.role === 'producer') return
    heart.know(name)
    void pauses.learn(name).catch(() => {})
    fetching.serve(name)
  }

  /** What was submitted while the engine started, which it could not. */
  #refuseAll(error: Error): void {
    for (const handle of this.#hub.live.values()) {
      handle.refuse(error)
      this.#parts.settlement.settle(handle, { status: 'failed', error })
    }
  }

  #requireSubmitting({ name, options }: TaskCall): void {
    if (this.#options.role === 'worker') {
      throw new UnsupportedByEngineError(
        `task '${name}': an engine with role 'worker' only runs tasks; use role 'both' or 'producer' to submit them`,
      )
    }
    if (options.compile === 'require' && !this.capabilities.nativeLane) {
      throw new UnsupportedByEngineError(
        `task '${name}': compile: 'require' needs the native engine, which does not run here; use compile: 'auto', or local: 'native'`,
      )
    }
  }

  #watched(handle: BrokerHandle): BrokerHandle {
    this.#lifeline.hold()
    return handle
  }

  /** Of a task that another process submitted. */
  async #callOf({ name, priority, lane, tags, metadata }: TaskInfo, taskId: string): Promise<TaskCall> {
    const definition = this.#hub.calls.definitionOf(name)
    if (definition === undefined) {
      throw new UnknownTaskError(`no task named '${name}' is defined here; define it, then retry ${taskId} again`)
    }
    const options = Object.freeze({ ...definition.options, priority, lane, tags, metadata })
    return Object.freeze({ name, options })
  }

  /** Looked at a turn later: what ends may bring something new. */
  #lookWhetherIdle(): void {
    if (this.#idleCheck) return
    this.#idleCheck = true
    this.#hub.events.defer(() =>
      queueMicrotask(() => {
        this.#idleCheck = false
        if (this.#hub.live.size > 0) return
        this.#lifeline.look()
        for (const resolve of this.#whenIdle.splice(0)) resolve()
        if (this.#hub.counts.submitted > 0) this.#hub.events.emit<'drained'>({ type: 'drained', at: this.#hub.now() })
      }),
    )
  }
}

/** More than are ever fetched at a time: what is fetched has a place to run. The local engine has memory for each. */
const MOST_FETCHED = 100_000

/** The local engine takes whatever is fetched, and keeps nothing of it afterwards: that is for the broker to do. */
function localOptions(options: EngineOptions): EngineOptions {
  const queueSize = Math.max(MOST_FETCHED, 4 * (options.inlineConcurrency ?? 0))
  return { ...options, queueSize, keepResults: 1000, keepFailures: 1000 }
}
