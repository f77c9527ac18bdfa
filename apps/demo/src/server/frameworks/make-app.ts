// What each framework makes of the one definition of the routes.
import type { Server } from 'node:http'
import type { BackgroundTasks } from '@catzilla/api'
import type { TaskRoutesOptions } from '@catzilla/http-adapters'
import type { DocumentRoute } from '../document-routes.ts'

/** Options of the package's routes that mean the same on each framework. */
export type HttpOptions = Omit<TaskRoutesOptions, 'authorize'> & { readonly authorize: 'this-machine' }

/** A server, not listening, with the demo's routes and those of the package. */
export type MakeApp = (tasks: BackgroundTasks, routes: readonly DocumentRoute[], http: HttpOptions) => Server
