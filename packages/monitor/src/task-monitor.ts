// The monitor of one engine: its figures in groups, its workers, its health, and how its workers are scaled.
import type {
  Alarm,
  EngineMeasurements,
  EngineStatistics,
  HealthReport,
  Monitor,
  MonitorStatistics,
  ScalingDecision,
  TaskEngine,
  WorkerDetails,
} from '@catzilla/engine'
import { CounterHistory, countersOf, ratesBetween } from './counters.ts'
import { configurationError } from './errors.ts'
import { EventLoop } from './event-loop.ts'
import { groupMeasurements, groupStatistics } from './grouped.ts'
import type { OwnFigures } from './grouped.ts'
import { healthOf } from './health.ts'
import { resolveMonitorOptions } from './options.ts'
import type { MonitorOptions, ResolvedMonitorOptions, ScalingOptions } from './options.ts'
import { Scaling } from './scaling/scaling.ts'
import { SlidingWindow } from './sliding-window.ts'
import { SpacedOut } from './spaced-out.ts'
import { workerDetails } from './workers.ts'

/** What a monitor tells those who watch it live. */
export interface LiveSample {
  /** Epoch milliseconds. */
  readonly at: number
  readonly stats: MonitorStatistics
  readonly health: HealthReport
}

/** Milliseconds between two samples. */
const SAMPLE_MS = 1000

/**
 * Watches one engine. It samples once a second until `close`, which keeps no process alive.
 * @example
 * const monitor = new TaskMonitor(tasks.engine)
 * const { queueMetrics, priorities } = monitor.getStats()
 */
export class TaskMonitor implements Monitor {
  readonly engine: TaskEngine
  readonly #options: ResolvedMonitorOptions
  readonly #history: CounterHistory
  readonly #window: SlidingWindow
  readonly #eventLoop: EventLoop
  readonly #scaling: Scaling
  readonly #stats: SpacedOut<MonitorStatistics> = new SpacedOut(() => this.#group())
  readonly #health: SpacedOut<HealthReport> = new SpacedOut(() => this.#examine())
  readonly #watchers = new Set<(sample: LiveSample) => void>()
  #alarm: Alarm | undefined

  /** @throws ConfigurationError naming the option, the value it got and what it accepts */
  constructor(engine: TaskEngine, options?: MonitorOptions) {
    this.engine = engine
    this.#options = resolveMonitorOptions(options)
    const { clock, windowMs } = this.#options
    const now = clock.now()
    const first = engine.snapshot()
    this.#history = new CounterHistory(countersOf(first, now), first.uptimeSeconds * 1000)
    this.#window = new SlidingWindow(windowMs)
    this.#eventLoop = new EventLoop(windowMs, performance.now())
    this.#scaling = new Scaling(engine, clock)
    this.#mark(now)
    this.#setAlarm()
  }

  /** The figures of this moment; to those who ask all the time, of a few milliseconds before. */
  getStats(): MonitorStatistics {
    return this.#stats.get()
  }

  getWorkerDetails(): Promise<readonly WorkerDetails[]> {
    return workerDetails(this.engine)
  }

  health(): HealthReport {
    return this.#health.get()
  }

  optimizeWorkers(): Promise<ScalingDecision> {
    return this.#scaling.now()
  }

  /** Scales workers by the load from now on. @throws ConfigurationError, UnsupportedByEngineError */
  enableAutoScaling(options?: ScalingOptions): void {
    this.#scaling.enable(options)
  }

  disableAutoScaling(): void {
    this.#scaling.disable()
  }

  get autoScaling(): boolean {
    return this.#scaling.enabled
  }

  /** The latest hundred changes of the number of workers by the auto-scaler, the oldest first. */
  get scalingDecisions(): readonly ScalingDecision[] {
    return this.#scaling.changes
  }

  /** Calls `listener` for each such change, until the returned function is called. */
  onScaling(listener: (decision: ScalingDecision) => void): () => void {
    return this.#scaling.onChange(listener)
  }

  /** Calls `watcher` with the figures of each second, until the returned function is called. They are made once for all. */
  watch(watcher: (sample: LiveSample) => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  /** @throws ConfigurationError when this monitor watches another engine */
  requireEngine(engine: unknown): void {
    if (engine === this.engine) return
    throw configurationError(`AutoScaler: the monitor watches another engine, ${this.engine.name}; give it this one's`)
  }

  close(): void {
    this.#alarm?.cancel()
    this.#alarm = undefined
    this.#scaling.disable()
    this.#eventLoop.close()
    this.#watchers.clear()
  }

  #setAlarm(): void {
    this.#alarm = this.#options.clock.setAlarm(SAMPLE_MS, this.#sample)
  }

  readonly #sample = (): void => {
    this.#setAlarm()
    const now = this.#options.clock.now()
    this.#history.add(countersOf(this.engine.snapshot(), now))
    this.#eventLoop.turn(performance.now())
    if (this.#window.isDue(now)) this.#mark(now)
    if (this.#watchers.size > 0) this.#tellWatchers()
  }

  #tellWatchers(): void {
    const sample: LiveSample = { at: this.#options.clock.epochMs(), stats: this.getStats(), health: this.health() }
    for (const watcher of this.#watchers) watcher(sample)
  }

  #mark(now: number): void {
    const found = this.#measurements()
    if (found !== undefined) this.#window.mark(found, now)
  }

  #measurements(): EngineMeasurements | undefined {
    return this.engine.measurements?.()
  }

  #group(): MonitorStatistics {
    const stats = this.engine.snapshot()
    const measured = groupMeasurements(stats, this.#measurements(), this.#window)
    return groupStatistics(stats, measured, this.#ownFigures(stats))
  }

  #examine(): HealthReport {
    const stats = this.engine.snapshot()
    const { rates, eventLoop } = this.#ownFigures(stats)
    return healthOf({ state: this.engine.state, stats, lastMinute: rates.lastMinute, eventLoop }, this.#options)
  }

  #ownFigures(stats: EngineStatistics): OwnFigures {
    const now = this.#options.clock.now()
    const present = countersOf(stats, now)
    return {
      rates: {
        lastSecond: ratesBetween(this.#history.near(now, SAMPLE_MS), present),
        lastMinute: ratesBetween(this.#history.near(now, 60 * SAMPLE_MS), present),
      },
      eventLoop: this.#eventLoop.report(),
      autoScaling: this.#scaling.enabled,
    }
  }
}
