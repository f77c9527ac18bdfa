// What the parts of a durable engine share while its store is open: one record, handed to each of them; nothing is global.
import type { Clock, TaskEngine } from '@catzilla/engine'
import type { Seal } from '../format/seal.ts'
import type { ResolvedDurableOptions } from '../options.ts'
import type { RunningNotes } from '../store/running-file.ts'
import type { Store } from '../store/store.ts'
import type { TaskStore } from '../store/task-store.ts'
import type { Writer } from '../store/writer.ts'
import type { Calls } from './calls.ts'
import type { EventRelay } from './event-relay.ts'
import type { LiveTasks } from './live-tasks.ts'
import type { Numbering } from './numbering.ts'
import type { Retention } from './retention.ts'

export interface Kept {
  readonly inner: TaskEngine
  readonly options: ResolvedDurableOptions
  readonly clock: Clock
  readonly store: Store
  /** Accepted tasks, as they stand in the store. */
  readonly tasks: TaskStore
  readonly writer: Writer
  readonly seal: Seal
  readonly notes: RunningNotes
  /** Begins the id of every task of the store. */
  readonly prefix: string
  readonly numbering: Numbering
  readonly calls: Calls
  readonly relay: EventRelay
  readonly retention: Retention
  readonly live: LiveTasks
  /** Which unsettled task has a unique key, by the key's digest. */
  readonly unique: Map<string, string>
  /** The engine is stopping: what it closes stays in the store. */
  closing: boolean
  /** Failures that nobody has looked at. */
  unobserved: number
}
