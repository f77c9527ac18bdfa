// The pure-TypeScript engine: wires the walk of a task together. Needs nothing but Node.
import { randomBytes } from 'node:crypto'
import type { EngineCapabilities } from '../contract/capabilities.ts'
import {
  TaskDefinitionError,
  TaskStateError,
  UnknownTaskError,
  UnsupportedByEngineError,
  describeValue,
} from '../contract/errors.ts'
import type { EngineEventType, EngineListener } from '../contract/events.ts'
import type { EngineStatistics } from '../contract/statistics.ts'
import type {
  ScaleTarget,
  ShutdownReport,
  StopOptions,
  TaskEngine,
  TaskPage,
  TaskQuery,
} from '../contract/task-engine.ts'
import { isSettled } from '../contract/task-state.ts'
import type { TaskCall, TaskDefinition, TaskHandle, TaskInfo } from '../contract/task.ts'
import { resolveEngineOptions } from '../options/engine-options.ts'
import type { EngineOptions, ResolvedEngineOptions } from '../options/engine-options.ts'
import { EventStream } from '../support/event-stream.ts'
import { KeepAlive } from '../support/keep-alive.ts'
import { Dispatcher } from './dispatcher.ts'
import type { Gate } from './gate.ts'
import { Gatekeeper } from './gatekeeper.ts'
import { Inspection } from './inspection.ts'
import { Intake } from './intake.ts'
import { IntrusiveList } from './intrusive-list.ts'
import { Occupancy } from './occupancy.ts'
import type { NamedTask, Plan, RecordHome } from './plan.ts'
import { ReadyQueue } from './ready-queue.ts'
import { Retention } from './retention.ts'
import { Settlement, cancelledError } from './settlement.ts'
import type { Walk } from './settlement.ts'
import { Shutdown } from './shutdown.ts'
import { takeSnapshot } from './snapshot.ts'
import { Statistics } from './statistics.ts'
import type { TaskRecord } from './task-record.ts'
import { TaskTable } from './task-table.ts'
import { TimerQueue } from './timer-queue.ts'

/**
 * Plans remembered. Many calls serve one task only; a bounded map forgets them, where a weak one would hold up every
 * garbage collection.
 */
const PLANS_KEPT = 256

const capabilities: EngineCapabilities = Object.freeze({
  inlineLane: true,
  threadLane: false,
  processLane: false,
  nativeLane: false,
  adHocTasks: true,
  durable: false,
  distributed: false,
  hardTimeouts: false,
  resultsByReference: true,
  scalesInline: true,
  scalesWorkers: false,
  virtualClock: true,
})

export class TypeScriptEngine implements TaskEngine {
  readonly name = 'typescript'
  readonly capabilities: EngineCapabilities = capabilities
  readonly #options: ResolvedEngineOptions
  readonly #table = new TaskTable(randomBytes(5).toString('hex'))
  readonly #named = new Map<string, NamedTask>()
  readonly #plans = new Map<TaskCall, Plan>()
  readonly #keepAlive = new KeepAlive()
  readonly #walk: Walk
  readonly #home: RecordHome
  readonly #settlement: Settlement
  readonly #intake: Intake
  readonly #dispatcher: Dispatcher
  readonly #inspection: Inspection
  #latestPlan: Plan | undefined

  constructor(options?: EngineOptions) {
    this.#options = resolveEngineOptions(options)
    this.#walk = this.#buildWalk()
    this.#home = this.#buildHome()
    this.#settlement = new Settlement(this.#walk)
    this.#intake = new Intake(this.#walk, this.#table, this.#settlement)
    this.#dispatcher = new Dispatcher(this.#walk, this.#settlement, this.#keepAlive, this.#options.inlineConcurrency)
    this.#inspection = new Inspection(this.#walk, this.#table, () => this.#dispatcher.paused)
  }

  #buildWalk(): Walk {
    const { clock, random, queueSize, keepResults, keepFailures } = this.#options
    const offset = clock.epochMs() - clock.now()
    const timers = new TimerQueue(clock, () => this.#dispatcher.wake())
    const ready = new ReadyQueue()
    const running = new IntrusiveList()
    const forget = (record: TaskRecord): void => this.#table.remove(record)
    return {
      clock,
      random,
      statistics: new Statistics(clock.now()),
      events: new EventStream(),
      timers,
      ready,
      gatekeeper: new Gatekeeper(ready, timers, running),
      occupancy: new Occupancy(queueSize),
      completedKept: new Retention(keepResults, timers, forget),
      failedKept: new Retention(keepFailures, timers, forget),
      running,
      toEpoch: (monotonicMs) => offset + monotonicMs,
    }
  }

  start(): Promise<void> {
    return Promise.resolve()
  }

  register({ name, handler, options }: TaskDefinition): void {
    const named = this.#nameFor(name)
    if (named.handler !== undefined && named.handler !== handler) {
      throw new TaskDefinitionError(`task '${name}' is defined already with another function; choose another name`)
    }
    requireLane(name, options)
    named.handler = handler
    this.#walk.gatekeeper.configure(named, options, this.#walk.clock.now())
  }

  submit(call: TaskCall, args: readonly unknown[]): TaskHandle {
    const record = this.#intake.submit(this.#planFor(call), args)
    this.#dispatcher.wake()
    return record
  }

  submitMany(call: TaskCall, argsList: readonly (readonly unknown[])[]): TaskHandle[] {
    const records = this.#intake.submitMany(this.#planFor(call), argsList)
    this.#dispatcher.wake()
    return records
  }

  room(): Promise<void> {
    return this.#walk.occupancy.room()
  }

  async cancel(taskId: string, reason?: string): Promise<boolean> {
    const record = this.#table.find(taskId)
    return record !== undefined && this.#cancel(record, reason)
  }

  async retry(taskId: string): Promise<TaskHandle> {
    const old = this.#table.find(taskId)
    if (old === undefined) throw new UnknownTaskError(`no task with id ${describeValue(taskId)} is kept`)
    if (old.status !== 'failed' && old.status !== 'cancelled' && old.status !== 'expired') {
      throw new TaskStateError(
        `task ${taskId} is ${old.status}; only a failed, cancelled or expired task can be retried`,
      )
    }
    const record = this.#intake.submit(old.plan, old.args, taskId)
    this.#dispatcher.wake()
    return record
  }

  async find(taskId: string): Promise<TaskInfo | undefined> {
    const record = this.#table.find(taskId)
    return record === undefined ? undefined : this.#inspection.info(record)
  }

  async list(query: TaskQuery = {}): Promise<TaskPage> {
    return this.#inspection.page(query)
  }

  async pause(name?: string): Promise<void> {
    if (name === undefined) this.#dispatcher.paused = true
    else this.#walk.gatekeeper.gateOf(this.#nameFor(name)).paused = true
  }

  async resume(name?: string): Promise<void> {
    const gate = name === undefined ? null : (this.#named.get(name)?.gate ?? null)
    if (name === undefined) this.#dispatcher.paused = false
    if (gate !== null) {
      gate.paused = false
      this.#walk.gatekeeper.reopen(gate, this.#walk.clock.now())
    }
    this.#dispatcher.wake()
  }

  async scale({ inlineConcurrency, workers, reason }: ScaleTarget): Promise<void> {
    if (workers !== undefined) {
      throw new UnsupportedByEngineError(
        'the typescript engine has no worker threads to scale; scale inlineConcurrency',
      )
    }
    if (inlineConcurrency === undefined || inlineConcurrency === this.#dispatcher.concurrency) return
    const from = this.#dispatcher.concurrency
    this.#dispatcher.concurrency = inlineConcurrency
    this.#walk.events.emit({
      type: 'scaled',
      at: this.#walk.toEpoch(this.#walk.clock.now()),
      what: 'inlineConcurrency',
      from,
      to: inlineConcurrency,
      reason: reason ?? 'asked for',
    })
    this.#dispatcher.wake()
  }

  snapshot(): EngineStatistics {
    return takeSnapshot(this.#walk, {
      engine: this.name,
      slots: this.#dispatcher.concurrency,
      gates: this.#gates(),
    })
  }

  subscribe<K extends EngineEventType>(types: readonly K[], listener: EngineListener<K>): () => void {
    return this.#walk.events.subscribe(types, listener)
  }

  async stop(options: StopOptions): Promise<ShutdownReport> {
    const shutdown = new Shutdown(this.#walk, this.#table, this.#settlement)
    const report = await shutdown.run(options, this.#dispatcher.paused)
    this.#walk.timers.close()
    this.#keepAlive.close()
    return report
  }

  #nameFor(name: string): NamedTask {
    let named = this.#named.get(name)
    if (named === undefined) {
      named = { name, handler: undefined, gate: null, keyGates: null, unique: null }
      this.#named.set(name, named)
    }
    return named
  }

  #planFor(call: TaskCall): Plan {
    if (this.#latestPlan?.call === call) return this.#latestPlan
    let plan = this.#plans.get(call)
    if (plan === undefined) {
      plan = this.#makePlan(call)
      if (this.#plans.size === PLANS_KEPT) this.#plans.clear()
      this.#plans.set(call, plan)
    }
    this.#latestPlan = plan
    return plan
  }

  #makePlan(call: TaskCall): Plan {
    const { options } = call
    const handler = call.handler ?? this.#named.get(call.name)?.handler
    if (handler === undefined) {
      throw new UnknownTaskError(`no task named ${describeValue(call.name)} is registered; define it first`)
    }
    requireLane(call.name, options)
    const named = this.#nameFor(call.name)
    const keyed = options.limits?.key !== undefined
    const limited = options.concurrency !== undefined || (options.limits !== undefined && !keyed)
    const timed = options.delayMs > 0 || options.runAt !== undefined || options.expireAfterMs !== undefined
    const direct = !keyed && !timed && options.uniqueKey === undefined && options.signal === undefined
    return { call, options, named, handler, home: this.#home, direct, keyed, limited }
  }

  #cancel(record: TaskRecord, reason: string | undefined): boolean {
    if (isSettled(record.status)) return false
    const ended = this.#settlement.cancel(record, cancelledError(record, reason), this.#walk.clock.now())
    this.#dispatcher.wake()
    return ended
  }

  #buildHome(): RecordHome {
    const { clock, statistics, events, toEpoch } = this.#walk
    return {
      engineName: this.name,
      taskId: (record) => this.#table.idOf(record),
      now: () => clock.now(),
      toEpoch,
      cancel: (record, reason) => this.#cancel(record, reason),
      observeFailure: () => statistics.unobservedFailures--,
      defer: (deliver) => events.defer(deliver),
      reportProgress: (record, progress) => this.#settlement.tellProgress(record, progress),
    }
  }

  *#gates(): Generator<Gate> {
    for (const { gate, keyGates } of this.#named.values()) {
      if (gate !== null) yield gate
      if (keyGates !== null) yield* keyGates.values()
    }
  }
}

/** @throws UnsupportedByEngineError when the options ask for a lane that this engine does not have */
function requireLane(name: string, { lane, compile }: Plan['options']): void {
  if (lane !== 'inline') {
    throw new UnsupportedByEngineError(
      `task '${name}': the typescript engine has no ${lane} lane; use lane: 'inline' or an engine that has it`,
    )
  }
  if (compile === 'require') {
    throw new UnsupportedByEngineError(
      `task '${name}': compile: 'require' needs the native engine; use compile: 'auto' or engine: 'native'`,
    )
  }
}
