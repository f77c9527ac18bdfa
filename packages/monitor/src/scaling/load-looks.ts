// Looks at an engine: what the decision about its workers needs. Breaches are counted from one look to the next.
import type { Clock, EngineStatistics } from '@catzilla/engine'
import type { LoadSample } from './decide.ts'

export class LoadLooks {
  readonly #clock: Clock
  #starts = 0
  #breaches = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Undefined for an engine that has no workers to scale. */
  look(stats: EngineStatistics): LoadSample | undefined {
    const { workerBounds, priorities, lanes } = stats
    const lane = workerBounds === null ? undefined : lanes[workerBounds.lane]
    if (workerBounds === null || lane === undefined) return undefined
    const starts = priorities.reduce((sum, { wait }) => sum + wait.count, 0)
    const breaches = priorities.reduce((sum, each) => sum + each.breaches, 0)
    const newStarts = starts - this.#starts
    const breachRatio = newStarts > 0 ? Math.min(1, (breaches - this.#breaches) / newStarts) : 0
    this.#starts = starts
    this.#breaches = breaches
    return {
      now: this.#clock.now(),
      at: this.#clock.epochMs(),
      workers: lane.slots,
      paused: stats.paused,
      active: lane.active,
      queued: lane.queued,
      // the part of the queue that workers could take
      queuePressure: stats.totalQueued === 0 ? 0 : stats.queuePressure * (lane.queued / stats.totalQueued),
      breachRatio,
      utilization: stats.avgWorkerUtilization,
      least: workerBounds.least,
      most: workerBounds.most,
    }
  }
}
