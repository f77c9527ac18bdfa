// An engine over the walk of a task: everything that is the same whichever lanes there are. Needs nothing but Node.
import { randomBytes } from 'node:crypto'
import type { EngineCapabilities } from '../contract/capabilities.ts'
import { TaskStateError, UnknownTaskError, UnsupportedByEngineError, describeValue } from '../contract/errors.ts'
import type { EngineEvents, EngineEventType, EngineListener } from '../contract/events.ts'
import type { EngineMeasurements } from '../contract/measurements.ts'
import type { CompiledStatistics, EngineStatistics } from '../contract/statistics.ts'
import type {
  ScaleTarget,
  ShutdownReport,
  StopOptions,
  TaskEngine,
  TaskPage,
  TaskQuery,
} from '../contract/task-engine.ts'
import { isSettled } from '../contract/task-state.ts'
import type { TaskKeeper, TaskPast } from '../contract/task-keeper.ts'
import type { TaskCall, TaskDefinition, TaskHandle, TaskInfo } from '../contract/task.ts'
import type { ResolvedEngineOptions } from '../options/engine-options.ts'
import { EventStream } from '../support/event-stream.ts'
import { KeepAlive } from '../support/keep-alive.ts'
import { Dispatcher } from './dispatcher.ts'
import { Gatekeeper } from './gatekeeper.ts'
import { Inspection } from './inspection.ts'
import type { TasksElsewhere } from './inspection.ts'
import { Intake } from './intake.ts'
import type { Lane } from './lane.ts'
import { Occupancy } from './occupancy.ts'
import type { NamedTask, RecordHome } from './plan.ts'
import { Plans } from './plans.ts'
import type { LaneTerms } from './plans.ts'
import { Retention } from './retention.ts'
import { Settlement, cancelledError } from './settlement.ts'
import { Shutdown } from './shutdown.ts'
import type { EndElsewhere } from './shutdown.ts'
import type { SideLane } from './side-lane.ts'
import { measure, takeSnapshot } from './snapshot.ts'
import type { ThreadFigures } from './snapshot.ts'
import { Statistics } from './statistics.ts'
import { delayOf } from './task-record.ts'
import type { TaskRecord } from './task-record.ts'
import { TaskTable } from './task-table.ts'
import { TimerQueue } from './timer-queue.ts'
import type { Walk } from './walk.ts'

export interface EngineIdentity {
  readonly name: string
  readonly capabilities: EngineCapabilities
}

/** The parts of the walk that whoever brings a lane of his own works with. */
export interface WalkParts {
  readonly walk: Walk
  readonly table: TaskTable
  readonly settlement: Settlement
  readonly intake: Intake
  readonly keepAlive: KeepAlive
  readonly home: RecordHome
  readonly plans: Plans
}

/** A lane beside the inline one, and tasks that are looked after outside of the walk. */
export interface Annex {
  readonly terms: LaneTerms
  /** Whether bodies of the inline lane are compiled, as far as they can be. */
  readonly compiles: () => boolean
  readonly tasks: TasksElsewhere
  readonly end: EndElsewhere
  figures(): ThreadFigures
  /** Of compiled bodies. */
  compiled(): CompiledStatistics
}

export class WalkEngine implements TaskEngine {
  readonly name: string
  readonly capabilities: EngineCapabilities
  readonly parts: WalkParts
  readonly #walk: Walk
  readonly #settlement: Settlement
  readonly #intake: Intake
  readonly #plans: Plans
  readonly #dispatcher: Dispatcher
  readonly #lanes: Lane[] = []
  readonly #inspection: Inspection
  readonly #annex: Annex | null
  readonly #sideLanes: readonly SideLane[]

  /**
   * @param sideLanes makes the lanes of threads and processes
   * @param annex makes what belongs to the native lane
   */
  constructor(
    options: ResolvedEngineOptions,
    { name, capabilities }: EngineIdentity,
    sideLanes: (parts: WalkParts) => readonly SideLane[],
    annex: ((parts: WalkParts) => Annex) | null = null,
  ) {
    this.name = name
    this.capabilities = capabilities
    const table = new TaskTable(randomBytes(5).toString('hex'))
    const keepAlive = new KeepAlive(this)
    this.#walk = this.#buildWalk(options, table)
    this.#settlement = new Settlement(this.#walk)
    this.#intake = new Intake(this.#walk, table, this.#settlement)
    this.#dispatcher = new Dispatcher(this.#walk, this.#settlement, keepAlive, options.inlineConcurrency)
    const home = this.#buildHome(table)
    const terms: LaneTerms[] = [{ lane: this.#dispatcher, accept: (call) => acceptInline(call, this.#annex) }]
    this.#plans = new Plans(home, terms, this.#walk.statistics.series)
    const { settlement, intake, plans } = { settlement: this.#settlement, intake: this.#intake, plans: this.#plans }
    this.parts = { walk: this.#walk, table, settlement, intake, keepAlive, home, plans }
    this.#annex = annex === null ? null : annex(this.parts)
    if (this.#annex !== null) terms.push(this.#annex.terms)
    this.#sideLanes = sideLanes(this.parts)
    terms.push(...this.#sideLanes.map((lane) => lane.terms))
    this.#lanes.push(...terms.map(({ lane }) => lane))
    this.#inspection = new Inspection(this.#walk, table, this.#annex?.tasks)
  }

  #buildWalk(options: ResolvedEngineOptions, table: TaskTable): Walk {
    const { clock, random, queueSize, keepResults, keepFailures } = options
    const offset = clock.epochMs() - clock.now()
    const timers = new TimerQueue(clock, () => this.#wake())
    const forget = (record: TaskRecord): void => table.remove(record)
    return {
      clock,
      random,
      statistics: new Statistics(clock.now()),
      events: new EventStream(),
      timers,
      gatekeeper: new Gatekeeper(timers, this.#lanes),
      occupancy: new Occupancy(queueSize),
      completedKept: new Retention(keepResults, timers, forget),
      failedKept: new Retention(keepFailures, timers, forget),
      lanes: this.#lanes,
      keeper: null,
      paused: false,
      toEpoch: (monotonicMs) => offset + monotonicMs,
    }
  }

  async start(): Promise<void> {
    for (const lane of this.#sideLanes) lane.open()
  }

  register(definition: TaskDefinition): void {
    const named = this.#plans.define(definition)
    this.#walk.gatekeeper.configure(named, definition.options, this.#walk.clock.now())
  }

  submit(call: TaskCall, args: readonly unknown[]): TaskHandle {
    const plan = this.#plans.planFor(call)
    const record = this.#intake.submit(plan, args, call.options.delayMs)
    plan.lane.wake()
    return record
  }

  submitMany(call: TaskCall, argsList: readonly (readonly unknown[])[]): TaskHandle[] {
    const plan = this.#plans.planFor(call)
    const records = this.#intake.submitMany(plan, argsList, call.options.delayMs)
    plan.lane.wake()
    return records
  }

  keepWith(keeper: TaskKeeper): void {
    this.#walk.keeper = keeper
    this.parts.table.numberAfter(keeper.idPrefix, keeper.lastSequence)
  }

  takeUp(call: TaskCall, args: readonly unknown[], past: TaskPast): TaskHandle {
    const plan = this.#plans.planFor(call)
    const record = this.#intake.takeUp(plan, args, call.options.delayMs, past)
    plan.lane.wake()
    return record
  }

  room(): Promise<void> {
    return this.#walk.occupancy.room()
  }

  async cancel(taskId: string, reason?: string): Promise<boolean> {
    const record = this.parts.table.find(taskId)
    return record !== undefined && this.#cancel(record, reason)
  }

  async retry(taskId: string): Promise<TaskHandle> {
    const old = this.parts.table.find(taskId)
    if (old === undefined) throw new UnknownTaskError(`no task with id ${describeValue(taskId)} is kept`)
    return this.repeat(old, delayOf(old))
  }

  /** Submits a settled task once more. @throws TaskStateError */
  repeat(
    { taskId, status, plan, args }: Pick<TaskRecord, 'taskId' | 'status' | 'plan' | 'args'>,
    delayMs: number = plan.options.delayMs,
  ): TaskHandle {
    if (status !== 'failed' && status !== 'cancelled' && status !== 'expired') {
      throw new TaskStateError(`task ${taskId} is ${status}; only a failed, cancelled or expired task can be retried`)
    }
    const record = this.#intake.submit(plan, args, delayMs, taskId)
    plan.lane.wake()
    return record
  }

  async find(taskId: string): Promise<TaskInfo | undefined> {
    return this.#inspection.find(taskId)
  }

  async list(query: TaskQuery = {}): Promise<TaskPage> {
    return this.#inspection.page(query)
  }

  async pause(name?: string): Promise<void> {
    if (name === undefined) this.#pauseAll(true)
    else this.#pauseName(this.#plans.nameFor(name))
  }

  async resume(name?: string): Promise<void> {
    const gate = name === undefined ? null : this.#plans.gateOf(name)
    if (name === undefined) this.#pauseAll(false)
    if (gate !== null) {
      gate.paused = false
      this.#walk.gatekeeper.reopen(gate, this.#walk.clock.now())
    }
    this.#wake()
  }

  #pauseAll(paused: boolean): void {
    this.#walk.paused = paused
    for (const lane of this.#sideLanes) lane.pause(paused)
  }

  #pauseName(named: NamedTask): void {
    this.#walk.gatekeeper.gateOf(named).paused = true
    for (const lane of this.#sideLanes) lane.recall(named)
  }

  async scale({ inlineConcurrency, workers, reason }: ScaleTarget): Promise<void> {
    if (workers !== undefined) {
      throw new UnsupportedByEngineError(
        `the ${this.name} engine has no worker threads to scale; scale inlineConcurrency`,
      )
    }
    if (inlineConcurrency === undefined || inlineConcurrency === this.#dispatcher.concurrency) return
    const from = this.#dispatcher.concurrency
    this.#dispatcher.concurrency = inlineConcurrency
    this.tellScaled('inlineConcurrency', from, inlineConcurrency, reason)
    this.#dispatcher.wake()
  }

  tellScaled(what: EngineEvents['scaled']['what'], from: number, to: number, reason: string | undefined): void {
    const at = this.#walk.toEpoch(this.#walk.clock.now())
    this.#walk.events.emit({ type: 'scaled', at, what, from, to, reason: reason ?? 'asked for' })
  }

  async drain(): Promise<void> {
    const { occupancy } = this.#walk
    // the moment may be over when this goes on: others may have submitted since
    while (occupancy.unsettled > 0) await new Promise<void>((resolve) => occupancy.whenIdle(resolve))
  }

  snapshot(): EngineStatistics {
    const threads = this.#annex?.figures()
    return takeSnapshot(this.#walk, {
      engine: this.name,
      inline: this.#dispatcher,
      slots: this.#dispatcher.concurrency,
      gates: this.#plans.gates(),
      pausedNames: this.#plans.pausedNames(),
      sides: this.#sideLanes,
      ...(threads === undefined ? {} : { threads }),
      ...(this.#annex === null ? {} : { compiled: this.#annex.compiled() }),
    })
  }

  measurements(): EngineMeasurements {
    return measure(this.#walk, this.#annex?.figures())
  }

  subscribe<K extends EngineEventType>(types: readonly K[], listener: EngineListener<K>): () => void {
    return this.#walk.events.subscribe(types, listener)
  }

  async stop(options: StopOptions): Promise<ShutdownReport> {
    const shutdown = new Shutdown(this.#walk, this.parts.table, this.#settlement, this.#annex?.end ?? null)
    const report = await shutdown.run(options)
    await Promise.all(this.#sideLanes.map((lane) => lane.close()))
    this.#walk.timers.close()
    this.parts.keepAlive.close()
    return report
  }

  #wake(): void {
    for (const lane of this.#lanes) lane.wake()
  }

  #cancel(record: TaskRecord, reason: string | undefined): boolean {
    if (isSettled(record.status)) return false
    const ended = this.#settlement.cancel(record, cancelledError(record, reason), this.#walk.clock.now())
    record.plan.lane.wake()
    return ended
  }

  #buildHome(table: TaskTable): RecordHome {
    const { clock, statistics, events, toEpoch } = this.#walk
    return {
      engineName: this.name,
      taskId: (record) => table.idOf(record),
      now: () => clock.now(),
      toEpoch,
      cancel: (record, reason) => this.#cancel(record, reason),
      observeFailure: () => statistics.unobservedFailures--,
      defer: (deliver) => events.defer(deliver),
      reportProgress: (record, progress) => this.#settlement.tellProgress(record, progress),
    }
  }
}

/** @throws UnsupportedByEngineError */
function acceptInline({ name, options, rows }: TaskCall, annex: Annex | null): null {
  if (rows === true) {
    throw new UnsupportedByEngineError(
      `task '${name}': rows are for the thread and process lanes; use rowByRow(name, body)`,
    )
  }
  if (options.compile !== 'require' || annex?.compiles() === true) return null
  const remedy =
    annex !== null
      ? "this engine has no compiler; install @catzilla/compiler, or use a kernel on lane: 'native'"
      : "it needs the native engine; use compile: 'auto' or engine: 'native'"
  throw new UnsupportedByEngineError(`task '${name}': compile: 'require' cannot be met: ${remedy}`)
}
