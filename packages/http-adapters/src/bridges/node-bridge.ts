// Requests and responses of node:http, for the edges whose frameworks stand on it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { PlainRequest, PlainResponse, RequestBody } from '../core/plain.ts'
import { HttpProblem } from '../core/problem.ts'
import { atEndOfTurn } from './turn.ts'

/** Where a request goes: the path below the mount, the query without its mark, and the mount itself. */
export interface Place {
  readonly path: string
  readonly query: string
  readonly base: string
}

/** Path and query of a request target, also of one that names its host, as proxies send. */
export function splitTarget(target: string): readonly [path: string, query: string] {
  const local = target.startsWith('/') ? target : withoutHost(target)
  const mark = local.indexOf('?')
  return mark < 0 ? [local, ''] : [local.slice(0, mark), local.slice(mark + 1)]
}

function withoutHost(target: string): string {
  const scheme = target.indexOf('://')
  if (scheme < 0) return target
  // as a URL is written by those who have read it, which is nearly always
  const path = target.indexOf('/', scheme + 3)
  const query = target.indexOf('?', scheme + 3)
  if (path < 0 && query < 0) return ''
  return target.slice(path < 0 || (query >= 0 && query < path) ? query : path)
}

export class NodeRequest implements PlainRequest {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly base: string
  readonly original: unknown
  readonly #req: IncomingMessage
  readonly #res: ServerResponse
  readonly #parsed: unknown
  #signal: AbortSignal | undefined

  /** @param parsed what a body parser before us made of the body; undefined: it has not been read */
  constructor(req: IncomingMessage, res: ServerResponse, place: Place, original: unknown, parsed: unknown) {
    this.method = req.method ?? 'GET'
    this.path = place.path
    this.query = place.query
    this.base = place.base
    this.original = original
    this.#req = req
    this.#res = res
    this.#parsed = parsed
  }

  get remoteAddress(): string | undefined {
    return this.#req.socket.remoteAddress
  }

  /** Made when it is first asked for: most requests are over before anybody could go. */
  get signal(): AbortSignal {
    if (this.#signal === undefined) {
      const gone = new AbortController()
      this.#signal = gone.signal
      if (this.#res.destroyed) gone.abort()
      else this.#res.once('close', () => (this.#res.writableFinished ? undefined : gone.abort()))
    }
    return this.#signal
  }

  get hangUp(): () => void {
    return () => void this.#res.destroy()
  }

  header(name: string): string | undefined {
    const value = this.#req.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }

  readBody(limit: number): RequestBody | Promise<RequestBody> {
    const parsed = this.#parsed
    if (parsed === undefined) return readMessage(this.#req, limit)
    return parsed instanceof Uint8Array ? { bytes: parsed } : { parsed }
  }
}

/** Sends a response; a stream for as long as it goes on, or until the client has gone. */
export function sendResponse(res: ServerResponse, { status, headers, body }: PlainResponse): void {
  if (res.destroyed || res.headersSent) {
    if (body instanceof ReadableStream) body.cancel().catch(() => {})
    return
  }
  if (body instanceof ReadableStream) {
    res.writeHead(status, headers)
    res.flushHeaders()
    pump(body, res).catch(() => res.destroy())
    return
  }
  res.writeHead(status, 'content-length' in headers || status === 304 ? headers : withLength(headers, body))
  // a text goes out together with the head, in one write
  res.end(res.req.method === 'HEAD' ? undefined : body)
}

function withLength(headers: PlainResponse['headers'], body: string | Uint8Array | null): Record<string, string> {
  return { ...headers, 'content-length': String(body === null ? 0 : Buffer.byteLength(body)) }
}

/** Reads on only when the client has taken what it was given, so that what it does not take stays in the stream. */
async function pump(stream: ReadableStream<Uint8Array>, res: ServerResponse): Promise<void> {
  const reader = stream.getReader()
  let wake = (): void => {}
  res.on('drain', () => wake())
  res.once('close', () => {
    wake()
    reader.cancel().catch(() => {})
  })
  for (;;) {
    // one after the other: that is the point
    const { done, value } = await reader.read()
    if (done || res.destroyed) break
    if (!res.write(value)) await new Promise<void>((resolve) => (wake = resolve))
  }
  res.end()
}

/** Reads a message that nobody has read. @throws HttpProblem 413, or when it has been read; also as a rejection */
export function readMessage(req: IncomingMessage, limit: number): Promise<RequestBody> {
  // its events are over: whoever waits for them waits for ever
  if (req.readableEnded)
    throw new HttpProblem('body-gone', 'something on this server has read the body, and not left it')
  if (req.destroyed) throw cutOff()
  if (Number(req.headers['content-length']) > limit) throw tooLarge(req, limit)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    req.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= limit) chunks.push(chunk)
      else if (chunks.length > 0 || size === chunk.length) {
        chunks.length = 0
        reject(tooLarge(req, limit))
      }
    })
    req.on('end', () => {
      const [first] = chunks
      const bytes = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks)
      atEndOfTurn(() => resolve({ bytes }))
    })
    // it comes after every body, and after every error, which nobody has to listen for here
    req.on('close', () => {
      // an error made for nothing would cost more than the rest of the reading
      if (!req.complete) reject(cutOff())
    })
  })
}

function cutOff(): HttpProblem {
  return new HttpProblem('malformed-request', 'the body ended before its time')
}

/** The client may still be sending: it is let finish, within reason, so that it gets to read the answer. */
function tooLarge(req: IncomingMessage, limit: number): HttpProblem {
  let size = 0
  req.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > 16 * limit) req.destroy()
  })
  return new HttpProblem('too-large', `the body may have ${limit} bytes`)
}
