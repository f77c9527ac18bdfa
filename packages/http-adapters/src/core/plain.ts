// What the core knows of HTTP: a request and a response without any framework. The bridges translate both ways.

/** A body as it came: bytes, or what a body parser of the application has made of them already. */
export type RequestBody = { readonly bytes: Uint8Array } | { readonly parsed: unknown }

export interface PlainRequest {
  /** In capitals. */
  readonly method: string
  /** Below the mount, not decoded, such as `/stats`; `/` is the mount itself. */
  readonly path: string
  /** Not decoded, without the question mark. */
  readonly query: string
  /** The path of the mount as the server sees it, such as `/api/tasks`. */
  readonly base: string
  /** Address of the peer of the connection; undefined where the platform does not tell. */
  readonly remoteAddress: string | undefined
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal
  /** Ends the connection at once, whatever is unsent; undefined where the platform has no such thing. */
  readonly hangUp: (() => void) | undefined
  /** The request of the framework, for `authorize`. */
  readonly original: unknown
  /** @param name in lower case */
  header(name: string): string | undefined
  /**
   * The body: at once where it is there, else a promise. Throws or rejects with a 413 problem when there are more than
   * `limit` bytes, without reading on.
   */
  readBody(limit: number): RequestBody | Promise<RequestBody>
}

export interface PlainResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | ReadableStream<Uint8Array> | null
}

/** Headers of every answer: nobody guesses types or keeps figures of yesterday. */
export const plainHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
}

/** Headers of a stream of server-sent events. */
export const eventStreamHeaders: Readonly<Record<string, string>> = {
  ...plainHeaders,
  'content-type': 'text/event-stream; charset=utf-8',
  // nginx would hold events back
  'x-accel-buffering': 'no',
}

/** A response whose body is `text`, which is JSON already. */
export function jsonText(status: number, text: string, more?: Readonly<Record<string, string>>): PlainResponse {
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(text)),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  }
  return { status, headers: more === undefined ? headers : Object.assign(headers, more), body: text }
}

/** What is left of `path` below `mount`: `/` for the mount itself, undefined for what lies elsewhere. */
export function pathBelow(path: string, mount: string): string | undefined {
  if (!path.startsWith(mount)) return undefined
  const rest = path.slice(mount.length)
  if (rest === '') return '/'
  return rest.startsWith('/') ? rest : undefined
}
