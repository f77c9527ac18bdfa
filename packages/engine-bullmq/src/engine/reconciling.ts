// Looks after what may have been missed: ends of tasks of which no message came, a broker that is connected but silent, a
// connection that stays lost, and tasks whose worker is gone.
import { EngineUnavailableError, UnknownTaskError } from '@catzilla/engine'
import { endOfJob } from '../format/ended-job.ts'
import type { BrokerHandle } from './broker-handle.ts'
import type { Hub } from './hub.ts'
import type { Messages } from './messages.ts'
import { eventOf } from './settlement.ts'
import type { Settlement } from './settlement.ts'
import { stallReason } from './stall-reason.ts'

const LOOK_EVERY_MS = 1000

/** A task of which nothing was heard for so long is asked for. */
const QUIET_MS = 5000

/** Tasks asked for at a time. */
const MOST_ASKED = 200

export class Reconciling {
  readonly #hub: Hub
  readonly #settlement: Settlement
  readonly #messages: Messages
  readonly #served: () => Iterable<string>
  #timer: NodeJS.Timeout | undefined
  #looking = false
  #recoveredAt = 0

  /** @param served names of tasks that run here */
  constructor(hub: Hub, settlement: Settlement, messages: Messages, served: () => Iterable<string>) {
    this.#hub = hub
    this.#settlement = settlement
    this.#messages = messages
    this.#served = served
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref()
    // messages of the time without a connection are lost
    this.#hub.broker.onReturn(() => {
      for (const handle of this.#hub.live.values()) handle.heardAt = 0
    })
  }

  close(): void {
    clearInterval(this.#timer)
  }

  async look(): Promise<void> {
    this.#tellOfLoss()
    if (this.#looking) return
    this.#looking = true
    try {
      await this.#hub.broker.probe()
      if (this.#hub.broker.lostAt !== null) return
      await this.#askForQuiet()
      await this.#recoverLost()
    } catch {
      // the next look finds it
    } finally {
      this.#looking = false
    }
  }

  /** Nobody waits for ever for a broker that does not come back. */
  #tellOfLoss(): void {
    const { broker, live, options, engineName } = this.#hub
    if (broker.lostAt === null || this.#hub.now() - broker.lostAt < options.connectionLossMs) return
    for (const handle of live.values()) {
      if (!handle.own || handle.run !== null) continue
      const error = new EngineUnavailableError(
        `task '${handle.name}' (${handle.taskId}): the connection of the ${engineName} engine to its broker has been lost for ${options.connectionLossMs} ms; the task ${handle.isAccepted ? 'stands there and may run all the same: look it up by its id' : 'may not have got there: submit it again'} when the broker is back`,
      )
      handle.refuse(error)
      this.#settlement.settle(handle, { status: 'failed', error })
    }
  }

  async #askForQuiet(): Promise<void> {
    const before = this.#hub.now() - QUIET_MS
    const quiet: BrokerHandle[] = []
    for (const handle of this.#hub.live.values()) {
      if (quiet.length === MOST_ASKED) break
      if (handle.own && handle.isAccepted && handle.run === null && handle.heardAt < before) quiet.push(handle)
    }
    await Promise.all(quiet.map((handle) => this.ask(handle)))
  }

  /** What the broker says of a task. */
  async ask(handle: BrokerHandle): Promise<void> {
    const job = await this.#hub.queues.of(handle.name).getJob(handle.jobId)
    if (handle.run !== null || handle.peeked !== undefined) return
    handle.heardAt = this.#hub.now()
    if (job === undefined) {
      const error = new UnknownTaskError(
        `task '${handle.name}' (${handle.taskId}) is not on the broker any more: it was removed there, or its keepResultMs were over before its end was heard of; raise keepResultMs, or submit it again`,
      )
      this.#settlement.settle(handle, { status: 'failed', error })
      return
    }
    const ended = endOfJob(job)
    if (ended === undefined) return
    const { outcome, facts } = ended
    this.#settlement.settle(handle, outcome, facts)
  }

  async #recoverLost(): Promise<void> {
    const { options, queues } = this.#hub
    const now = this.#hub.now()
    if (now - this.#recoveredAt < options.lockMs / 2) return
    this.#recoveredAt = now
    for (const name of this.#served()) {
      for (const id of await queues.sourceOf(name).recoverLost()) await this.#tellOfStall(name, id, now)
    }
  }

  /** Whoever submitted it is told, also when it runs here already. */
  async #tellOfStall(name: string, id: string, lostBy: number): Promise<void> {
    const { events, live, options, queues } = this.#hub
    const job = await queues
      .of(name)
      .getJob(id)
      .catch(() => undefined)
    const reason = stallReason(job, lostBy, options.lockMs)
    const handle = live.get(id)
    const from = handle?.from ?? job?.data.from
    if (handle?.own === true) events.emit<'stalled'>({ ...eventOf(handle, this.#hub.now()), type: 'stalled', reason })
    else if (from !== undefined) this.#messages.toOne(from, { t: 'stalled', id, reason })
  }
}
