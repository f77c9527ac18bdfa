// The optional package `@catzilla/monitor`, which is loaded when somebody looks at `tasks.monitor`, or to scale workers.
import { createRequire } from 'node:module'
import { EngineUnavailableError, toError } from '@catzilla/engine'
import type { Clock, EngineStatistics, Monitor, TaskEngine } from '@catzilla/engine'
import type * as MonitorPackage from '@catzilla/monitor'

const PACKAGE = '@catzilla/monitor'

type Load = (name: string) => unknown
type MonitorModule = typeof MonitorPackage

export class MonitorHome {
  readonly #engine: TaskEngine
  readonly #clock: Clock | undefined
  readonly #load: Load
  #monitor: MonitorPackage.TaskMonitor | undefined
  #closed = false

  /** @param clock that of the tasks, if they have one of their own */
  constructor(engine: TaskEngine, clock: Clock | undefined, load: Load = createRequire(import.meta.url)) {
    this.#engine = engine
    this.#clock = clock
    this.#load = load
  }

  /** The monitor, made when first asked for. @throws EngineUnavailableError when the package is not installed */
  get monitor(): Monitor {
    return this.#made(this.#module())
  }

  /** Scales workers by the load where that is possible: without the package, nothing is scaled. */
  scaleIfInstalled(): void {
    if (!this.#engine.capabilities.scalesWorkers) return
    let found: MonitorModule
    try {
      found = this.#load(PACKAGE) as MonitorModule
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException
      if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') return
      throw thrown
    }
    this.#made(found).enableAutoScaling()
  }

  /** The figures of the engine, with what it does not know: whether its workers are scaled by the load. */
  complete(stats: EngineStatistics): EngineStatistics {
    return this.#monitor?.autoScaling === true ? { ...stats, autoScaling: true } : stats
  }

  close(): void {
    this.#closed = true
    this.#monitor?.close()
  }

  #made({ TaskMonitor }: MonitorModule): MonitorPackage.TaskMonitor {
    if (this.#monitor !== undefined) return this.#monitor
    this.#monitor = new TaskMonitor(this.#engine, this.#clock === undefined ? {} : { clock: this.#clock })
    if (this.#closed) this.#monitor.close()
    return this.#monitor
  }

  #module(): MonitorModule {
    try {
      return this.#load(PACKAGE) as MonitorModule
    } catch (thrown) {
      throw new EngineUnavailableError(
        `tasks.monitor needs ${PACKAGE}, which does not load (${toError(thrown).message.split('\n')[0]}); run "npm install ${PACKAGE}", or use tasks.getStats()`,
        { cause: thrown },
      )
    }
  }
}
