// The routes without a framework.
import type { BackgroundTasks } from '@catzilla/api'
import type { TaskRoutesOptions } from './core/options.ts'
import { RequestWalk } from './core/walk.ts'
import type { TaskHttp } from './core/walk.ts'

/**
 * The routes, for a framework without an edge of its own: give `handle` a `PlainRequest`, send the `PlainResponse`.
 * @throws ConfigurationError
 */
export function createTaskHttp<Request>(tasks: BackgroundTasks, options?: TaskRoutesOptions<Request>): TaskHttp {
  return new RequestWalk(tasks, options ?? {})
}
