// What a route is: one row of the table that answers requests and that the OpenAPI document is made from.
import type { BackgroundTasks, TaskInfo } from '@catzilla/api'
import type { AuthorizationTarget, RouteAction } from './authorization.ts'
import type { PlainRequest, PlainResponse } from './plain.ts'
import type { Schema } from './schema.ts'

export type RouteMethod = 'GET' | 'POST' | 'DELETE' | 'PUT' | 'PATCH'

/** What the handler of a route is given. Everything in it has been checked. */
export interface RouteContext {
  readonly request: PlainRequest
  readonly tasks: BackgroundTasks
  /** The parts of the path that the route leaves open, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, unknown>>
  /** As the route's `body` describes it; undefined for routes that take none. */
  readonly body: unknown
  /** Where the routes are, as clients see them: the beginning of addresses in answers. */
  readonly publicPath: string
  /** Who asks, as `authorize` says; undefined where it says no more than that they may. */
  readonly caller: string | undefined
}

/** The context of a route that is about one task. */
export interface TaskRouteContext extends RouteContext {
  readonly task: TaskInfo
}

/** A response for the document. */
export interface ResponseDoc {
  readonly description: string
  readonly type?: string
  readonly schema?: Schema
}

interface RouteBase {
  readonly method: RouteMethod
  /** Below the mount: `/`, `/stats`, `/:id/result`. A last part `*` takes all that is left, as `params.rest`. */
  readonly path: string
  /** What `authorize` is asked; null: nobody is asked. */
  readonly action: RouteAction | null
  /** Whether the audit log gets an entry: for what changes something. */
  readonly audited?: true
  /** Unique; begins with a verb, in camelCase. */
  readonly operationId: string
  readonly summary: string
  readonly query?: Readonly<Record<string, Schema>>
  /** Headers that the handler reads, for the document. */
  readonly headers?: Readonly<Record<string, Schema>>
  readonly body?: Schema
  /** By status, beside the problems that any route may answer with. */
  readonly responses: Readonly<Record<number, ResponseDoc>>
  /** Statuses of problem documents that this route may answer with. */
  readonly problems?: readonly number[]
}

export interface PlainRoute extends RouteBase {
  readonly aboutTask?: false
  /** What `authorize` is asked about; the whole by default. */
  readonly targets?: (context: RouteContext) => readonly AuthorizationTarget[]
  readonly handle: (context: RouteContext) => PlainResponse | Promise<PlainResponse>
}

/** Its path has `:id`: the task is looked up first, then `authorize` is asked about it, then it must be there. */
export interface TaskRoute extends RouteBase {
  readonly aboutTask: true
  readonly handle: (context: TaskRouteContext) => PlainResponse | Promise<PlainResponse>
}

export type Route = PlainRoute | TaskRoute

/** Routes that belong together: ours, or those that another package adds. */
export interface RouteGroup {
  /** The heading in the document. */
  readonly name: string
  readonly description: string
  readonly routes: readonly Route[]
  /** Schemas that routes name by `$ref: '#/components/schemas/…'`. */
  readonly schemas?: Readonly<Record<string, Schema>>
}
