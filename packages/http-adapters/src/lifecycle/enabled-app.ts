// Background tasks on an app: `app.tasks`, `app.addTask`, and the error of whoever uses them before.
import { BackgroundTasksNotEnabledError, ConfigurationError, createTasks } from '@catzilla/api'
import type { BackgroundTasks, TasksOptions } from '@catzilla/api'
import type { TaskRoutesOptions } from '../core/options.ts'

/** What an app has once background tasks are enabled on it. */
export interface WithBackgroundTasks {
  readonly tasks: BackgroundTasks
  /** As `tasks.addTask`. */
  readonly addTask: BackgroundTasks['addTask']
}

/**
 * Options of `createTasks`, or tasks made before, and the routes. Signals are for `gracefulShutdown`, which ends the server
 * as well.
 */
export interface EnableOptions<Request = unknown> extends Omit<TasksOptions, 'handleSignals'> {
  /** Tasks made before; then no option of `createTasks` can be given. */
  readonly tasks?: BackgroundTasks
  /** Options of the routes: with them, the app has the routes; without, it has none. */
  readonly http?: TaskRoutesOptions<Request>
}

const enabled = new WeakSet<object>()

/** Puts the tasks on the app. @throws ConfigurationError */
export function putTasksOn<Request>(app: object, options: EnableOptions<Request>): BackgroundTasks {
  if (enabled.has(app)) throw new ConfigurationError('enableBackgroundTasks: they are enabled on this app already')
  const { tasks: given, http: _, ...rest } = options
  if ('handleSignals' in rest) {
    throw new ConfigurationError('enableBackgroundTasks: give handleSignals to gracefulShutdown(server, app.tasks)')
  }
  if (given !== undefined && Object.keys(rest).length > 0) {
    throw new ConfigurationError(
      `enableBackgroundTasks: ${Object.keys(rest).join(', ')} cannot be applied to tasks that were made before`,
    )
  }
  const tasks = given ?? createTasks(rest)
  enabled.add(app)
  const addTask: BackgroundTasks['addTask'] = (...args) => tasks.addTask(...args)
  Object.defineProperty(app, 'tasks', { value: tasks, configurable: true })
  Object.defineProperty(app, 'addTask', { value: addTask, configurable: true })
  return tasks
}

/** Makes `tasks` and `addTask` of apps, while they are not enabled, throw what is to be done. */
export function refuseUntilEnabled(prototype: object): void {
  for (const name of ['tasks', 'addTask']) {
    if (name in prototype) continue
    Object.defineProperty(prototype, name, {
      configurable: true,
      get() {
        throw new BackgroundTasksNotEnabledError(
          `app.${name}: background tasks are not enabled on this app; call enableBackgroundTasks(app, options) first`,
        )
      },
    })
  }
}
