// What an engine tells its listeners. Delivery is in order, on the event loop, after the change it speaks of.
import type { LaneName, TaskOutcome, TaskPriority } from './task.ts'

interface TaskEventBase {
  readonly taskId: string
  readonly name: string
  readonly priority: TaskPriority
  /** Epoch milliseconds, fractional. */
  readonly at: number
}

/** Each event by its name, with its figures. Durations are milliseconds. */
export interface EngineEvents {
  scheduled: TaskEventBase & { readonly type: 'scheduled'; readonly dueAt: number }
  queued: TaskEventBase & { readonly type: 'queued' }
  started: TaskEventBase & {
    readonly type: 'started'
    readonly attempt: number
    readonly lane: LaneName
    readonly waitTimeMs: number
  }
  progress: TaskEventBase & { readonly type: 'progress'; readonly ratio: number; readonly message?: string }
  completed: TaskEventBase & {
    readonly type: 'completed'
    readonly attempt: number
    readonly executionTimeMs: number
    readonly outcome: TaskOutcome
  }
  failed: TaskEventBase & {
    readonly type: 'failed'
    readonly attempt: number
    readonly executionTimeMs: number
    readonly error: Error
    /** False: at this moment nobody waits for the result or listens to it. */
    readonly observed: boolean
  }
  retrying: TaskEventBase & {
    readonly type: 'retrying'
    /** The attempt that failed. */
    readonly attempt: number
    readonly error: Error
    readonly delayMs: number
  }
  cancelled: TaskEventBase & { readonly type: 'cancelled'; readonly error: Error }
  expired: TaskEventBase & { readonly type: 'expired'; readonly error: Error }
  stalled: TaskEventBase & { readonly type: 'stalled'; readonly reason: string }
  scaled: {
    readonly type: 'scaled'
    readonly at: number
    readonly what: 'inlineConcurrency' | 'workers'
    readonly from: number
    readonly to: number
    readonly reason: string
  }
  drained: { readonly type: 'drained'; readonly at: number }
}

export type EngineEventType = keyof EngineEvents
export type EngineEvent = EngineEvents[EngineEventType]
export type EngineListener<K extends EngineEventType = EngineEventType> = (event: EngineEvents[K]) => void

export const engineEventTypes: readonly EngineEventType[] = [
  'scheduled',
  'queued',
  'started',
  'progress',
  'completed',
  'failed',
  'retrying',
  'cancelled',
  'expired',
  'stalled',
  'scaled',
  'drained',
]
