// What a monitor of an engine answers: `@catzilla/monitor` implements it, and the API hands it out as `tasks.monitor`.
import type { ClassStatistics, Distribution, EngineStatistics, LaneStatistics } from './statistics.ts'
import type { TaskEngine } from './task-engine.ts'
import type { LaneName, PriorityName } from './task.ts'

/** Durations since the engine started, and those of the sliding window alone. */
export interface MeasuredDurations {
  readonly total: Distribution
  readonly recent: Distribution
}

/** What is measured of a set of tasks. */
export interface MeasuredTasks {
  readonly wait: MeasuredDurations
  readonly execution: MeasuredDurations
}

/** One class, in full. */
export interface ClassReport extends ClassStatistics, Pick<MeasuredTasks, 'execution'> {
  /** Waits of the sliding window; `wait` has those since the start. */
  readonly recentWait: Distribution
}

/** One lane, in full. */
export interface LaneReport extends LaneStatistics, Partial<MeasuredTasks> {
  /** MiB; of the inline lane the heap of the process. Missing where the lane does not measure its memory. */
  readonly memoryMb?: number
}

/** All tasks of a name. Tasks beyond the number of names that are told apart share the name `(other)`. */
export interface NameReport extends MeasuredTasks {
  readonly submitted: number
  readonly completed: number
  readonly failed: number
  readonly cancelled: number
  readonly expired: number
}

/** Tasks per second. */
export interface Rates {
  readonly submitted: number
  readonly completed: number
  readonly failed: number
  readonly retried: number
}

/** The event loop of the process of the monitor, over the sliding window. */
export interface EventLoopReport {
  /** How late the loop was, beyond what its timers asked for. */
  readonly delayP50Ms: number
  readonly delayP99Ms: number
  readonly delayMaxMs: number
  /** 0..1: time in JavaScript and callbacks ÷ time. */
  readonly utilization: number
}

/** Statistics in groups; fields that `EngineStatistics` has too mean the same. */
export interface MonitorStatistics {
  readonly queueMetrics: Pick<
    EngineStatistics,
    'criticalQueueSize' | 'highQueueSize' | 'normalQueueSize' | 'lowQueueSize' | 'totalQueued' | 'queuePressure'
  >
  readonly workerMetrics: Pick<
    EngineStatistics,
    'activeWorkers' | 'idleWorkers' | 'totalWorkers' | 'avgWorkerUtilization'
  >
  readonly performanceMetrics: Pick<
    EngineStatistics,
    | 'tasksPerSecond'
    | 'avgExecutionTimeMs'
    | 'p95ExecutionTimeMs'
    | 'p99ExecutionTimeMs'
    | 'avgWaitTimeMs'
    | 'p95WaitTimeMs'
    | 'p99WaitTimeMs'
    | 'memoryUsageMb'
    | 'memoryEfficiency'
  >
  readonly errorMetrics: Pick<EngineStatistics, 'failedTasks' | 'retryCount' | 'timeoutCount' | 'errorRate'>
  readonly system: Pick<
    EngineStatistics,
    'cAcceleration' | 'jemallocEnabled' | 'autoScaling' | 'engine' | 'uptimeSeconds' | 'totalTasksProcessed'
  >
  readonly priorities: Readonly<Record<PriorityName, ClassReport>>
  readonly lanes: Readonly<Partial<Record<LaneName, LaneReport>>>
  /** By task name; empty on engines that do not measure by name. */
  readonly names: Readonly<Record<string, NameReport>>
  /** Over the last second and the last minute, or for as long as there has been a monitor. */
  readonly rates: { readonly lastSecond: Rates; readonly lastMinute: Rates }
  readonly eventLoop: EventLoopReport
}

/** One worker: a slot of the event loop, a thread or a process. */
export interface WorkerDetails {
  readonly lane: LaneName
  readonly state: 'busy' | 'idle'
  /** Number of the thread, id of the process; null for slots of the event loop and for workers that are idle. */
  readonly workerId: number | null
  /** What it runs. */
  readonly task: {
    readonly taskId: string
    readonly name: string
    readonly attempt: number
    /** Milliseconds so far. */
    readonly runningMs: number
  } | null
}

export interface HealthReport {
  /** The process answers. */
  readonly live: boolean
  /** Tasks are taken: started, not paused, not full, not shutting down. */
  readonly ready: boolean
  /** Live, ready, and nothing that it watches is out of bounds. An idle system is healthy. */
  readonly healthy: boolean
  /** One sentence for each thing that is wrong; empty when healthy. */
  readonly reasons: readonly string[]
}

/** The figures that a decision of the auto-scaler came from. Ratios are 0..1. */
export interface ScalingFigures {
  /** Tasks that wait for the lane that is scaled ÷ `queueSize`. */
  readonly queuePressure: number
  /** Share of starts since the look before that came later than the target of their class. */
  readonly breachRatio: number
  readonly utilization: number
  readonly queued: number
}

/** What the auto-scaler decided, and why. */
export interface ScalingDecision {
  /** Epoch milliseconds. */
  readonly at: number
  readonly action: 'up' | 'down' | 'stay'
  readonly from: number
  readonly to: number
  readonly reason: string
  readonly figures: ScalingFigures
}

export interface Monitor {
  /** What it watches. */
  readonly engine: TaskEngine
  /** The figures of this moment. */
  getStats(): MonitorStatistics
  /** All workers, the busy ones first. */
  getWorkerDetails(): Promise<readonly WorkerDetails[]>
  /** Looks at the load and sets the number of workers now. @throws UnsupportedByEngineError when the engine has none to scale */
  optimizeWorkers(): Promise<ScalingDecision>
  health(): HealthReport
  /** Stops sampling and scaling. The engine goes on. Idempotent. */
  close(): void
}
