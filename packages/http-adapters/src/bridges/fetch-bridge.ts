// Requests and responses of the Fetch standard, for the edges whose frameworks stand on it.
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { PlainRequest, PlainResponse, RequestBody } from '../core/plain.ts'
import { HttpProblem } from '../core/problem.ts'
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
  readonly remoteAddress: string | undefined
  readonly hangUp: (() => void) | undefined
  readonly #request: Request
  readonly #headers: IncomingHttpHeaders | undefined
  readonly #readAll: () => Promise<ArrayBuffer>

  /** @param readAll reads the whole body; whoever has read it before may have kept it */
  constructor(
    request: Request,
    place: Place,
    original: unknown,
    { incoming, outgoing }: Connection,
    readAll: () => Promise<ArrayBuffer>,
  ) {
    this.method = request.method
    this.path = place.path
    this.query = place.query
    this.base = place.base
    this.original = original
    this.remoteAddress = incoming?.socket.remoteAddress
    this.#headers = incoming?.headers
    this.hangUp = outgoing === undefined ? undefined : () => void outgoing.destroy()
    this.#request = request
    this.#readAll = readAll
  }

  get signal(): AbortSignal {
    return this.#request.signal
  }

  header(name: string): string | undefined {
    // as they came: the Headers of the request would have to be made of them first
    if (this.#headers === undefined) return this.#request.headers.get(name) ?? undefined
    const value = this.#headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }

  async readBody(limit: number): Promise<RequestBody> {
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
