// A task of the walk whose attempts run in C: its handle can hold this thread up.
import { TaskRecord } from '../typescript/task-record.ts'
import type { Lane } from '../typescript/lane.ts'

/** A lane that goes on while this thread waits. */
export interface LaneBeside extends Lane {
  /** Holds this thread up until `isOver`; false when the time was over first. */
  holdUp(isOver: () => boolean, timeoutMs: number): boolean
}

export class KernelRecord extends TaskRecord {
  waitSync(timeoutMs: number): boolean {
    return (this.plan.lane as LaneBeside).holdUp(() => this.peekOutcome() !== undefined, timeoutMs)
  }
}
