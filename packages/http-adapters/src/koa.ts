// The edge for Koa 3.
import type { BackgroundTasks } from '@catzilla/api'
import Koa from 'koa'
import type { Context, Middleware } from 'koa'
import { NodeRequest, sendResponse } from './bridges/node-bridge.ts'
import type { TaskRoutesOptions } from './core/options.ts'
import { pathBelow } from './core/plain.ts'
import type { PlainResponse } from './core/plain.ts'
import { createTaskHttp } from './create-task-http.ts'
import { putTasksOn, refuseUntilEnabled } from './lifecycle/enabled-app.ts'
import type { EnableOptions, WithBackgroundTasks } from './lifecycle/enabled-app.ts'

export { gracefulShutdown } from './lifecycle/graceful-shutdown.ts'
export type { EnableOptions, TaskRoutesOptions, WithBackgroundTasks }

declare module 'koa' {
  interface DefaultContext {
    /** The background tasks of the app, once they are enabled on it. */
    tasks: BackgroundTasks
  }
}

refuseUntilEnabled(Koa.prototype)

/**
 * The routes, as middleware: `app.use(taskRoutes(tasks, { expose: ['email.send'], authorize }))`.
 * @throws ConfigurationError
 */
export function taskRoutes(tasks: BackgroundTasks, options?: TaskRoutesOptions<Context>): Middleware {
  const http = createTaskHttp(tasks, options)
  return (ctx, next) => {
    const path = pathBelow(ctx.path, http.path)
    if (path === undefined) return next()
    // koa-mount takes its path off and says so
    const { mountPath = '' } = ctx as { readonly mountPath?: string }
    const place = { path, query: ctx.querystring, base: `${mountPath}${http.path}` }
    const parsed = (ctx.request as { readonly body?: unknown }).body
    return http.answer(new NodeRequest(ctx.req, ctx.res, place, ctx, parsed), (response) => put(ctx, response))
  }
}

function put(ctx: Context, response: PlainResponse): void {
  const { body } = response
  if (body instanceof ReadableStream) {
    // Koa would leave the connection of a client open that was given up
    ctx.respond = false
    return sendResponse(ctx.res, response)
  }
  ctx.status = response.status
  // they are strings and were checked where they were made: `ctx.set` would look at each once more
  for (const name in response.headers) {
    // Koa finds it out by itself, and sets it
    if (name !== 'content-length') ctx.res.setHeader(name, response.headers[name] ?? '')
  }
  ctx.body = typeof body === 'string' ? body : Buffer.from(body ?? '')
}

/**
 * Puts `tasks` and `addTask` on the app and `tasks` on its contexts; with `http`, the routes too. Call it before the
 * middleware that uses them.
 * @throws ConfigurationError, EngineUnavailableError
 */
export function enableBackgroundTasks<App extends Koa>(
  app: App,
  options: EnableOptions<Context> = {},
): App & WithBackgroundTasks {
  const tasks = putTasksOn(app, options)
  app.context.tasks = tasks
  if (options.http !== undefined) app.use(taskRoutes(tasks, options.http))
  return app as App & WithBackgroundTasks
}
