// The edge for plain node:http.
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { BackgroundTasks } from '@catzilla/api'
import { NodeRequest, sendResponse, splitTarget } from './bridges/node-bridge.ts'
import type { TaskRoutesOptions } from './core/options.ts'
import { pathBelow } from './core/plain.ts'
import { HttpProblem, problemOf } from './core/problem.ts'
import { createTaskHttp } from './create-task-http.ts'
import { putTasksOn } from './lifecycle/enabled-app.ts'
import type { EnableOptions, WithBackgroundTasks } from './lifecycle/enabled-app.ts'

export { gracefulShutdown } from './lifecycle/graceful-shutdown.ts'
export type { EnableOptions, TaskRoutesOptions, WithBackgroundTasks }

/** A listener that calls `next` for what is not its own; without `next` that is a 404. */
export type TaskListener = (req: IncomingMessage, res: ServerResponse, next?: () => void) => void

/**
 * The routes, as a listener: `createServer(taskRoutes(tasks, { expose: ['email.send'], authorize }))`.
 * @throws ConfigurationError
 */
export function taskRoutes(tasks: BackgroundTasks, options?: TaskRoutesOptions<IncomingMessage>): TaskListener {
  const http = createTaskHttp(tasks, options)
  return (req, res, next) => {
    const [whole, query] = splitTarget(req.url ?? '/')
    const path = pathBelow(whole, http.path)
    if (path === undefined) return next === undefined ? notFound(res) : next()
    const request = new NodeRequest(req, res, { path, query, base: http.path }, req, undefined)
    void http.answer(request, (response) => {
      try {
        sendResponse(res, response)
      } catch {
        res.destroy()
      }
    })
  }
}

/**
 * Puts `tasks` and `addTask` on the server; with `http`, the routes too: they answer before the listeners that the server
 * has by now, which get what is left.
 * @throws ConfigurationError, EngineUnavailableError
 */
export function enableBackgroundTasks<S extends Server>(
  server: S,
  options: EnableOptions<IncomingMessage> = {},
): S & WithBackgroundTasks {
  const tasks = putTasksOn(server, options)
  if (options.http !== undefined) putBefore(server, taskRoutes(tasks, options.http))
  return server as S & WithBackgroundTasks
}

function putBefore(server: Server, routes: TaskListener): void {
  const others = server.listeners('request') as RequestListener[]
  server.removeAllListeners('request').on('request', (req, res) => {
    const passOn = (): void => others.forEach((listener) => listener(req, res))
    routes(req, res, others.length === 0 ? undefined : passOn)
  })
}

function notFound(res: ServerResponse): void {
  const options = { includeStacks: false, retryAfterSeconds: 1 }
  sendResponse(res, problemOf(new HttpProblem('not-found', 'there is nothing at this path'), options))
}
