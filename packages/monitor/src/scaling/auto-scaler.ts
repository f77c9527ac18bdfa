// The auto-scaler as the documentation has it: an object of its own, over an engine and its monitor.
import type { ScalingDecision } from '@catzilla/engine'
import type { ScalingOptions } from '../options.ts'
import type { TaskMonitor } from '../task-monitor.ts'
import type { ScalableEngine } from './scaling.ts'

/**
 * Scales the workers of an engine between `minWorkers` and `maxWorkers`.
 * @example
 * new AutoScaler(tasks.engine, monitor).enableAutoScaling({ scaleUpThreshold: 0.8, cooldownSeconds: 30 })
 */
export class AutoScaler {
  readonly #monitor: TaskMonitor

  /** @throws ConfigurationError for a monitor of another engine */
  constructor(engine: ScalableEngine, monitor: TaskMonitor) {
    monitor.requireEngine(engine)
    this.#monitor = monitor
  }

  /**
   * Begins to look at the load. Asked again, the new options hold.
   * @throws ConfigurationError, UnsupportedByEngineError when the engine has no workers to scale
   */
  enableAutoScaling(options?: ScalingOptions): void {
    this.#monitor.enableAutoScaling(options)
  }

  disableAutoScaling(): void {
    this.#monitor.disableAutoScaling()
  }

  /** The latest hundred changes, the oldest first. */
  get decisions(): readonly ScalingDecision[] {
    return this.#monitor.scalingDecisions
  }
}
