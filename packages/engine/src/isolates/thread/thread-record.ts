// A task of the walk whose attempts run in threads.
import type { TaskStats, TaskStatus } from '../../contract/task.ts'
import { RemoteRecord } from '../../typescript/remote-record.ts'
import type { ThreadAttempt } from './thread-attempt.ts'

export class ThreadRecord extends RemoteRecord {
  /** What was handed over and is still wanted. */
  attempt: ThreadAttempt | null = null
  /** Number, for people, of the thread that ran it last. */
  workerId: number | null = null

  override settle(status: TaskStatus, end: unknown): void {
    // failures are kept in numbers: each would keep the memory that its arguments share with those of others
    if (status !== 'completed') this.keptArgs = this.args
    super.settle(status, end)
  }

  override stats(): TaskStats {
    return { ...super.stats(), workerId: this.workerId }
  }
}
