// The door `@catzilla/http-adapters`: what is the same whatever the framework. The edges are `/express`, `/koa`, `/hono`
// and `/node`.
export { createTaskHttp } from './create-task-http.ts'
export type { AuthorizationTarget, Authorize, RouteAction, Verdict } from './core/authorization.ts'
export { contentSecurityPolicy } from './core/dashboard-files.ts'
export { engineEventTypes as eventTypes } from '@catzilla/api'
export type { Health, MonitorSource } from './core/monitor.ts'
export { openApiDocument } from './core/openapi.ts'
export type { RedactionSubject, TaskRoutesOptions } from './core/options.ts'
export { jsonText } from './core/plain.ts'
export type { PlainRequest, PlainResponse, RequestBody } from './core/plain.ts'
export { HttpProblem, problemKinds } from './core/problem.ts'
export type { ProblemKind } from './core/problem.ts'
export type {
  PlainRoute,
  ResponseDoc,
  Route,
  RouteContext,
  RouteGroup,
  RouteMethod,
  TaskRoute,
  TaskRouteContext,
} from './core/route.ts'
export type { Issue, Schema } from './core/schema.ts'
export type { TaskHttp } from './core/walk.ts'
export type { EnableOptions, WithBackgroundTasks } from './lifecycle/enabled-app.ts'
export { gracefulShutdown } from './lifecycle/graceful-shutdown.ts'
export type { GracefulServer, GracefulShutdownOptions, GracefulShutdownReport } from './lifecycle/graceful-shutdown.ts'
