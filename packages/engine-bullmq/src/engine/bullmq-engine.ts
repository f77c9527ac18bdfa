// The distributed engine: tasks are jobs of BullMQ, one queue for each name; bodies run on the local engine of whichever
// process fetches them.
import { randomUUID } from 'node:crypto'
import {
  EngineClosedError,
  EventStream,
  KeepAlive,
  TaskStateError,
  UnknownTaskError,
  UnsupportedByEngineError,
  describeValue,
  isSettled,
  selectEngine,
  systemClock,
  unpackError,
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
import { ID_PREFIX, TaskIds } from '../format/task-ids.ts'
import { restoreOutcome } from '../format/records.ts'
import { restoreValue } from '../format/values.ts'
import { Heart } from '../heartbeat/heart.ts'
import { resolveBullmqOptions } from '../options.ts'
import type { BullmqOptions, ResolvedBullmqOptions } from '../options.ts'
import type { BrokerHandle } from './broker-handle.ts'
import { Calls } from './calls.ts'
import { capabilitiesOver } from './capabilities.ts'
import { Counts } from './counts.ts'
import { cancelledError } from './errors.ts'
import { Fetching } from './fetching.ts'
import { figuresOf, measurementsOf } from './figures.ts'
import type { Hub } from './hub.ts'
import { Inspection } from './inspection.ts'
import { Intake } from './intake.ts'
import { Limits } from './limits.ts'
import { LocalRelay } from './local-relay.ts'
import { Messages } from './messages.ts'
import type { Announcement, Notice } from './messages.ts'
import { Occupancy } from './occupancy.ts'
import { Outbox } from './outbox.ts'
import { Pauses } from './pauses.ts'
import { Queues } from './queues.ts'
import { Reconciling } from './reconciling.ts'
import { Retention } from './retention.ts'
import { Runner } from './runner.ts'
import { Settlement } from './settlement.ts'
import { shutDown } from './shutdown.ts'
import { LaneSlots } from './lane-slots.ts'

interface Parts {
  readonly outbox: Outbox
  readonly occupancy: Occupancy
  readonly settlement: Settlement
  readonly limits: Limits
  readonly retention: Retention
  readonly messages: Messages
  readonly pauses: Pauses
  readonly intake: Intake
  readonly heart: Heart
  readonly runner: Runner
  readonly fetching: Fetching
  readonly reconciling: Reconciling
  readonly inspection: Inspection
  readonly slots: LaneSlots
  readonly relay: LocalRelay
}

export class BullmqEngine implements TaskEngine {
  readonly name = 'bullmq'
  readonly capabilities: EngineCapabilities
  readonly measurements?: () => EngineMeasurements
  readonly #options: ResolvedBullmqOptions
  readonly #hub: Hub
  readonly #parts: Parts
  readonly #keepAlive = new KeepAlive(this)
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
    const broker = createBroker(options.url, options.prefix)
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
    this.#parts = this.#makeParts(options)
    if (local.measurements !== undefined) this.measurements = (): EngineMeasurements => measurementsOf(this.#hub)
  }

  #makeParts(options: ResolvedBullmqOptions): Parts {
    const hub = this.#hub
    const { queueSize = 10_000, keepResults = 1000, keepFailures = 10_000, random = Math.random } = options.engine
    const occupancy = new Occupancy(queueSize, hub.counts)
    const retention = new Retention(systemClock, keepResults, keepFailures)
    const settlement = new Settlement(hub, occupancy, retention, () => this.#lookWhetherIdle())
    const outbox = new Outbox(hub.queues, () => hub.broker.lostAt === null)
    const limits = new Limits(outbox)
    const messages = new Messages(hub.broker, hub.id)
    const pauses = new Pauses(hub.queues, messages, () => this.#parts.fetching.wake())
    const home = {
      engineName: this.name,
      now: hub.now,
      cancel: (handle: BrokerHandle, reason: string | undefined) => this.#cancel(handle, reason),
      cancelJob: (taskName: string, jobId: string, reason: string | undefined) =>
        this.#cancelJob(taskName, jobId, reason),
      observed: () => void hub.counts.unobserved--,
    }
    const intake = new Intake(hub, { outbox, occupancy, settlement, limits, ids: new TaskIds() }, systemClock, home)
    const { url, prefix, lockMs } = options
    const heart = new Heart({ url, prefix, lockMs, token: hub.id })
    const runner = new Runner(hub, { intake, settlement, messages, heart }, random)
    const slots = new LaneSlots(options.engine)
    const fetching = new Fetching(hub, runner, pauses, {
      slotsOf: (taskName) => slots.of(hub.calls.definitionOf(taskName)?.options.lane),
      occupancy,
    })
    const reconciling = new Reconciling(hub, settlement, messages, () => fetching.names)
    const inspection = new Inspection(hub, { retention, limits, pauses }, () => hub.calls.names)
    const relay = new LocalRelay(hub, settlement, messages)
    return {
      outbox,
      occupancy,
      settlement,
      limits,
      retention,
      messages,
      pauses,
      intake,
      heart,
      runner,
      fetching,
      reconciling,
      inspection,
      slots,
      relay,
    }
  }

  async start(): Promise<void> {
    const { broker, calls, local } = this.#hub
    const { messages, pauses, heart, reconciling, relay } = this.#parts
    this.#keepAlive.hold(true)
    try {
      await local.start()
      await broker.connect()
      await messages.start({ announced: (each) => this.#announced(each), noticed: (each) => this.#noticed(each) })
      await pauses.start()
    } catch (error) {
      this.#keepAlive.close()
      throw error
    }
    this.#isConnected = true
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
    this.#keepAlive.hold(this.#hub.live.size > 0 || this.#options.role === 'worker')
    return handles
  }

  room(): Promise<void> {
    return this.#parts.occupancy.room()
  }

  async cancel(taskId: string, reason?: string): Promise<boolean> {
    const handle = this.#hub.live.get(taskId)
    if (handle !== undefined) return handle.cancel(reason)
    if (!this.#isConnected) return false
    const info = await this.#parts.inspection.find(taskId)
    if (info === undefined || isSettled(info.status)) return false
    const removed = await this.#hub.queues
      .of(info.name)
      .remove(taskId)
      .catch(() => 0)
    if (removed === 0) await this.#parts.messages.toAll({ t: 'cancel', id: taskId, reason: reason ?? null })
    return true
  }

  async retry(taskId: string): Promise<TaskHandle> {
    const { calls } = this.#hub
    const known = this.#parts.inspection.handleOf(taskId)
    const info = await this.#parts.inspection.find(taskId)
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
    return this.#parts.inspection.find(taskId)
  }

  async list(query: TaskQuery = {}): Promise<TaskPage> {
    return this.#parts.inspection.page(query)
  }

  pause(name?: string): Promise<void> {
    return this.#parts.pauses.set(name, true)
  }

  resume(name?: string): Promise<void> {
    return this.#parts.pauses.set(name, false)
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
    this.#keepAlive.close()
    return report
  }

  #serve(name: string): void {
    const { fetching, heart, pauses } = this.#parts
    if (this.#options.role === 'producer') return
    heart.know(name)
    void pauses.learn(name).catch(() => {})
    fetching.serve(name)
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
    this.#keepAlive.hold(true)
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

  #cancel(handle: BrokerHandle, reason: string | undefined): boolean {
    if (handle.run !== null) {
      if (!handle.run.cancel(reason)) return false
      const outcome = handle.run.outcome ?? { status: 'cancelled' as const, error: cancelledError(handle, reason) }
      this.#parts.settlement.settle(handle, outcome)
      return true
    }
    const { jobId, name } = handle
    this.#parts.settlement.settle(handle, { status: 'cancelled', error: cancelledError(handle, reason) })
    this.#cancelJob(name, jobId, reason)
    return true
  }

  /** It is taken from the broker, or stopped where it runs. */
  #cancelJob(name: string, jobId: string, reason: string | undefined): void {
    this.#parts.outbox.do(name, async (queue) => {
      const removed = await queue.remove(jobId).catch(() => 0)
      if (removed === 0) await this.#parts.messages.toAll({ t: 'cancel', id: jobId, reason: reason ?? null })
    })
  }

  #announced(announcement: Announcement): void {
    if (announcement.t === 'pause') this.#parts.pauses.hear(announcement.name, announcement.paused)
    else if (announcement.t === 'cancel') {
      const handle = this.#hub.live.get(announcement.id)
      if (handle?.run !== null && handle !== undefined) handle.cancel(announcement.reason ?? undefined)
    }
  }

  #noticed(notice: Notice): void {
    const handle = this.#hub.live.get(notice.id)
    if (handle === undefined || handle.run !== null) return
    const { settlement, reconciling } = this.#parts
    if (notice.t === 'started') settlement.started(handle, notice.at, notice.attempt)
    else if (notice.t === 'progress') settlement.progressed(handle, notice.ratio, notice.message, notice.at)
    else if (notice.t === 'retrying') {
      const error = unpackError(restoreValue(notice.error))
      settlement.retrying(handle, notice.attempt, error, notice.delayMs)
    } else if (notice.t === 'stalled') {
      const { taskId, name, call } = handle
      const { events } = this.#hub
      events.emit<'stalled'>({
        type: 'stalled',
        taskId,
        name,
        priority: call.options.priority,
        at: this.#hub.now(),
        reason: notice.reason,
      })
    } else if (notice.outcome === null) void reconciling.ask(handle).catch(() => {})
    else {
      const { startedAt = null, attempt = 1, workerId = null, memoryUsageMb = null, logs = [] } = notice.outcome
      settlement.settle(handle, restoreOutcome(notice.outcome), { startedAt, attempt, workerId, memoryUsageMb, logs })
    }
  }

  /** Looked at a turn later: what ends may bring something new. */
  #lookWhetherIdle(): void {
    if (this.#idleCheck) return
    this.#idleCheck = true
    this.#hub.events.defer(() =>
      queueMicrotask(() => {
        this.#idleCheck = false
        if (this.#hub.live.size > 0) return
        this.#keepAlive.hold(this.#options.role === 'worker' && this.#hub.stoppingSince === null)
        this.#hub.broker.hold(this.#options.role === 'worker')
        for (const resolve of this.#whenIdle.splice(0)) resolve()
        if (this.#hub.counts.submitted > 0) this.#hub.events.emit<'drained'>({ type: 'drained', at: this.#hub.now() })
      }),
    )
  }
}

/** The local engine takes whatever is fetched, and keeps an attempt for a moment only, until it is looked at: that is for the broker to do. */
function localOptions(options: EngineOptions): EngineOptions {
  return { ...options, queueSize: 1_000_000, keepResults: 1000, keepFailures: 1000 }
}
