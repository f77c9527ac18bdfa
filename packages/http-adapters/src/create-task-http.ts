// The routes without a framework, with the optional monitor behind them.
import type { BackgroundTasks } from '@catzilla/api'
import type { MonitorPackage } from './core/monitor.ts'
import type { TaskRoutesOptions } from './core/options.ts'
import { RequestWalk } from './core/walk.ts'
import type { TaskHttp } from './core/walk.ts'

/** By a name that is not written out: the package is optional, also to those who check types. */
const monitorPackage: string = '@catzilla/monitor'

function loadMonitor(): Promise<MonitorPackage> {
  return import(monitorPackage) as Promise<MonitorPackage>
}

/**
 * The routes, for a framework without an edge of its own: give `handle` a `PlainRequest`, send the `PlainResponse`.
 * @throws ConfigurationError
 */
export function createTaskHttp<Request>(tasks: BackgroundTasks, options?: TaskRoutesOptions<Request>): TaskHttp {
  return new RequestWalk(tasks, options ?? {}, loadMonitor)
}
