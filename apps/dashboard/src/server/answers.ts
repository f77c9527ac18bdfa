// What the server answers, as far as this page reads it. Times are epoch milliseconds, durations milliseconds.
import type { ClassReport, HealthReport, MonitorStatistics, ScalingDecision, WorkerDetails } from '@catzilla/monitor'

export type { ClassReport, HealthReport, MonitorStatistics, ScalingDecision, WorkerDetails }

export const statuses = [
  'pending',
  'running',
  'scheduled',
  'retrying',
  'completed',
  'failed',
  'cancelled',
  'expired',
] as const
export type Status = (typeof statuses)[number]

export const priorities = ['critical', 'high', 'normal', 'low'] as const
export type Priority = (typeof priorities)[number]

/** The flat figures of `GET /live`. */
export interface FlatStatistics {
  readonly engine: string
  readonly paused: boolean
  /** Missing where the engine does not tell. */
  readonly pausedNames?: readonly string[]
  readonly totalQueued: number
  readonly scheduledTasks: number
  readonly runningTasks: number
  readonly submittedTasks: number
  readonly completedTasks: number
  readonly failedTasks: number
  readonly cancelledTasks: number
  readonly expiredTasks: number
  readonly retryCount: number
  readonly timeoutCount: number
  readonly rejectedTasks: number
  readonly unobservedFailures: number
  readonly retainedTasks: number
  readonly uptimeSeconds: number
  readonly workerBounds: { readonly lane: string; readonly least: number; readonly most: number } | null
}

export interface ErrorView {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly stack?: string
  readonly cause?: ErrorView
}

export interface TaskLine {
  readonly taskId: string
  readonly name: string
  readonly status: Status
  readonly priority: Priority
  readonly lane: string
  readonly createdAt: number
  readonly startedAt: number | null
  readonly completedAt: number | null
  readonly dueAt: number | null
  readonly waitTimeMs: number
  readonly executionTimeMs: number | null
  readonly memoryUsageMb: number | null
  readonly retries: number
  readonly retryOf: string | null
  readonly workerId: number | null
  readonly progress: { readonly ratio: number; readonly message?: string } | null
  readonly tags: readonly string[]
  readonly waitingFor: string | null
  readonly lastHeartbeatAt: number | null
  readonly error?: ErrorView
}

export interface PastAttempt {
  readonly attempt: number
  readonly startedAt: number
  readonly endedAt: number
  readonly waitTimeMs: number
  readonly delayMs: number
  readonly error: ErrorView
}

export interface TaskDetail extends TaskLine {
  readonly engine: string
  readonly args?: readonly unknown[]
  readonly argsOmitted?: string
  readonly metadata?: Readonly<Record<string, unknown>>
  /** Those that were followed by another, as far as they are kept. */
  readonly attempts?: readonly PastAttempt[]
  readonly logs?: readonly { readonly at: number; readonly message: string; readonly fields?: unknown }[]
  readonly result?: unknown
  readonly resultOmitted?: string
}

export interface TaskPage {
  readonly tasks: readonly TaskLine[]
  readonly nextCursor: string | null
}

export interface HistoryStep {
  readonly type: string
  readonly at: number
  readonly attempt?: number
  readonly lane?: string
  readonly waitTimeMs?: number
  readonly executionTimeMs?: number
  readonly delayMs?: number
  readonly dueAt?: number
  readonly ratio?: number
  readonly message?: string
  readonly reason?: string
  readonly error?: ErrorView
}

export interface History {
  readonly since: number | null
  readonly steps: readonly HistoryStep[]
}

export interface LaneExplanation {
  readonly lane: string
  readonly reason: string
  readonly native: {
    readonly compiled: boolean
    readonly reason: string
    readonly blockers: readonly {
      readonly code: string
      readonly message: string
      readonly remedy: string
      readonly line: number
      readonly column: number
    }[]
  }
}

export interface Rights {
  readonly submit: boolean
  readonly cancel: boolean
  readonly retry: boolean
  readonly pause: boolean
  readonly scale: boolean
  /** Names of tasks that may be submitted. */
  readonly tasks: readonly string[]
  /** Whether the server shows runs of workflows. */
  readonly workflows: boolean
}

export interface FailureGroup {
  readonly name: string
  readonly pattern: string
  readonly count: number
  readonly error: string
  readonly firstAt: number
  readonly lastAt: number
  readonly lastTaskId: string
}

export interface ScheduleLine {
  readonly id: string
  readonly taskName: string
  readonly nextRunAt: number | null
  readonly lastSlotAt: number | null
  readonly submitted: number
  readonly missed: number
  readonly paused: boolean
  readonly lastError: string | null
}

export interface AuditEntry {
  readonly at: number
  readonly operation: string
  readonly taskId: string | null
  readonly taskName: string | null
  readonly runId: string | null
  readonly workflow: string | null
  readonly scheduleId: string | null
  readonly caller: string | null
  readonly from: string | null
  readonly outcome: 'done' | 'refused'
  readonly details: unknown
}

/** What became of a part of the tasks that a filter means. */
export interface PartDone {
  readonly done: number
  readonly notAllowed: number
  readonly skipped: number
  readonly nextCursor: string | null
}
