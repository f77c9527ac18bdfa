// What other processes say, and what it changes here.
import { unpackError } from '@catzilla/engine'
import { restoreOutcome } from '../format/records.ts'
import { restoreValue } from '../format/values.ts'
import type { BrokerHandle } from './broker-handle.ts'
import type { Hub } from './hub.ts'
import type { Announcement, Hearing as Heard, Notice } from './messages.ts'
import type { Pauses } from './pauses.ts'
import type { Reconciling } from './reconciling.ts'
import { eventOf } from './settlement.ts'
import type { Settlement } from './settlement.ts'

export class Hearing implements Heard {
  readonly #hub: Hub
  readonly #parts: { pauses: Pauses; settlement: Settlement; reconciling: Reconciling }

  constructor(hub: Hub, parts: { pauses: Pauses; settlement: Settlement; reconciling: Reconciling }) {
    this.#hub = hub
    this.#parts = parts
  }

  announced(announcement: Announcement): void {
    if (announcement.t === 'pause') this.#parts.pauses.hear(announcement.name, announcement.paused)
    else if (announcement.t === 'cancel') {
      const handle = this.#hub.live.get(announcement.id)
      if (handle !== undefined && handle.run !== null) handle.cancel(announcement.reason ?? undefined)
    }
  }

  noticed(notice: Notice): void {
    const handle = this.#hub.live.get(notice.id)
    // what runs here is known better here
    if (handle === undefined || handle.run !== null) return
    const { settlement } = this.#parts
    switch (notice.t) {
      case 'started':
        return settlement.started(handle, notice.at, notice.attempt)
      case 'progress':
        return settlement.progressed(handle, notice.ratio, notice.message, notice.at)
      case 'retrying':
        return settlement.retrying(handle, notice.attempt, unpackError(restoreValue(notice.error)), notice.delayMs)
      case 'stalled':
        return this.#stalled(handle, notice.reason)
      case 'ended':
        return this.#ended(handle, notice)
    }
  }

  #stalled(handle: BrokerHandle, reason: string): void {
    const now = this.#hub.now()
    this.#hub.events.emit<'stalled'>({ ...eventOf(handle, now), type: 'stalled', reason })
  }

  #ended(handle: BrokerHandle, { outcome }: Notice & { readonly t: 'ended' }): void {
    const { reconciling, settlement } = this.#parts
    if (outcome === null) {
      reconciling.ask(handle).catch(() => {})
      return
    }
    const {
      startedAt = null,
      attempt = 1,
      recovered = false,
      workerId = null,
      memoryUsageMb = null,
      logs = [],
    } = outcome
    settlement.settle(handle, restoreOutcome(outcome), { startedAt, attempt, recovered, workerId, memoryUsageMb, logs })
  }
}
