// Where bodies run, as the walk sees it: who waits to run there, and who does.
import type { LaneName } from '../contract/task.ts'
import type { IntrusiveList } from './intrusive-list.ts'
import type { PackedArguments } from './kept-arguments.ts'
import type { ReadyQueue } from './ready-queue.ts'
import type { TaskRecord } from './task-record.ts'

export interface Lane {
  readonly name: LaneName
  readonly ready: ReadyQueue
  /** Tasks whose attempt runs, by start. */
  readonly running: IntrusiveList
  /** It measures its attempts and ends those that run too long: then the walk does neither. */
  readonly keepsTime: boolean
  /** The class of its records, if they can do more than others. */
  readonly recordClass?: typeof TaskRecord
  /** Packs arguments as they are, which then need not be copied; null for those that do. */
  readonly pack?: (args: readonly unknown[]) => PackedArguments | null
  /** Told whenever something may have become possible: a task came, a slot or a limit is free, a pause is over. */
  wake(): void
  /** Takes back a task that left the ready queue and passed its gates but does not run yet; false when it is none. */
  takeBack(record: TaskRecord): boolean
  /** The running attempt of the task was given up: nobody wants its result. */
  abandon(record: TaskRecord): void
}

/** Tasks whose attempt runs, of all lanes. */
export function* runningIn(lanes: readonly Lane[]): Generator<TaskRecord> {
  for (const { running } of lanes) yield* running
}
