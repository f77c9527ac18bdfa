// The edge for Express 5.
import type { BackgroundTasks } from '@catzilla/api'
import express from 'express'
import type { Application, Request, RequestHandler } from 'express'
import { NodeRequest, sendResponse, splitTarget } from './bridges/node-bridge.ts'
import type { TaskRoutesOptions } from './core/options.ts'
import { pathBelow } from './core/plain.ts'
import { createTaskHttp } from './create-task-http.ts'
import { putTasksOn, refuseUntilEnabled } from './lifecycle/enabled-app.ts'
import type { EnableOptions, WithBackgroundTasks } from './lifecycle/enabled-app.ts'

export { gracefulShutdown } from './lifecycle/graceful-shutdown.ts'
export type { EnableOptions, TaskRoutesOptions, WithBackgroundTasks }

declare global {
  // how Express wants to be extended
  namespace Express {
    interface Request {
      /** The background tasks of the app, once they are enabled on it. */
      tasks: BackgroundTasks
    }
  }
}

refuseUntilEnabled(express.application)

/**
 * The routes, as a handler: `app.use(taskRoutes(tasks, { expose: ['email.send'], authorize }))`.
 * @throws ConfigurationError
 */
export function taskRoutes(tasks: BackgroundTasks, options?: TaskRoutesOptions<Request>): RequestHandler {
  const http = createTaskHttp(tasks, options)
  return (req, res, next) => {
    const [whole, query] = splitTarget(req.url)
    const path = pathBelow(whole, http.path)
    if (path === undefined) return next()
    const place = { path, query, base: `${req.baseUrl}${http.path}` }
    const request = new NodeRequest(req, res, place, req, req.body as unknown)
    void http.answer(request, (response) => {
      try {
        sendResponse(res, response)
      } catch (thrown) {
        next(thrown)
      }
    })
  }
}

/**
 * Puts `tasks` and `addTask` on the app and `tasks` on its requests; with `http`, the routes too. Call it before the routes
 * that use them.
 * @throws ConfigurationError, EngineUnavailableError
 */
export function enableBackgroundTasks<App extends Application>(
  app: App,
  options: EnableOptions<Request> = {},
): App & WithBackgroundTasks {
  const tasks = putTasksOn(app, options)
  app.use((req, _, next) => {
    req.tasks = tasks
    next()
  })
  if (options.http !== undefined) app.use(taskRoutes(tasks, options.http))
  return app as App & WithBackgroundTasks
}
