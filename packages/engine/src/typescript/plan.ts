// What the engine works out once per call and shares among all its tasks: options, body, and the gates to pass.
import type { KernelReference, TaskCall, TaskHandler, TaskProgress } from '../contract/task.ts'
import type { ResolvedTaskOptions } from '../contract/resolved-task-options.ts'
import { defaultTaskOptions } from '../options/task-options.ts'
import type { Gate } from './gate.ts'
import type { Lane } from './lane.ts'
import type { TaskRecord } from './task-record.ts'
import type { TaskSeries } from './task-series.ts'

/** What the engine keeps per task name. */
export interface NamedTask {
  readonly name: string
  handler: TaskHandler | undefined
  kernel: KernelReference | undefined
  /** Limits and pause of the name; null while it has neither, which is the fast path. */
  gate: Gate | null
  /** Limits per key; null while no call of this name has a key. */
  keyGates: Map<string, Gate> | null
  /** Unsettled tasks by `uniqueKey`. */
  unique: Map<string, TaskRecord> | null
  /** The latest plan of a delayed call, which others that differ in their delay alone go by; not on the native lane. */
  delayed: Plan | null
}

export interface Plan {
  /** The first that it was made for. */
  readonly call: TaskCall
  /** Of its tasks, but for `delayMs`: that is each call's own. */
  readonly options: ResolvedTaskOptions
  readonly named: NamedTask
  readonly lane: Lane
  /** What the inline lane runs. */
  readonly handler: TaskHandler
  /** What the lane asks of arguments: throws a PayloadError. */
  readonly check: ((args: readonly unknown[]) => void) | null
  readonly home: RecordHome
  /** Where its tasks are measured. */
  readonly series: TaskSeries
  /** No delay, key, expiry, signal or keyed limit: the task goes straight to the ready queue. */
  readonly direct: boolean
  /** It has limits for all tasks of its name. */
  readonly limited: boolean
  /** Its limits are per key. */
  readonly keyed: boolean
}

/** What a record asks of the engine that owns it. */
export interface RecordHome {
  readonly engineName: string
  taskId(record: TaskRecord): string
  now(): number
  /** Epoch milliseconds of a monotonic reading. */
  readonly toEpoch: (monotonicMs: number) => number
  cancel(record: TaskRecord, reason: string | undefined): boolean
  /** Somebody asked for the outcome of a failure for the first time. */
  observeFailure(): void
  defer(deliver: () => void): void
  reportProgress(record: TaskRecord, progress: TaskProgress): void
}

const otherOptions = (Object.keys(defaultTaskOptions) as (keyof ResolvedTaskOptions)[]).filter(
  (key) => key !== 'delayMs',
)

/** Whether two calls that both have a delay are the same in all else. */
export function differInDelay(one: TaskCall, other: TaskCall): boolean {
  return (
    one.handler === other.handler &&
    one.kernel === other.kernel &&
    one.byReference === other.byReference &&
    one.facts === other.facts &&
    one.columns === other.columns &&
    one.graph === other.graph &&
    one.rows === other.rows &&
    otherOptions.every((key) => one.options[key] === other.options[key])
  )
}
