// Problem documents (RFC 9457): every answer that is no success says what is wrong, and what to do about it.
import { CatzillaError, errorTable } from '@catzilla/api'
import type { ErrorName } from '@catzilla/api'
import { plainHeaders } from './plain.ts'
import type { PlainResponse } from './plain.ts'
import { MOST_ISSUES } from './schema.ts'
import type { Issue } from './schema.ts'

interface Kind {
  readonly status: number
  readonly title: string
  /** What the client, or who runs the server, can do. */
  readonly remedy: string
}

export type ProblemKind =
  | 'malformed-request'
  | 'unauthenticated'
  | 'forbidden'
  | 'foreign-origin'
  | 'no-authorize'
  | 'not-found'
  | 'method-not-allowed'
  | 'too-large'
  | 'unsupported-media-type'
  | 'unprocessable'
  | 'busy'
  | 'body-gone'
  | 'failed'
  | 'not-installed'
  | 'not-given'
  | 'draining'

/** What can be wrong with a request as such. What tasks refuse is in the table of errors of `@catzilla/api`. */
export const problemKinds: Readonly<Record<ProblemKind, Kind>> = {
  'malformed-request': { status: 400, title: 'Malformed request', remedy: 'Mend what `detail` names.' },
  unauthenticated: { status: 401, title: 'Not authenticated', remedy: 'Say who you are, as `WWW-Authenticate` asks.' },
  forbidden: { status: 403, title: 'Not allowed', remedy: 'Ask who runs the server for the permission.' },
  'foreign-origin': {
    status: 403,
    title: 'Request of another site',
    remedy: 'List the origin in `allowedOrigins` of the routes, if it is to be trusted.',
  },
  'no-authorize': {
    status: 403,
    title: 'Closed until it is opened',
    remedy: 'Give the routes an `authorize` function; without one only health answers, and reading to this machine.',
  },
  'not-found': { status: 404, title: 'Not found', remedy: 'See `openapi.json` for the routes there are.' },
  'method-not-allowed': { status: 405, title: 'Method not allowed', remedy: 'Use a method that `Allow` names.' },
  'too-large': { status: 413, title: 'Body too large', remedy: 'Send less at once, or raise `maxBodyBytes`.' },
  'unsupported-media-type': {
    status: 415,
    title: 'Only JSON is taken',
    remedy: 'Send `Content-Type: application/json`, in UTF-8 and not compressed.',
  },
  unprocessable: { status: 422, title: 'Content does not fit', remedy: '`errors` lists each path and what is wrong.' },
  busy: { status: 429, title: 'Too many at once', remedy: 'Try again after `Retry-After` seconds.' },
  'body-gone': {
    status: 500,
    title: 'The body was read before',
    remedy: 'Mount the routes before what reads bodies, or have it leave what it read in `req.body`.',
  },
  failed: { status: 500, title: 'Something went wrong here', remedy: 'See the log of the server.' },
  'not-installed': { status: 501, title: 'Not installed', remedy: 'Install the package that `detail` names.' },
  'not-given': {
    status: 501,
    title: 'Not given to the routes',
    remedy: 'Give the routes the option that `detail` names.',
  },
  draining: {
    status: 503,
    title: 'Nothing new is taken',
    remedy: 'Try again after `Retry-After` seconds, or another instance.',
  },
}

/** Answers to what tasks refuse. An error that is not here is a fault of the server. */
const statusOf: Readonly<Partial<Record<ErrorName, number>>> = {
  QueueFullError: 429,
  PayloadError: 422,
  ConfigurationError: 422,
  UnknownTaskError: 404,
  TaskStateError: 409,
  UniqueKeyConflictError: 409,
  EngineClosedError: 503,
  UnsupportedByEngineError: 501,
  EngineUnavailableError: 503,
}

export interface ProblemExtras {
  readonly issues?: readonly Issue[]
  readonly headers?: Readonly<Record<string, string>>
}

/** Thrown by what answers a request; the walk makes a problem document of it. */
export class HttpProblem extends Error {
  readonly kind: ProblemKind
  readonly issues: readonly Issue[]
  readonly headers: Readonly<Record<string, string>>

  constructor(kind: ProblemKind, detail: string, extras: ProblemExtras = {}) {
    super(detail)
    this.name = 'HttpProblem'
    this.kind = kind
    this.issues = extras.issues ?? []
    this.headers = extras.headers ?? {}
  }
}

export interface ProblemOptions {
  readonly includeStacks: boolean
  readonly retryAfterSeconds: number
}

/** The problem document for whatever was thrown. */
export function problemOf(thrown: unknown, options: ProblemOptions): PlainResponse {
  if (thrown instanceof HttpProblem) return ofRequest(thrown, options)
  const name = thrown instanceof CatzillaError ? (thrown.name as ErrorName) : undefined
  const status = name === undefined ? undefined : statusOf[name]
  if (name === undefined || status === undefined) return ofFault(thrown, options)
  const error = thrown as CatzillaError & { readonly issues?: readonly Issue[] }
  const row = errorTable[name]
  return write({
    type: `urn:catzilla:problem:${row.code.replace('ERR_CATZILLA_', '').toLowerCase().replaceAll('_', '-')}`,
    title: row.when,
    status,
    detail: error.message,
    code: row.code,
    remedy: row.remedy,
    ...errorsOf(error.issues ?? []),
    ...stackOf(error, options),
    headers: retryAfter(status, options),
  })
}

function ofRequest(problem: HttpProblem, options: ProblemOptions): PlainResponse {
  const { status, title, remedy } = problemKinds[problem.kind]
  const { kind, message: detail, issues, headers } = problem
  return write({
    type: `urn:catzilla:problem:${kind}`,
    title,
    status,
    detail,
    remedy,
    ...errorsOf(issues),
    headers: { ...retryAfter(status, options), ...headers },
  })
}

/** Of what nobody foresaw the client learns nothing but that, unless stacks are asked for. */
function ofFault(thrown: unknown, options: ProblemOptions): PlainResponse {
  const { status, title, remedy } = problemKinds.failed
  const detail = options.includeStacks ? String(thrown) : 'The request could not be answered.'
  return write({ type: 'urn:catzilla:problem:failed', title, status, detail, remedy, ...stackOf(thrown, options) })
}

function write({ headers, ...document }: Record<string, unknown> & { readonly status: number }): PlainResponse {
  return {
    status: document.status,
    headers: { 'content-type': 'application/problem+json', ...plainHeaders, ...(headers as Record<string, string>) },
    body: JSON.stringify(document),
  }
}

function errorsOf(issues: readonly Issue[]): object {
  if (issues.length === 0) return {}
  const told = issues.slice(0, MOST_ISSUES)
  return { errors: told.map(({ path, message }) => ({ path, pointer: pointerOf(path), message })) }
}

/** A JSON Pointer as a URI fragment, as the examples of RFC 9457 have it. */
function pointerOf(path: Issue['path']): string {
  const steps = path.map((step) => encodeURIComponent(String(step).replaceAll('~', '~0').replaceAll('/', '~1')))
  return ['#', ...steps].join('/')
}

function stackOf(thrown: unknown, { includeStacks }: ProblemOptions): object {
  return includeStacks && thrown instanceof Error ? { stack: thrown.stack } : {}
}

function retryAfter(status: number, { retryAfterSeconds }: ProblemOptions): Record<string, string> {
  return status === 429 || status === 503 ? { 'retry-after': String(retryAfterSeconds) } : {}
}
