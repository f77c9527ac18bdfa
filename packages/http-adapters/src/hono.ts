// The edge for Hono 4.
import type { BackgroundTasks } from '@catzilla/api'
import { Hono } from 'hono'
import type { Context, Env, MiddlewareHandler } from 'hono'
import { basePath, baseRoutePath } from 'hono/route'
import { FetchRequest, fetchResponse } from './bridges/fetch-bridge.ts'
import type { Connection } from './bridges/fetch-bridge.ts'
import { splitTarget } from './bridges/node-bridge.ts'
import type { TaskRoutesOptions } from './core/options.ts'
import { pathBelow } from './core/plain.ts'
import { createTaskHttp } from './create-task-http.ts'
import { putTasksOn, refuseUntilEnabled } from './lifecycle/enabled-app.ts'
import type { EnableOptions, WithBackgroundTasks } from './lifecycle/enabled-app.ts'

export { gracefulShutdown } from './lifecycle/graceful-shutdown.ts'
export type { EnableOptions, TaskRoutesOptions, WithBackgroundTasks }

/** For `new Hono<TasksEnv>()`: `c.var.tasks` then has its type. */
export interface TasksEnv extends Env {
  Variables: { tasks: BackgroundTasks }
}

refuseUntilEnabled(Hono.prototype)

/**
 * The routes, as middleware: `app.use(taskRoutes(tasks, { expose: ['email.send'], authorize }))`.
 * @throws ConfigurationError
 */
export function taskRoutes(tasks: BackgroundTasks, options?: TaskRoutesOptions<Context>): MiddlewareHandler {
  const http = createTaskHttp(tasks, options)
  const baseOf = rememberBases(http.path)
  return (c, next) => {
    const [whole, query] = splitTarget(c.req.raw.url)
    const base = baseOf(c)
    const path = pathBelow(whole, base)
    if (path === undefined) return next()
    const connection = (c.env ?? {}) as Connection
    const request = new FetchRequest(c.req.raw, { path, query, base }, c, connection, () => c.req.arrayBuffer())
    return Promise.resolve(http.answer(request, fetchResponse))
  }
}

/** Where the routes are: as Hono says, asked once for each place of which no part is left open. */
function rememberBases(below: string): (c: Context) => string {
  const bases = new Map<string, string>()
  return (c) => {
    const pattern = baseRoutePath(c)
    const known = bases.get(pattern)
    if (known !== undefined) return known
    const base = `${basePath(c).replace(/\/$/, '')}${below}`
    if (!/[:*]/.test(pattern)) bases.set(pattern, base)
    return base
  }
}

/**
 * Puts `tasks` and `addTask` on the app and `tasks` on its contexts; with `http`, the routes too. Call it before the routes
 * that use them.
 * @throws ConfigurationError, EngineUnavailableError
 */
export function enableBackgroundTasks<E extends TasksEnv>(
  app: Hono<E>,
  options: EnableOptions<Context> = {},
): Hono<E> & WithBackgroundTasks {
  const tasks = putTasksOn(app, options)
  app.use(async (c, next) => {
    c.set('tasks', tasks)
    await next()
  })
  if (options.http !== undefined) app.use(taskRoutes(tasks, options.http))
  return app as Hono<E> & WithBackgroundTasks
}
