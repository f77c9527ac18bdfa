// What the local engine tells of the runs here, handed on: to those who listen here, and to whoever submitted the task.
import type { EngineEvents } from '@catzilla/engine'
import type { BrokerHandle } from './broker-handle.ts'
import type { Hub } from './hub.ts'
import type { Messages } from './messages.ts'
import type { Settlement } from './settlement.ts'

export class LocalRelay {
  readonly #hub: Hub
  readonly #settlement: Settlement
  readonly #messages: Messages
  #unsubscribe: (() => void)[] = []

  constructor(hub: Hub, settlement: Settlement, messages: Messages) {
    this.#hub = hub
    this.#settlement = settlement
    this.#messages = messages
  }

  start(): void {
    const { events, local } = this.#hub
    this.#unsubscribe = [
      local.subscribe(['started'], (event) => this.#started(event)),
      local.subscribe(['progress'], (event) => this.#progressed(event)),
      local.subscribe(['scaled'], (event) => events.emit<'scaled'>(event)),
    ]
  }

  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
  }

  #started({ taskId, at, attempt }: EngineEvents['started']): void {
    const handle = this.#hub.live.get(taskId)
    if (handle === undefined) return
    this.#settlement.started(handle, at, attempt)
    this.#tell(handle, (id) => this.#messages.toOne(id, { t: 'started', id: taskId, at, attempt }))
  }

  #progressed({ taskId, at, ratio, message }: EngineEvents['progress']): void {
    const handle = this.#hub.live.get(taskId)
    if (handle === undefined) return
    this.#settlement.progressed(handle, ratio, message, at)
    const told = message === undefined ? { ratio } : { ratio, message }
    this.#tell(handle, (id) => this.#messages.toOne(id, { t: 'progress', id: taskId, at, ...told }))
    this.#hub.queues
      .sourceOf(handle.name)
      .getBackend()
      .updateProgress(handle.jobId, told)
      .catch(() => {})
  }

  #tell(handle: BrokerHandle, tell: (id: string) => void): void {
    if (!handle.own && handle.from !== null) tell(handle.from)
  }
}
