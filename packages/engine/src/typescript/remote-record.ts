// A task of the walk whose attempts run on other threads: its handle can hold this thread up.
import type { Lane } from './lane.ts'
import { TaskRecord } from './task-record.ts'

/** A lane that goes on while this thread waits. */
export interface LaneBeside extends Lane {
  /** Holds this thread up until `isOver`; false when the time was over first. */
  holdUp(isOver: () => boolean, timeoutMs: number): boolean
}

export class RemoteRecord extends TaskRecord {
  waitSync(timeoutMs: number): boolean {
    return (this.plan.lane as LaneBeside).holdUp(() => this.peekOutcome() !== undefined, timeoutMs)
  }
}
