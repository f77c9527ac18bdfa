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
import { HttpProblem, problemOf } from './problem.ts'
import { readJson } from './read-json.ts'
import type { Route, RouteContext } from './route.ts'
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
      return await this.#answer(request)
    } catch (thrown) {
      return problemOf(thrown, this.#service.options)
    }
  }

  close(): void {
    this.#service.hub.close()
  }

  async #answer(request: PlainRequest): Promise<PlainResponse> {
    const { options, tasks } = this.#service
    const { route, params } = this.#router.find(request.method, request.path)
    // health says so itself
    if (this.#drain.draining && route.action !== null) throw new HttpProblem('draining', 'the server shuts down')
    checkAccess(request, route.action, options)
    const query = readRouteQuery(route, request)
    const body = route.body === undefined ? await refuseBody(route, request) : await this.#readBody(route, request)
    const context: RouteContext = {
      request,
      tasks,
      params,
      query,
      body,
      publicPath: options.publicPath ?? request.base,
    }
    return route.aboutTask === true ? this.#answerAboutTask(route, context) : this.#answerPlain(route, context)
  }

  async #answerPlain(route: Route & { aboutTask?: false }, context: RouteContext): Promise<PlainResponse> {
    const targets = route.targets?.(context) ?? everything
    await authorizeAll(context.request, route.action, targets, this.#service.options)
    return this.#audited(route, context, targets[0] ?? {}, () => route.handle(context))
  }

  /** Whether there is such a task is told only to those who may know. */
  async #answerAboutTask(route: Route & { aboutTask: true }, context: RouteContext): Promise<PlainResponse> {
    const taskId = context.params['id'] ?? ''
    const task = await context.tasks.getTask(taskId)
    const target = task === undefined ? { taskId } : { taskId, taskName: task.name, task }
    await authorizeAll(context.request, route.action, [target], this.#service.options)
    if (task === undefined) throw new HttpProblem('not-found', 'no task is kept with this id')
    return this.#audited(route, context, target, () => route.handle({ ...context, task }))
  }

  async #audited(
    route: Route,
    { request, body }: RouteContext,
    { taskId, taskName }: AuthorizationTarget,
    answer: () => PlainResponse | Promise<PlainResponse>,
  ): Promise<PlainResponse> {
    if (route.audited !== true) return answer()
    const { args: _, ...details } = (body ?? {}) as Readonly<Record<string, unknown>>
    const enter = (outcome: 'done' | 'refused', what: unknown): void => {
      const from = request.remoteAddress ?? null
      const whom = { taskId: taskId ?? null, taskName: taskName ?? null }
      const { operationId: operation } = route
      this.#service.audit.add({ at: Date.now(), operation, ...whom, from, outcome, details: what }, request.original)
    }
    try {
      const answered = await answer()
      enter('done', details)
      return answered
    } catch (thrown) {
      enter('refused', thrown instanceof Error ? thrown.message : String(thrown))
      throw thrown
    }
  }

  async #readBody(route: Route, request: PlainRequest): Promise<unknown> {
    const body = await readJson(request, this.#service.options.maxBodyBytes)
    const issues = issuesOf(route.body ?? {}, body ?? {})
    if (issues.length > 0) throw new HttpProblem('unprocessable', 'the body does not fit', { issues })
    return body ?? {}
  }
}

/** A POST without a body must still not be what a form of another site can send. */
async function refuseBody(route: Route, request: PlainRequest): Promise<undefined> {
  if (route.method !== 'POST') return undefined
  await readJson(request, 1024)
  return undefined
}

const noQuery: Readonly<Record<string, unknown>> = Object.freeze({})

function readRouteQuery(route: Route, request: PlainRequest): Readonly<Record<string, unknown>> {
  if (route.query === undefined && request.query === '') return noQuery
  const { values, issues } = readQuery(route.query ?? {}, request.query)
  if (issues.length === 0) return values
  throw new HttpProblem('malformed-request', 'the query is not as it should be', { issues })
}
