// What the parts of the engine share while it is started.
import type { EventStream, TaskEngine } from '@catzilla/engine'
import type { Broker } from '../broker/broker.ts'
import type { ResolvedBullmqOptions } from '../options.ts'
import type { BrokerHandle } from './broker-handle.ts'
import type { Calls } from './calls.ts'
import type { Counts } from './counts.ts'
import type { Queues } from './queues.ts'

export interface Hub {
  readonly engineName: string
  /** Names this engine among all that share the broker. */
  readonly id: string
  readonly options: ResolvedBullmqOptions
  readonly broker: Broker
  readonly queues: Queues
  readonly calls: Calls
  /** Runs the bodies. */
  readonly local: TaskEngine
  readonly events: EventStream
  readonly counts: Counts
  /** Tasks that have not ended: those submitted here, and those of others while they run here. */
  readonly live: Map<string, BrokerHandle>
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Null, or when the engine began to stop, in epoch milliseconds. */
  stoppingSince: number | null
}
