// A lane whose bodies run in other threads or processes, as the engine that has it sees it.
import type { LaneStatistics } from '../contract/statistics.ts'
import type { IntrusiveList } from './intrusive-list.ts'
import type { NamedTask } from './plan.ts'
import type { LaneTerms } from './plans.ts'

export interface SideLane {
  readonly terms: LaneTerms
  /** Tasks on their way to a thread or process that have not started. */
  readonly handed: IntrusiveList
  /** The engine has started: what is to be there from the beginning is started. */
  open(): void
  /** Nothing is started while `paused`, also of what was handed over already. */
  pause(paused: boolean): void
  /** Tasks of a name that were handed over and have not started come back: its pause or its limits hold for them too. */
  recall(named: NamedTask): void
  /** Threads or processes, and how many of them are busy. */
  figures(): Omit<LaneStatistics, 'queued'>
  /** Heap of its threads, or resident memory of its processes, as far as they have told. */
  memoryBytes(): number
  /** Ends all threads or processes; no task is left by now. */
  close(): Promise<void>
}
