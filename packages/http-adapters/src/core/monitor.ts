// The optional package `@catzilla/monitor`: what the routes ask of it, and what they say without it.
import { EngineUnavailableError } from '@catzilla/api'
import type { BackgroundTasks, EngineStatistics } from '@catzilla/api'
import type * as MonitorPackage from '@catzilla/monitor'
import { HttpProblem } from './problem.ts'

export interface Health {
  readonly live: boolean
  readonly ready: boolean
  readonly healthy: boolean
  readonly reasons: readonly string[]
}

/** What the routes ask of a monitor; a `TaskMonitor` is one. */
export interface MonitorSource {
  getStats(): object
  getWorkerDetails(): readonly object[] | Promise<readonly object[]>
  health(): Health
  readonly autoScaling?: boolean
  /** The oldest first. */
  readonly scalingDecisions?: readonly object[]
}

type MonitoredTasks = Pick<BackgroundTasks, 'monitor' | 'getStats'>
type Monitor = BackgroundTasks['monitor']
type Package = typeof MonitorPackage

/** The monitor of the routes: the one given, or that of the tasks, where the package is installed. */
export class OptionalMonitor {
  readonly #tasks: MonitoredTasks
  readonly #given: MonitorSource | undefined
  readonly #load: () => Promise<Package>

  constructor(
    tasks: MonitoredTasks,
    given: MonitorSource | undefined,
    load: () => Promise<Package> = () => import('@catzilla/monitor'),
  ) {
    this.#tasks = tasks
    this.#given = given
    this.#load = load
  }

  /** @throws HttpProblem 501 naming the package */
  source(): MonitorSource {
    return this.#find() ?? notInstalled('these figures come')
  }

  /** Figures as Prometheus reads them. @throws HttpProblem 501 */
  async prometheusText(): Promise<string> {
    const source = this.#find()
    const found = await this.#loaded()
    if (source === undefined || found === undefined) notInstalled('metrics come')
    return found.prometheusText(source as Monitor)
  }

  /** Where the files of the dashboard are. @throws HttpProblem 501 */
  async dashboardFolder(): Promise<string> {
    return (await this.#loaded())?.dashboardFolder() ?? notInstalled('the dashboard comes')
  }

  health(): Health {
    return this.#find()?.health() ?? healthOf(this.#tasks.getStats())
  }

  #find(): MonitorSource | undefined {
    if (this.#given !== undefined) return this.#given
    try {
      return this.#tasks.monitor
    } catch (thrown) {
      if (thrown instanceof EngineUnavailableError) return undefined
      throw thrown
    }
  }

  async #loaded(): Promise<Package | undefined> {
    try {
      return await this.#load()
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException
      if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return undefined
      throw thrown
    }
  }
}

/** Without a monitor: what the figures of the engine say. An idle system is healthy. */
export function healthOf({ queuePressure, errorRate, totalTasksProcessed }: EngineStatistics): Health {
  const reasons = [
    ...(queuePressure >= 0.8 ? [`the queue is ${Math.round(queuePressure * 100)} % full`] : []),
    // a handful of tasks says nothing yet
    ...(errorRate >= 0.01 && totalTasksProcessed >= 100
      ? [`${(errorRate * 100).toFixed(1)} % of the tasks failed`]
      : []),
  ]
  return { live: true, ready: queuePressure < 1, healthy: reasons.length === 0, reasons }
}

function notInstalled(what: string): never {
  throw new HttpProblem(
    'not-installed',
    `${what} from @catzilla/monitor, which is not installed here, or an older one: npm install @catzilla/monitor`,
  )
}
