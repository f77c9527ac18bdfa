// The flat statistics of an engine, the same on every engine.
import type { LaneName } from './task.ts'

/** A distribution in milliseconds, from an HDR histogram over all tasks since the engine started. Quantiles are exact to 1 %. */
export interface Distribution {
  readonly count: number
  readonly meanMs: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** One priority class: what waits now, and how long its tasks have waited against the class target. */
export interface ClassStatistics {
  readonly queued: number
  /** Age of the oldest waiting task, 0 when none waits. */
  readonly oldestAgeMs: number
  readonly wait: Distribution
  readonly targetMs: number
  /** Tasks that started later than the target. */
  readonly breaches: number
}

/** One lane: its slots, or workers, how many of them are busy, and who waits for one. */
export interface LaneStatistics {
  readonly slots: number
  readonly active: number
  /** Tasks that wait for nothing but a slot. */
  readonly queued: number
}

/** How far the number of workers may be scaled. */
export interface WorkerBounds {
  readonly lane: LaneName
  readonly least: number
  readonly most: number
}

/** Compiled bodies of an engine. A body counts once for each tuple of argument types; calls and bails never shrink. */
export interface CompiledStatistics {
  readonly bodies: number
  readonly calls: number
  readonly bails: number
}

/** What `snapshot()` gives. Ratios are 0..1, sizes MiB, rates per second over the last ten seconds. */
export interface EngineStatistics {
  readonly engine: string
  readonly criticalQueueSize: number
  readonly highQueueSize: number
  readonly normalQueueSize: number
  readonly lowQueueSize: number
  /** Tasks that wait: ready, scheduled and waiting for a retry. */
  readonly totalQueued: number
  /** Of them, the scheduled and retrying ones. */
  readonly scheduledTasks: number
  /** Submitted ones are at any moment those that wait, those that run and those that have ended. */
  readonly runningTasks: number
  /** totalQueued ÷ queueSize. */
  readonly queuePressure: number
  readonly activeWorkers: number
  readonly idleWorkers: number
  readonly totalWorkers: number
  /** Null: this engine has no workers that can be scaled. */
  readonly workerBounds: WorkerBounds | null
  /** Nothing is started: `pause()` was called, for all tasks. */
  readonly paused: boolean
  /** Names that are paused by themselves; missing on engines that do not tell. */
  readonly pausedNames?: readonly string[]
  /** Busy slot time ÷ slot time over the last ten seconds. */
  readonly avgWorkerUtilization: number
  readonly tasksPerSecond: number
  readonly avgExecutionTimeMs: number
  readonly p95ExecutionTimeMs: number
  readonly p99ExecutionTimeMs: number
  readonly avgWaitTimeMs: number
  readonly p95WaitTimeMs: number
  readonly p99WaitTimeMs: number
  /** Resident memory of the process. */
  readonly memoryUsageMb: number
  /** Heap in use ÷ heap reserved. */
  readonly memoryEfficiency: number
  readonly submittedTasks: number
  readonly completedTasks: number
  readonly failedTasks: number
  readonly cancelledTasks: number
  readonly expiredTasks: number
  readonly retryCount: number
  readonly timeoutCount: number
  /** Submissions refused with QueueFullError. */
  readonly rejectedTasks: number
  /** Failures whose result nobody has asked for so far. */
  readonly unobservedFailures: number
  /** Bodies still running after their task was cancelled or timed out. */
  readonly lateRuns: number
  /** failedTasks ÷ totalTasksProcessed. */
  readonly errorRate: number
  readonly uptimeSeconds: number
  /** Completed and failed. */
  readonly totalTasksProcessed: number
  /** Settled tasks still kept for look-up. */
  readonly retainedTasks: number
  readonly cAcceleration: boolean
  /** Bodies in JavaScript that C runs, tasks that it was given, and those of them that it gave up. */
  readonly compiled: CompiledStatistics
  readonly jemallocEnabled: boolean
  readonly autoScaling: boolean
  readonly execution: Distribution
  readonly wait: Distribution
  /** The lanes that the engine has. */
  readonly lanes: Readonly<Partial<Record<LaneName, LaneStatistics>>>
  /** MiB of the lanes that measure their memory; of the inline lane the heap of this process. */
  readonly laneMemoryMb: Readonly<Partial<Record<LaneName, number>>>
  /** By class number: critical, high, normal, low. */
  readonly priorities: readonly [ClassStatistics, ClassStatistics, ClassStatistics, ClassStatistics]
}
