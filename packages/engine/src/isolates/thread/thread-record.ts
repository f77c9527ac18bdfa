// A task of the walk whose attempts run in threads.
import type { TaskStats } from '../../contract/task.ts'
import { RemoteRecord } from '../../typescript/remote-record.ts'
import type { ThreadAttempt } from './thread-attempt.ts'

export class ThreadRecord extends RemoteRecord {
  /** What was handed over and is still wanted. */
  attempt: ThreadAttempt | null = null
  /** Number, for people, of the thread that ran it last. */
  workerId: number | null = null

  override stats(): TaskStats {
    return { ...super.stats(), workerId: this.workerId }
  }
}
