// The contract between the API and whatever runs tasks. Every engine is accepted by the conformance suite alone.
import type { BodyReport, ColumnsWay, LoadCompiler } from './body-compiler.ts'
import type { CallGraph, CallGraphEnd, GraphStep, GraphTerms } from './call-graph.ts'
import type { EngineCapabilities } from './capabilities.ts'
import type { EngineEventType, EngineListener } from './events.ts'
import type { EngineMeasurements } from './measurements.ts'
import type { EngineRecords } from './engine-records.ts'
import type { EngineStatistics } from './statistics.ts'
import type { TaskKeeper, TaskPast } from './task-keeper.ts'
import type { TaskCall, TaskDefinition, TaskHandle, TaskInfo, TaskPriority, TaskStatus, TaskSummary } from './task.ts'

/** Where an engine is in its life. */
export type EngineState = 'new' | 'started' | 'stopping' | 'stopped'

export interface TaskEngine {
  /** Short name as it stands in statistics: `typescript`, `native`, … */
  readonly name: string
  readonly capabilities: EngineCapabilities
  /** Told by the guard that `createTasks` puts round every engine. */
  readonly state?: EngineState

  /** Settles when tasks can run; rejects with `EngineUnavailableError`. Submitting is legal once it was called. */
  start(): Promise<void>

  /** Makes a task known by name. Registering the same handler again is allowed; another one is a `TaskDefinitionError`. */
  register(definition: TaskDefinition): void

  /**
   * Takes a task, synchronously. The array of arguments is handed over; what it holds is copied (structured clone semantics).
   * @throws QueueFullError, EngineClosedError, UnknownTaskError, PayloadError, UniqueKeyConflictError, UnsupportedByEngineError
   */
  submit(call: TaskCall, args: readonly unknown[]): TaskHandle

  /**
   * All or none: throws as `submit` does, and then nothing was taken. Handles come in the order of the arguments. The arrays
   * of arguments stay the caller's: what becomes of them later is not seen.
   */
  submitMany(call: TaskCall, argsList: readonly (readonly unknown[])[]): TaskHandle[]

  /** Settles when the queue has room for one more; waiters are let through first come, first served. */
  room(): Promise<void>

  /** Resolves to true when this call ended the task, false when there is none with that id or it had settled. */
  cancel(taskId: string, reason?: string): Promise<boolean>

  /**
   * Submits a failed, cancelled or expired task again as a new task.
   * @throws UnknownTaskError when no such task is kept, TaskStateError when it is not one of those
   */
  retry(taskId: string): Promise<TaskHandle>

  /** Everything known of a task; undefined when it is unknown or no longer kept. */
  find(taskId: string): Promise<TaskInfo | undefined>

  /** Newest first, a page at a time. */
  list(query?: TaskQuery): Promise<TaskPage>

  /** Starts nothing more, of one task or of all; what runs goes on. Idempotent. */
  pause(name?: string): Promise<void>
  resume(name?: string): Promise<void>

  /** Changes the number of slots or workers while running. @throws UnsupportedByEngineError */
  scale(target: ScaleTarget): Promise<void>

  /** Settles when nothing is queued, scheduled, retrying or running. */
  drain(): Promise<void>

  /** Figures of this moment (a broker engine: of its latest refresh). */
  snapshot(): EngineStatistics

  /** What it measures by class, lane and name; engines without the capability `measuresTasks` do not have it. */
  measurements?(): EngineMeasurements

  /** Calls `listener` for each event of `types`, until the returned function is called. */
  subscribe<K extends EngineEventType>(types: readonly K[], listener: EngineListener<K>): () => void

  /** Engines that run compiled bodies compile them with what this gives, when they first need it; null: there is none. */
  useCompiler?(load: LoadCompiler): void

  /** What became of a body that might run compiled; undefined where nothing compiles it. */
  reportOf?(call: TaskCall): BodyReport | undefined

  /**
   * How the body of a call runs over so many columns of numbers, each of so many rows; undefined where nothing compiles it.
   * @throws CompileError where C was asked for and cannot be had
   */
  columnsOf?(call: TaskCall, columns: number, rows: number): ColumnsWay | undefined

  /** How the body of a call would run as a step of a graph, on so many numbers. Engines that run no graphs do not have it. */
  graphStepOf?(call: TaskCall, args: number): GraphStep

  /**
   * Takes a graph of calls as one task, whose steps run in C. Cancelled, it starts no further step.
   * @throws QueueFullError, EngineClosedError; lists that are no graph fail the task
   */
  submitGraph?(terms: GraphTerms, graph: CallGraph): TaskHandle<CallGraphEnd>

  /** Local engines: from now on each start is told to `keeper`, which also says how tasks are numbered. Before `start`. */
  keepWith?(keeper: TaskKeeper): void

  /** Engines whose tasks outlive the process, on this machine: what else does. Undefined before `start`, and elsewhere. */
  readonly records?: EngineRecords | undefined

  /**
   * Engines with `keepWith`: takes up a task that an earlier process had accepted. It keeps its id.
   * @throws as `submit`
   */
  takeUp?(call: TaskCall, args: readonly unknown[], past: TaskPast): TaskHandle

  /** Takes no more tasks, ends as asked, and reports. Later calls answer with the first report. */
  stop(options: StopOptions): Promise<ShutdownReport>
}

export interface TaskQuery {
  readonly status?: TaskStatus | readonly TaskStatus[]
  readonly name?: string
  readonly priority?: TaskPriority
  /** Tasks that carry all of these. */
  readonly tags?: readonly string[]
  /** 1..1000, 50 by default. */
  readonly limit?: number
  /** `nextCursor` of the page before. */
  readonly cursor?: string
}

export interface TaskPage {
  readonly tasks: readonly TaskInfo[]
  /** Hand it to the next call; undefined on the last page. */
  readonly nextCursor: string | undefined
}

export interface ScaleTarget {
  readonly inlineConcurrency?: number
  readonly workers?: number
  /** Why, for the event and the records. */
  readonly reason?: string
}

export interface StopOptions {
  /** True: run what is queued and what comes due before the time is over. False: cancel it now. */
  readonly waitForCompletion: boolean
  /** Milliseconds; what still runs then is abandoned. */
  readonly timeoutMs: number
}

/** What became of the tasks that were unsettled when `stop` was called. */
export interface ShutdownReport {
  /** Ran to an end, well or badly. */
  readonly completed: number
  /** Had not started, and never will. Their handles reject with `EngineClosedError`. */
  readonly cancelled: number
  /** Given back to a durable store or a broker. */
  readonly requeued: number
  /** Were running when the time was over; their signal was aborted and what they did is unknown. */
  readonly abandoned: readonly TaskSummary[]
}
