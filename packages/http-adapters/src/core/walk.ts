// The walk of a request: route → access → query and body → task → authorize → handler → answer. Whatever goes wrong on
// the way becomes a problem document.
import type { BackgroundTasks } from '@catzilla/api'
import { authorizeAll, checkAccess } from './authorization.ts'
import type { AuthorizationTarget } from './authorization.ts'
import { drainStateOf } from './drain-state.ts'
import type { DrainState } from './drain-state.ts'
import { resolveRoutesOptions } from './options.ts'
import type { TaskRoutesOptions } from './options.ts'
import type { PlainRequest, PlainResponse } from './plain.ts'
import { tellFault } from './fault-log.ts'
import { HttpProblem, problemOf } from './problem.ts'
import { dataOf, requireJson } from './read-json.ts'
import type { Route, RouteContext, TaskRoute } from './route.ts'
import { Router } from './router.ts'
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
  /** Ends event streams. Other routes go on. */
  close(): void
}

/** What a route that takes no body may be sent all the same. */
const SMALL_BODY = 1024

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
    try {
      // one asynchronous function from here to the answer, which waits only for what is not there yet: each promise more
      // would cost every request
      const { route, params } = this.#router.find(request.method, request.path)
      const { options, tasks } = this.#service
      // health says so itself
      if (this.#drain.draining && route.action !== null) throw new HttpProblem('draining', 'the server shuts down')
      checkAccess(request, route.action, options)
      const query = readRouteQuery(route, request)
      let body: unknown
      // a POST without a body must still not be what a form of another site can send
      if (route.method !== 'GET' && route.method !== 'DELETE') {
        requireJson(request)
        const sent = request.readBody(route.body === undefined ? SMALL_BODY : options.maxBodyBytes)
        body = dataOf('then' in sent ? await sent : sent)
      }
      const publicPath = options.publicPath ?? ownPath(request.base)
      const context: RouteContext = { request, tasks, params, query, body: checkedBody(route, body), publicPath }
      if (route.aboutTask === true) return await this.#answerAboutTask(route, context)
      const targets = route.targets?.(context) ?? everything
      const asked = authorizeAll(request, route.action, targets, options)
      if (asked !== undefined) await asked
      if (route.audited === true) return await this.#enter(route, context, targets[0], () => route.handle(context))
      const answer = route.handle(context)
      return 'then' in answer ? await answer : answer
    } catch (thrown) {
      const answer = problemOf(thrown, this.#service.options)
      if (answer.status === 500) tellFault(thrown, request)
      return answer
    }
  }

  close(): void {
    this.#service.hub.close()
    this.#service.runStreams.close()
  }

  /** Whether there is such a task is told only to those who may know. */
  async #answerAboutTask(route: TaskRoute, context: RouteContext): Promise<PlainResponse> {
    const taskId = context.params['id'] ?? ''
    const task = await context.tasks.getTask(taskId)
    const target = task === undefined ? { taskId } : { taskId, taskName: task.name, task }
    await authorizeAll(context.request, route.action, [target], this.#service.options)
    if (task === undefined) throw new HttpProblem('not-found', 'no task is kept with this id')
    if (route.audited !== true) return route.handle({ ...context, task })
    return this.#enter(route, context, target, () => route.handle({ ...context, task }))
  }

  /** Answers, and enters in the audit log what became of it. */
  #enter(
    { operationId: operation }: Route,
    { request, query, body }: RouteContext,
    target: AuthorizationTarget = {},
    answer: () => PlainResponse | Promise<PlainResponse>,
  ): Promise<PlainResponse> {
    return this.#service.audit.around({ operation, target, request, query, body }, answer)
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
