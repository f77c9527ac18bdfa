// The walk of a request: route → access → query and body → task → authorize → handler → answer. Whatever goes wrong on
// the way becomes a problem document.
import type { BackgroundTasks } from '@catzilla/api'
import { authorizeAll, checkAccess } from './authorization.ts'
import type { AuthorizationTarget } from './authorization.ts'
import { drainStateOf } from './drain-state.ts'
import type { DrainState } from './drain-state.ts'
import { resolveRoutesOptions } from './options.ts'
import type { TaskRoutesOptions } from './options.ts'
import type { PlainRequest, PlainResponse, RequestBody } from './plain.ts'
import { tellFault } from './fault-log.ts'
import { HttpProblem, problemOf } from './problem.ts'
import { dataOf, requireJson } from './read-json.ts'
import type { PlainRoute, Route, RouteContext, TaskRoute } from './route.ts'
import { Router } from './router.ts'
import type { Found } from './router.ts'
import { routeGroups } from './routes/route-groups.ts'
import { issuesOf, readQuery } from './schema.ts'
import { createService } from './service.ts'
import type { Service } from './service.ts'

/** The routes of one mount, for whoever brings requests to them. */
export interface TaskHttp {
  /** Where the routes are, below the mount of the framework; empty: at that very place. */
  readonly path: string
  /** Answers a request. Never rejects. */
  handle(request: PlainRequest): Promise<PlainResponse>
  /**
   * The same for edges, which answer every request through here: gives what `send` makes of the answer, at once where nothing
   * had to be waited for. Throws or rejects only with what `send` throws.
   */
  answer<T>(request: PlainRequest, send: (response: PlainResponse) => T): T | Promise<T>
  /** Ends event streams. Other routes go on. */
  close(): void
}

/** A request that may come in, as far as that can be told without its body. */
interface Admitted extends Found {
  readonly query: Readonly<Record<string, unknown>>
  /** The body, or a promise of it; undefined where none is taken. */
  readonly sent: RequestBody | Promise<RequestBody> | undefined
}

/** What a route that takes no body may be sent all the same. */
const SMALL_BODY = 1024

/** What makes new tasks. */
const addsTasks: ReadonlySet<Route['action']> = new Set(['submit', 'retry'])

const everything: readonly AuthorizationTarget[] = [{}]

/** The routes of one mount, without any framework. */
export class RequestWalk implements TaskHttp {
  readonly path: string
  readonly #service: Service
  readonly #router: Router
  readonly #drain: DrainState

  /** @throws ConfigurationError */
  constructor(tasks: BackgroundTasks, options: TaskRoutesOptions<never>) {
    const resolved = resolveRoutesOptions(options)
    this.path = resolved.path
    this.#service = createService(tasks, resolved)
    this.#router = new Router(routeGroups(this.#service).flatMap(({ routes }) => routes))
    this.#drain = drainStateOf(tasks)
    this.#drain.onDrain(() => this.close())
  }

  async handle(request: PlainRequest): Promise<PlainResponse> {
    return this.answer(request, (response) => response)
  }

  /** Each promise on the way costs every request: there is that of the body, and one for what comes of it. */
  answer<T>(request: PlainRequest, send: (response: PlainResponse) => T): T | Promise<T> {
    let admitted: Admitted
    try {
      admitted = this.#admit(request)
    } catch (thrown) {
      return send(this.#problem(request, thrown))
    }
    const { sent } = admitted
    if (sent === undefined || !('then' in sent)) return this.#finish(request, admitted, sent, send)
    return sent.then(
      (read) => this.#finish(request, admitted, read, send),
      (thrown: unknown) => send(this.#problem(request, thrown)),
    )
  }

  close(): void {
    this.#service.hub.close()
    this.#service.runStreams.close()
  }

  /** Everything that can be said before the body is read. @throws HttpProblem */
  #admit(request: PlainRequest): Admitted {
    const { route, params } = this.#router.find(request.method, request.path)
    const { options } = this.#service
    // health says so itself
    if (this.#drain.draining && route.action !== null) throw new HttpProblem('draining', 'the server shuts down')
    checkAccess(request, route.action, options)
    if (this.#drain.asked && addsTasks.has(route.action)) {
      throw new HttpProblem('draining', 'the server is drained: it takes nothing new until POST /undrain')
    }
    const query = readRouteQuery(route, request)
    if (route.method === 'GET' || route.method === 'DELETE') return { route, params, query, sent: undefined }
    // a POST without a body must still not be what a form of another site can send
    requireJson(request)
    const sent = request.readBody(route.body === undefined ? SMALL_BODY : options.maxBodyBytes)
    return { route, params, query, sent }
  }

  #finish<T>(
    request: PlainRequest,
    admitted: Admitted,
    body: RequestBody | undefined,
    send: (response: PlainResponse) => T,
  ): T | Promise<T> {
    let answer: PlainResponse | Promise<PlainResponse>
    try {
      answer = this.#proceed(request, admitted, body)
    } catch (thrown) {
      answer = this.#problem(request, thrown)
    }
    if (!('then' in answer)) return send(answer)
    return answer.then(send, (thrown: unknown) => send(this.#problem(request, thrown)))
  }

  #proceed(
    request: PlainRequest,
    { route, params, query }: Admitted,
    sent: RequestBody | undefined,
  ): PlainResponse | Promise<PlainResponse> {
    const { options, tasks } = this.#service
    const body = checkedBody(route, sent === undefined ? undefined : dataOf(sent))
    const publicPath = options.publicPath ?? ownPath(request.base)
    const context: RouteContext = { request, tasks, params, query, body, publicPath, caller: undefined }
    if (route.aboutTask === true) return this.#answerAboutTask(route, context)
    const targets = route.targets?.(context) ?? everything
    const caller = authorizeAll(request, route.action, targets, options)
    if (typeof caller !== 'object') return this.#perform(route, context, caller, targets[0])
    return caller.then((known) => this.#perform(route, context, known, targets[0]))
  }

  #perform(
    route: PlainRoute,
    context: RouteContext,
    caller: string | undefined,
    target: AuthorizationTarget | undefined,
  ): PlainResponse | Promise<PlainResponse> {
    const known = caller === undefined ? context : { ...context, caller }
    if (route.audited === true) return this.#enter(route, known, target, () => route.handle(known))
    return route.handle(known)
  }

  #problem(request: PlainRequest, thrown: unknown): PlainResponse {
    const answer = problemOf(thrown, this.#service.options)
    if (answer.status === 500) tellFault(thrown, request)
    return answer
  }

  /** Whether there is such a task is told only to those who may know. */
  async #answerAboutTask(route: TaskRoute, context: RouteContext): Promise<PlainResponse> {
    const taskId = context.params['id'] ?? ''
    const task = await context.tasks.getTask(taskId)
    const target = task === undefined ? { taskId } : { taskId, taskName: task.name, task }
    const caller = await authorizeAll(context.request, route.action, [target], this.#service.options)
    if (task === undefined) throw new HttpProblem('not-found', 'no task is kept with this id')
    const known = { ...context, caller, task }
    if (route.audited !== true) return route.handle(known)
    return this.#enter(route, known, target, () => route.handle(known))
  }

  /** Answers, and enters in the audit log what became of it. */
  #enter(
    { operationId: operation }: Route,
    { request, query, body, caller }: RouteContext,
    target: AuthorizationTarget = {},
    answer: () => PlainResponse | Promise<PlainResponse>,
  ): Promise<PlainResponse> {
    return this.#service.audit.around({ operation, target, caller, request, query, body }, answer)
  }
}

/** Where a framework takes the mount from the path that was asked for: `//host` would lead to another site. */
function ownPath(base: string): string {
  return base.startsWith('//') ? base.replace(/^\/+/, '/') : base
}

/** @throws HttpProblem 422 with paths */
function checkedBody({ body: schema }: Route, body: unknown): unknown {
  if (schema === undefined) return undefined
  const issues = issuesOf(schema, body ?? {})
  if (issues.length > 0) throw new HttpProblem('unprocessable', 'the body does not fit', { issues })
  return body ?? {}
}

const noQuery: Readonly<Record<string, unknown>> = Object.freeze({})

function readRouteQuery(route: Route, request: PlainRequest): Readonly<Record<string, unknown>> {
  if (route.query === undefined && request.query === '') return noQuery
  const { values, issues } = readQuery(route.query ?? {}, request.query)
  if (issues.length === 0) return values
  throw new HttpProblem('malformed-request', 'the query is not as it should be', { issues })
}
