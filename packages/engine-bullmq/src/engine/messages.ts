// What processes that share a broker tell each other: to all, or to the one that submitted a task. A message may get lost
// with the connection: whatever it says can be found out from the broker as well.
import type { Broker } from '../broker/broker.ts'
import { MOST_MESSAGE_BYTES } from '../broker/broker.ts'
import type { StoredOutcome } from '../format/records.ts'
import type { StoredValue } from '../format/values.ts'

/** Said to all. */
export type Announcement =
  | { readonly t: 'pause'; readonly name: string | null; readonly paused: boolean }
  | { readonly t: 'cancel'; readonly id: string; readonly reason: string | null }

/** Said to the process that submitted a task. Times are epoch milliseconds. */
export type Notice =
  | { readonly t: 'started'; readonly id: string; readonly at: number; readonly attempt: number }
  | {
      readonly t: 'progress'
      readonly id: string
      readonly at: number
      readonly ratio: number
      readonly message?: string
    }
  | {
      readonly t: 'retrying'
      readonly id: string
      readonly attempt: number
      readonly error: StoredValue
      readonly delayMs: number
    }
  | { readonly t: 'stalled'; readonly id: string; readonly reason: string }
  /** Without an outcome: it is too long for a message, and stands on the broker. */
  | { readonly t: 'ended'; readonly id: string; readonly outcome: StoredOutcome | null }

export interface Hearing {
  announced(announcement: Announcement): void
  noticed(notice: Notice): void
}

const ALL = 'all'

export class Messages {
  readonly #broker: Broker
  readonly #id: string

  /** @param id of this engine */
  constructor(broker: Broker, id: string) {
    this.#broker = broker
    this.#id = id
  }

  async start(hearing: Hearing): Promise<void> {
    await this.#broker.listen(ALL, (text) => {
      const announcement = parse<Announcement>(text)
      if (announcement !== undefined) hearing.announced(announcement)
    })
    await this.#broker.listen(this.#id, (text) => {
      const notice = parse<Notice>(text)
      if (notice !== undefined) hearing.noticed(notice)
    })
  }

  async toAll(announcement: Announcement): Promise<void> {
    await this.#broker.post(ALL, JSON.stringify(announcement))
  }

  /** Never waits, never fails: who is not told looks for himself. */
  toOne(id: string, notice: Notice): void {
    let text = JSON.stringify(notice)
    if (Buffer.byteLength(text) > MOST_MESSAGE_BYTES) {
      if (notice.t !== 'ended') return
      text = JSON.stringify({ ...notice, outcome: null })
    }
    this.#broker.post(id, text).catch(() => {})
  }
}

/** Other versions may say other things. */
function parse<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T
  } catch {
    return undefined
  }
}
