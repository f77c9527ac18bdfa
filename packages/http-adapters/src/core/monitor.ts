// The optional package `@catzilla/monitor`, loaded when it is first asked for; what it has to say about health without it.
import type { BackgroundTasks, EngineStatistics } from '@catzilla/api'
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
}

/** What the routes use of the package. */
export interface MonitorPackage {
  readonly TaskMonitor: new (engine: BackgroundTasks['engine']) => MonitorSource & { close(): void }
  readonly prometheusText: (monitor: never) => string | Promise<string>
  /** Where the files of the dashboard are; undefined when there are none. */
  readonly dashboardFolder?: () => string | undefined
}

export type LoadMonitor = () => Promise<MonitorPackage>

/** The monitor of the routes: the one given, or one made of the package. */
export class OptionalMonitor {
  readonly #tasks: BackgroundTasks
  readonly #given: MonitorSource | undefined
  readonly #load: LoadMonitor
  #package: Promise<MonitorPackage | undefined> | undefined
  #own: Promise<(MonitorSource & { close(): void }) | undefined> | undefined

  constructor(tasks: BackgroundTasks, given: MonitorSource | undefined, load: LoadMonitor) {
    this.#tasks = tasks
    this.#given = given
    this.#load = load
  }

  /** @throws HttpProblem 501 naming the package */
  async source(): Promise<MonitorSource> {
    return (
      (await this.#find()) ?? notInstalled('these figures come from @catzilla/monitor: npm install @catzilla/monitor')
    )
  }

  /** Figures as Prometheus reads them. @throws HttpProblem 501 */
  async prometheusText(): Promise<string> {
    const found = await this.#loaded()
    if (found === undefined) notInstalled('metrics come from @catzilla/monitor: npm install @catzilla/monitor')
    return found.prometheusText((await this.source()) as never)
  }

  /** @throws HttpProblem 501 */
  async dashboardFolder(): Promise<string> {
    const folder = (await this.#loaded())?.dashboardFolder?.()
    return folder ?? notInstalled('the dashboard comes with @catzilla/monitor: npm install @catzilla/monitor@latest')
  }

  async health(): Promise<Health> {
    const source = await this.#find()
    return source === undefined ? healthOf(this.#tasks.getStats()) : source.health()
  }

  /** Ends the monitor that was made here. */
  async close(): Promise<void> {
    ;(await this.#own)?.close()
  }

  async #find(): Promise<MonitorSource | undefined> {
    if (this.#given !== undefined) return this.#given
    return (this.#own ??= this.#make())
  }

  async #make(): Promise<(MonitorSource & { close(): void }) | undefined> {
    const found = await this.#loaded()
    return found === undefined ? undefined : new found.TaskMonitor(this.#tasks.engine)
  }

  async #loaded(): Promise<MonitorPackage | undefined> {
    return (this.#package ??= ifInstalled(this.#load))
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

function notInstalled(detail: string): never {
  throw new HttpProblem('not-installed', detail)
}

async function ifInstalled(load: LoadMonitor): Promise<MonitorPackage | undefined> {
  try {
    return await load()
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return undefined
    throw thrown
  }
}
