// Who may do what. Everything is closed until `authorize` opens it, except health, and reading to this very machine.
import type { TaskInfo } from '@catzilla/api'
import type { PlainRequest } from './plain.ts'
import { HttpProblem } from './problem.ts'

/** What a route does, for `authorize`. */
export type RouteAction = 'read' | 'submit' | 'cancel' | 'retry' | 'pause' | 'scale' | 'dashboard'

/** What it would be done to; all undefined where a request is about the whole. */
export interface AuthorizationTarget {
  /** Name of the task to be submitted, paused or resumed, or of the task with that id. */
  readonly taskName?: string
  readonly taskId?: string
  /** The task with that id, as it stands: its tags and metadata may say whose it is. */
  readonly task?: TaskInfo
  /** The run of a workflow, and the name of the workflow; the latter is missing when no such run is kept. */
  readonly runId?: string
  readonly workflow?: string
  readonly scheduleId?: string
}

/**
 * True: go on. False: 403. `'unauthenticated'`: 401, with `WWW-Authenticate`. With `caller`: go on, and this is who asks, by a
 * name that stays when their credentials change; their idempotency keys are theirs alone.
 */
export type Verdict = boolean | 'unauthenticated' | { readonly caller: string }

/** Asked for every route but health. `Request` is that of the framework: Express' `req`, Koa's and Hono's context. */
export type Authorize<Request = unknown> = (
  request: Request,
  action: RouteAction,
  target: AuthorizationTarget,
) => Verdict | Promise<Verdict>

export interface AccessRules {
  readonly authorize: Authorize | 'this-machine' | undefined
  readonly allowedOrigins: readonly string[]
  readonly wwwAuthenticate: string
}

/** Before anything is read: what is closed to everybody, and what another site may have sent. @throws HttpProblem 403 */
export function checkAccess(request: PlainRequest, action: RouteAction | null, rules: AccessRules): void {
  if (action === null) return
  const reads = request.method === 'GET' || request.method === 'HEAD'
  const { authorize } = rules
  if (authorize === undefined && !reads) {
    throw new HttpProblem('no-authorize', `without an authorize function nobody may ${action}`)
  }
  const isClosed = typeof authorize !== 'function'
  if (isClosed && !isOfThisMachine(request)) {
    throw new HttpProblem('no-authorize', 'this is answered to requests of this machine only')
  }
  // where nobody is asked, any page that a browser here shows could hold streams and long polls open
  if (!reads || isClosed || action === 'dashboard') checkOrigin(request, rules)
}

/**
 * Asks `authorize` about each target, and gives who asks, where it says so: at once when it answered at once.
 * @throws HttpProblem 401, 403
 */
export function authorizeAll(
  request: PlainRequest,
  action: RouteAction | null,
  targets: readonly AuthorizationTarget[],
  rules: AccessRules,
): string | undefined | Promise<string | undefined> {
  const { authorize, wwwAuthenticate } = rules
  if (action === null || typeof authorize !== 'function') return undefined
  let caller: string | undefined
  for (let index = 0; index < targets.length; index++) {
    const verdict: unknown = authorize(request.original, action, targets[index] ?? {})
    if (isThenable(verdict)) {
      // in turn: the first refusal settles it
      return Promise.resolve(verdict).then(async (later) => {
        const known = callerOf(later, action, wwwAuthenticate)
        return (await authorizeAll(request, action, targets.slice(index + 1), rules)) ?? known ?? caller
      })
    }
    caller = callerOf(verdict, action, wwwAuthenticate) ?? caller
  }
  return caller
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}

/** Anything but true, or a caller with a name, is a no: a function that forgets to answer lets nobody in. */
function isYes(verdict: unknown): verdict is true | { readonly caller: string } {
  if (verdict === true) return true
  const caller: unknown = typeof verdict === 'object' && verdict !== null && 'caller' in verdict && verdict.caller
  return typeof caller === 'string' && caller !== ''
}

/** @throws HttpProblem 401, 403 */
function callerOf(verdict: unknown, action: RouteAction, wwwAuthenticate: string): string | undefined {
  if (isYes(verdict)) return verdict === true ? undefined : verdict.caller
  if (verdict === 'unauthenticated') {
    const headers = { 'www-authenticate': wwwAuthenticate }
    throw new HttpProblem('unauthenticated', `to ${action} takes credentials`, { headers })
  }
  throw new HttpProblem('forbidden', `this is not allowed: ${action}`)
}

/** What the client may do on the whole; of a single task `authorize` may say otherwise. */
export async function rightsOf(
  request: PlainRequest,
  { authorize }: AccessRules,
): Promise<Record<(typeof changes)[number], boolean>> {
  const verdicts = await Promise.all(
    changes.map(async (action) => {
      if (typeof authorize !== 'function') return [action, authorize === 'this-machine'] as const
      const verdict: unknown = await authorize(request.original, action, {})
      return [action, isYes(verdict)] as const
    }),
  )
  return Object.fromEntries(verdicts) as Record<(typeof changes)[number], boolean>
}

const changes = ['submit', 'cancel', 'retry', 'pause', 'scale'] as const

/** Headers that a proxy on this machine adds for a client somewhere else. */
const forwarding = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-forwarded-server',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'via',
]

/** Also the name asked for must be this machine's: a page elsewhere may have its own name point here. */
function isOfThisMachine(request: PlainRequest): boolean {
  if (!isLoopback(request.remoteAddress)) return false
  if (forwarding.some((name) => request.header(name) !== undefined)) return false
  const host = request.header('host') ?? ''
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host)
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(::1|(::ffff:)?127(\.\d{1,3}){3})$/.test(address)
}

/** Browsers say where a request comes from, and pages cannot make them lie. */
function checkOrigin(request: PlainRequest, { allowedOrigins }: AccessRules): void {
  const origin = request.header('origin')
  if (origin !== undefined && allowedOrigins.includes(origin)) return
  const site = request.header('sec-fetch-site')
  if (site === 'same-origin' || site === 'none') return
  // the browser has compared the two itself: a page of the same host may still have come another way, such as without TLS
  const isForeign = site === undefined ? origin !== undefined && !isSameHost(request, origin) : !isNavigation(request)
  if (isForeign) throw new HttpProblem('foreign-origin', `a page of ${origin ?? 'another site'} sent this request`)
}

/** Somebody followed a link: that shows a page, and does nothing. */
function isNavigation(request: PlainRequest): boolean {
  return request.method === 'GET' && request.header('sec-fetch-mode') === 'navigate'
}

function isSameHost(request: PlainRequest, origin: string): boolean {
  const host = /^https?:\/\/([^/]+)$/.exec(origin)?.[1]?.toLowerCase()
  // a page of another site cannot set the second one without asking first
  return host !== undefined && ['host', 'x-forwarded-host'].some((name) => request.header(name)?.toLowerCase() === host)
}
