// What the parts of the walk share: one record, handed to each of them; nothing is global.
import type { TaskKeeper } from '../contract/task-keeper.ts'
import type { Clock } from '../support/clock.ts'
import type { EventStream } from '../support/event-stream.ts'
import type { Gatekeeper } from './gatekeeper.ts'
import type { Lane } from './lane.ts'
import type { Occupancy } from './occupancy.ts'
import type { Retention } from './retention.ts'
import type { Statistics } from './statistics.ts'
import type { TimerQueue } from './timer-queue.ts'

export interface Walk {
  readonly clock: Clock
  readonly random: () => number
  readonly statistics: Statistics
  readonly events: EventStream
  readonly timers: TimerQueue
  readonly gatekeeper: Gatekeeper
  readonly occupancy: Occupancy
  /** Completed tasks, and the other settled ones: successes must not wash out failures. */
  readonly completedKept: Retention
  readonly failedKept: Retention
  readonly lanes: readonly Lane[]
  /** Who keeps the tasks across crashes, if anybody does. */
  keeper: TaskKeeper | null
  /** Nothing more is started. */
  paused: boolean
  /** Epoch milliseconds of a monotonic reading. */
  readonly toEpoch: (monotonicMs: number) => number
}
