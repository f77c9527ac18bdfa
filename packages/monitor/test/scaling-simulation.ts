// A pool of workers under a load, on a virtual clock, which the auto-scaler scales: a queue, and workers that take from it.
import { createTypeScriptEngine } from '@catzilla/engine'
import type { EngineStatistics, ScaleTarget, ScalingDecision, TaskEngine } from '@catzilla/engine'
import { VirtualClock } from '@catzilla/engine/testing'
import { AutoScaler, TaskMonitor } from '@catzilla/monitor'
import type { ScalingOptions } from '@catzilla/monitor'

/** Tasks that a worker does in a second. */
export const TASKS_PER_WORKER = 10
const QUEUE_SIZE = 1000
/** Seconds over which utilisation is seen, as by engines. */
const SEEN_SECONDS = 10

export interface Simulated {
  readonly changes: readonly (ScalingDecision & { readonly second: number })[]
  /** Workers by second. */
  readonly workers: readonly number[]
  /** Waiting tasks by second. */
  readonly queued: readonly number[]
}

interface Bounds {
  readonly least: number
  readonly most: number
}

/** Runs the load, and then idles for five minutes. */
export async function simulate(
  arrivals: readonly number[],
  bounds: Bounds,
  options: ScalingOptions = {},
): Promise<Simulated> {
  const clock = new VirtualClock()
  const pool = new SimulatedPool(bounds)
  const engine = pool.asEngine(clock)
  const monitor = new TaskMonitor(engine, { clock })
  const scaler = new AutoScaler(engine, monitor)
  const changes: Simulated['changes'][number][] = []
  const [workers, queued]: [number[], number[]] = [[], []]
  monitor.onScaling((decision) => changes.push({ ...decision, second: workers.length }))
  scaler.enableAutoScaling({ cpuCount: 64, ...options })
  for (const coming of [...arrivals, ...Array.from({ length: 300 }, () => 0)]) {
    pool.workFor(coming)
    await clock.advance(1000)
    workers.push(pool.workers)
    queued.push(pool.queued)
  }
  monitor.close()
  return { changes, workers, queued }
}

class SimulatedPool {
  readonly #bounds: Bounds
  readonly #busy: number[] = []
  workers: number
  queued = 0
  #active = 0
  #starts = 0
  #breaches = 0

  constructor(bounds: Bounds) {
    this.#bounds = bounds
    this.workers = bounds.least
  }

  /** One second, in which so many tasks come. Whatever starts while others wait is late. */
  workFor(coming: number): void {
    const capacity = this.workers * TASKS_PER_WORKER
    const done = Math.min(this.queued + coming, capacity)
    this.#breaches += this.queued > 0 ? done : 0
    this.#starts += done
    this.queued = Math.min(QUEUE_SIZE, this.queued + coming - done)
    this.#active = Math.ceil(done / TASKS_PER_WORKER)
    this.#busy.push(done / capacity)
  }

  /** As engines show themselves to a monitor; what the load does not touch is that of an idle one. */
  asEngine(clock: VirtualClock): TaskEngine {
    const idle = createTypeScriptEngine({ clock })
    const shown: Partial<TaskEngine> = {
      name: 'simulated',
      state: 'started',
      snapshot: () => this.#snapshot(idle.snapshot()),
      scale: async ({ workers }: ScaleTarget) => {
        this.workers = workers ?? this.workers
      },
    }
    // what is missing nobody asks of it: a monitor and its auto-scaler look, and scale
    return shown as TaskEngine
  }

  #snapshot(idle: EngineStatistics): EngineStatistics {
    const { least, most } = this.#bounds
    const seen = this.#busy.slice(-SEEN_SECONDS)
    const queued = Math.round(this.queued)
    const [critical, high, normal, low] = idle.priorities
    const wait = { ...normal.wait, count: this.#starts }
    return {
      ...idle,
      totalQueued: queued,
      queuePressure: this.queued / QUEUE_SIZE,
      avgWorkerUtilization: seen.reduce((sum, busy) => sum + busy, 0) / Math.max(1, seen.length),
      workerBounds: { lane: 'native', least, most },
      lanes: { native: { slots: this.workers, active: this.#active, queued } },
      priorities: [critical, high, { ...normal, queued, wait, breaches: this.#breaches }, low],
    }
  }
}
