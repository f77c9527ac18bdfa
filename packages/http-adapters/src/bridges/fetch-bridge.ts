// Requests and responses of the Fetch standard, for the edges whose frameworks stand on it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { PlainRequest, PlainResponse, RequestBody } from '../core/plain.ts'
import { HttpProblem } from '../core/problem.ts'
import { readMessage } from './node-bridge.ts'
import type { Place } from './node-bridge.ts'

/** The connection behind a request, where the server stands on node:http and says so, as `@hono/node-server` does. */
export interface Connection {
  readonly incoming?: IncomingMessage
  readonly outgoing?: ServerResponse
}

export class FetchRequest implements PlainRequest {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly base: string
  readonly original: unknown
  readonly #request: Request
  readonly #connection: Connection
  readonly #readAll: () => Promise<ArrayBuffer>

  /** @param readAll reads the whole body; whoever has read it before may have kept it */
  constructor(
    request: Request,
    place: Place,
    original: unknown,
    connection: Connection,
    readAll: () => Promise<ArrayBuffer>,
  ) {
    this.method = request.method
    this.path = place.path
    this.query = place.query
    this.base = place.base
    this.original = original
    this.#request = request
    this.#connection = connection
    this.#readAll = readAll
  }

  get remoteAddress(): string | undefined {
    return this.#connection.incoming?.socket.remoteAddress
  }

  get signal(): AbortSignal {
    return this.#request.signal
  }

  get hangUp(): (() => void) | undefined {
    const { outgoing } = this.#connection
    return outgoing === undefined ? undefined : () => void outgoing.destroy()
  }

  header(name: string): string | undefined {
    const { incoming } = this.#connection
    // as they came: the Headers of the request would have to be made of them first
    if (incoming === undefined) return this.#request.headers.get(name) ?? undefined
    const value = incoming.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }

  readBody(limit: number): Promise<RequestBody> {
    const { incoming } = this.#connection
    // past the streams and buffers that would be made for the Request
    if (incoming !== undefined && standsForUnread(this.#request, incoming)) return readMessage(incoming, limit)
    return this.#readRequest(limit)
  }

  async #readRequest(limit: number): Promise<RequestBody> {
    const length = this.header('content-length')
    if (length !== undefined && Number(length) > limit) throw tooLarge(limit)
    // a server gives no more than the length that was announced
    if (length !== undefined || this.#request.bodyUsed) {
      const bytes = new Uint8Array(await this.#readAll())
      if (bytes.length > limit) throw tooLarge(limit)
      return { bytes }
    }
    return { bytes: await readBytes(this.#request.body, limit) }
  }
}

/**
 * Whether the body of the request is that of the message, and nobody has begun to read it. `@hono/node-server` gives
 * requests that hold their message and make what the standard asks for when somebody wants it; middleware may have wanted
 * it, or put another request, with another body, in the place of that one.
 */
function standsForUnread(request: Request, incoming: IncomingMessage): boolean {
  if (incoming.readableDidRead || incoming.listenerCount('data') > 0) return false
  const own = request as unknown as Readonly<Record<symbol, unknown>>
  let holdsIt = false
  for (const key of Object.getOwnPropertySymbols(own)) {
    const value = own[key]
    if (value === incoming) holdsIt = true
    else if (value instanceof Request) return false
  }
  return holdsIt
}

export function fetchResponse({ status, headers, body }: PlainResponse): Response {
  return new Response(body, { status, headers })
}

async function readBytes(stream: ReadableStream<Uint8Array> | null, limit: number): Promise<Uint8Array> {
  if (stream === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    size += chunk.length
    // leaving the loop cancels the stream
    if (size > limit) throw tooLarge(limit)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLarge(limit: number): HttpProblem {
  return new HttpProblem('too-large', `the body may have ${limit} bytes`)
}
