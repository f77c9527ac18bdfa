// Ends tasks before their end: those that wait are taken from the broker, those that run are stopped, wherever they run.
import { isSettled } from '@catzilla/engine'
import type { BrokerHandle } from './broker-handle.ts'
import { cancelledError } from './errors.ts'
import type { Hub } from './hub.ts'
import type { Inspection } from './inspection.ts'
import type { Messages } from './messages.ts'
import type { Outbox } from './outbox.ts'
import type { Settlement } from './settlement.ts'

export class Cancelling {
  readonly #hub: Hub
  readonly #parts: () => { outbox: Outbox; messages: Messages; settlement: Settlement; inspection: Inspection }

  constructor(
    hub: Hub,
    parts: () => { outbox: Outbox; messages: Messages; settlement: Settlement; inspection: Inspection },
  ) {
    this.#hub = hub
    this.#parts = parts
  }

  /** False when the task has ended. */
  cancel(handle: BrokerHandle, reason: string | undefined): boolean {
    const { settlement } = this.#parts()
    if (handle.run !== null) {
      if (!handle.run.cancel(reason)) return false
      const outcome = handle.run.outcome ?? { status: 'cancelled' as const, error: cancelledError(handle, reason) }
      settlement.settle(handle, outcome)
      return true
    }
    const { jobId, name } = handle
    settlement.settle(handle, { status: 'cancelled', error: cancelledError(handle, reason) })
    this.cancelJob(name, jobId, reason)
    return true
  }

  /** A job of this or another process, after what was asked of its queue before. */
  cancelJob(name: string, jobId: string, reason: string | undefined): void {
    this.#parts().outbox.do(name, async (queue) => {
      const removed = await queue.remove(jobId).catch(() => 0)
      if (removed === 0) await this.#announce(jobId, reason)
    })
  }

  /** A task that another process submitted; false when there is none, or it has ended. */
  async cancelForeign(taskId: string, reason: string | undefined): Promise<boolean> {
    const info = await this.#parts().inspection.find(taskId)
    if (info === undefined || isSettled(info.status)) return false
    const queue = this.#hub.queues.of(info.name)
    const removed = await queue.remove(taskId).catch(() => 0)
    if (removed === 0) await this.#announce(taskId, reason)
    return true
  }

  #announce(id: string, reason: string | undefined): Promise<void> {
    return this.#parts().messages.toAll({ t: 'cancel', id, reason: reason ?? null })
  }
}
