// Server-sent events: what the engine tells, sent to many clients. Each event is written once, kept in a ring for clients
// that come again, and a client that reads too slowly is given up instead of being buffered for without bound.
import { engineEventTypes, priorityNames } from '@catzilla/api'
import type { BackgroundTasks, EngineEvents, EngineEventType } from '@catzilla/api'
import type { PlainRequest } from './plain.ts'
import { HttpProblem } from './problem.ts'
import { TaskHistory } from './task-history.ts'
import { errorView } from './task-view.ts'
import type { ViewOptions } from './task-view.ts'

/** What the hub needs to know of a client's request. */
export type Listener = Pick<PlainRequest, 'signal' | 'hangUp' | 'header'>

/** Which events a client wants; undefined: all. */
export interface EventFilter {
  readonly types: readonly string[] | undefined
  readonly name: string | undefined
  readonly taskId: string | undefined
}

export interface HubOptions extends ViewOptions {
  readonly maxStreams: number
  readonly eventBacklog: number
  readonly heartbeatMs: number
  readonly maxStreamBufferBytes: number
}

interface Kept {
  readonly number: number
  readonly type: EngineEventType
  readonly name: string | undefined
  readonly taskId: string | undefined
  readonly bytes: Uint8Array
}

interface Client {
  readonly filter: EventFilter
  readonly hangUp: (() => void) | undefined
  readonly controller: ReadableStreamDefaultController<Uint8Array>
}

const encoder = new TextEncoder()
const heartbeat = encoder.encode(': still here\n\n')
const farewell = encoder.encode('event: end\ndata: {"reason":"the server shuts down"}\n\n')

/** How long events are kept for the ring after the last client has gone. */
const LINGER_MS = 60_000

export class EventHub {
  readonly #tasks: BackgroundTasks
  readonly #options: HubOptions
  readonly history: TaskHistory
  readonly #clients = new Set<Client>()
  /** Of the sequence of numbers: a new one begins whenever events were not recorded. */
  #name = newName()
  #ring: Kept[] = []
  #number = 0
  #dropped = 0
  #closed = false
  #stop: (() => void)[] = []
  #heart: NodeJS.Timeout | undefined
  #linger: NodeJS.Timeout | undefined

  constructor(tasks: BackgroundTasks, options: HubOptions) {
    this.#tasks = tasks
    this.#options = options
    this.history = new TaskHistory(options)
  }

  get clients(): number {
    return this.#clients.size
  }

  /** Clients given up because they read too slowly. */
  get dropped(): number {
    return this.#dropped
  }

  /** A stream of events from now on, or from the one that `Last-Event-ID` names. @throws HttpProblem 429, 503 */
  open(filter: EventFilter, request: Listener): ReadableStream<Uint8Array> {
    if (this.#closed) throw new HttpProblem('draining', 'the server shuts down')
    const { maxStreams, maxStreamBufferBytes } = this.#options
    if (this.#clients.size >= maxStreams) throw new HttpProblem('busy', `${maxStreams} clients listen already`)
    this.#listen()
    const { signal, hangUp } = request
    const lastEventId = request.header('last-event-id')
    let client: Client | undefined
    const leave = (): void => {
      if (client !== undefined) this.#remove(client)
      signal.removeEventListener('abort', leave)
    }
    signal.addEventListener('abort', leave, { once: true })
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          client = { filter, hangUp, controller }
          this.#clients.add(client)
          // it left while somebody was asked whether it may listen: nobody will tell of that once more
          if (signal.aborted) return leave()
          this.#send(client, encoder.encode(`retry: 2000\nid: ${this.#id(this.#number)}\n: connected\n\n`))
          if (lastEventId !== undefined) this.#resume(client, lastEventId)
        },
        cancel: leave,
      },
      new ByteLengthQueuingStrategy({ highWaterMark: maxStreamBufferBytes }),
    )
  }

  /** Ends every stream, and listens no more. */
  close(): void {
    this.#closed = true
    for (const client of this.#clients) {
      this.#send(client, farewell)
      this.#remove(client)
      close(client)
    }
    this.#rest()
  }

  #listen(): void {
    clearTimeout(this.#linger)
    this.#heart ??= setInterval(() => {
      for (const client of this.#clients) this.#send(client, heartbeat)
    }, this.#options.heartbeatMs).unref()
    this.history.begin(Date.now())
    if (this.#stop.length === 0) {
      this.#stop = engineEventTypes.map((type) => this.#tasks.on(type, (event) => this.#publish(event)))
    }
  }

  #rest(): void {
    for (const stop of this.#stop) stop()
    this.#stop = []
    this.#ring = []
    this.history.clear()
    this.#name = newName()
    this.#number = 0
    clearInterval(this.#heart)
    this.#heart = undefined
    clearTimeout(this.#linger)
  }

  #remove(client: Client): void {
    if (!this.#clients.delete(client) || this.#clients.size > 0 || this.#closed) return
    this.#linger = setTimeout(() => this.#rest(), LINGER_MS).unref()
  }

  #publish(event: EngineEvents[EngineEventType]): void {
    this.history.add(event)
    const number = ++this.#number
    const { name, taskId } = 'taskId' in event ? event : { name: undefined, taskId: undefined }
    const text = JSON.stringify(dataOf(event, this.#options))
    const bytes = encoder.encode(`id: ${this.#id(number)}\nevent: ${event.type}\ndata: ${text}\n\n`)
    const kept: Kept = { number, type: event.type, name, taskId, bytes }
    this.#ring.push(kept)
    // in blocks: taking one off the front each time would move all the others
    if (this.#ring.length >= 2 * this.#options.eventBacklog) this.#ring = this.#ring.slice(-this.#options.eventBacklog)
    for (const client of this.#clients) if (isWanted(kept, client.filter)) this.#send(client, bytes)
  }

  #send(client: Client, bytes: Uint8Array): void {
    const { controller } = client
    if ((controller.desiredSize ?? 0) < bytes.length - 1) {
      this.#dropped++
      this.#remove(client)
      giveUp(client)
    } else {
      controller.enqueue(bytes)
    }
  }

  /** Sends what came after that event, or says how much is lost. */
  #resume(client: Client, lastEventId: string): void {
    const [name, text] = lastEventId.split('-')
    const last = Number(text)
    const isOurs = name === this.#name && Number.isSafeInteger(last) && last >= 0 && last <= this.#number
    const kept = this.#ring.slice(-this.#options.eventBacklog)
    const missed = isOurs ? this.#number - last : undefined
    if (missed === undefined || missed > kept.length) {
      const lost = missed === undefined ? null : missed - kept.length
      this.#send(client, encoder.encode(`event: gap\ndata: {"lost":${lost}}\n\n`))
    }
    for (const event of kept) {
      const isAfter = isOurs && event.number > last
      if (isAfter && this.#clients.has(client) && isWanted(event, client.filter)) this.#send(client, event.bytes)
    }
  }

  #id(number: number): string {
    return `${this.#name}-${number}`
  }
}

function newName(): string {
  return crypto.randomUUID().slice(0, 8)
}

/** What it has not read is thrown away. */
function giveUp({ controller, hangUp }: Client): void {
  if (hangUp === undefined) {
    controller.error(new Error('the client reads too slowly'))
    return
  }
  controller.close()
  hangUp()
}

function close({ controller }: Client): void {
  try {
    controller.close()
  } catch {
    // it was given up as too slow a moment ago
  }
}

function isWanted(event: Kept, { types, name, taskId }: EventFilter): boolean {
  if (types !== undefined && !types.includes(event.type)) return false
  if (name !== undefined && event.name !== name) return false
  return taskId === undefined || event.taskId === taskId
}

/** An event without its outcome: results are asked for by id, where somebody says who may see them. */
function dataOf(event: EngineEvents[EngineEventType], options: ViewOptions): Record<string, unknown> {
  if (!('taskId' in event)) return { ...event }
  const { priority, ...rest } = event
  const figures: Record<string, unknown> = { ...rest, priority: priorityNames[priority] }
  delete figures['outcome']
  if ('error' in event) figures['error'] = errorView(event.error, event.name, options)
  return figures
}
