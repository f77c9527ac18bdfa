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
import type { Measured, OwnFigures } from './grouped.ts'
import { healthOf } from './health.ts'
import { resolveMonitorOptions } from './options.ts'
import type { MonitorOptions, ResolvedMonitorOptions, ScalingOptions } from './options.ts'
import { Scaling } from './scaling/scaling.ts'
import { SlidingWindow } from './sliding-window.ts'
import { SpacedOut } from './spaced-out.ts'
import { workerDetails } from './workers.ts'

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
  readonly #measured: SpacedOut<Measured>
  #alarm: Alarm | undefined

  /** @throws ConfigurationError naming the option, the value it got and what it accepts */
  constructor(engine: TaskEngine, options?: MonitorOptions) {
    this.engine = engine
    this.#options = resolveMonitorOptions(options)
    const { clock, windowMs } = this.#options
    const now = clock.now()
    this.#history = new CounterHistory(countersOf(engine.snapshot(), now))
    this.#window = new SlidingWindow(windowMs)
    this.#eventLoop = new EventLoop(windowMs, performance.now())
    this.#scaling = new Scaling(engine, clock)
    this.#measured = new SpacedOut(() => groupMeasurements(this.engine.snapshot(), this.#measurements(), this.#window))
    this.#mark(now)
    this.#setAlarm()
  }

  getStats(): MonitorStatistics {
    return this.groupsOf(this.engine.snapshot())
  }

  /** The groups of a snapshot that was taken just now. */
  groupsOf(stats: EngineStatistics): MonitorStatistics {
    const { priorities, lanes, names } = this.#measured.get()
    const measured = { priorities: freshClasses(priorities, stats), lanes: freshLanes(lanes, stats), names }
    return groupStatistics(stats, measured, this.#ownFigures(stats))
  }

  getWorkerDetails(): Promise<readonly WorkerDetails[]> {
    return workerDetails(this.engine)
  }

  health(): HealthReport {
    const stats = this.engine.snapshot()
    const { rates, eventLoop } = this.#ownFigures(stats)
    return healthOf({ state: this.engine.state, stats, lastMinute: rates.lastMinute, eventLoop }, this.#options)
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
  }

  #mark(now: number): void {
    const found = this.#measurements()
    if (found !== undefined) this.#window.mark(found, now)
  }

  #measurements(): EngineMeasurements | undefined {
    return this.engine.measurements?.()
  }

  #ownFigures(stats: EngineStatistics): OwnFigures {
    const now = this.#options.clock.now()
    const present = countersOf(stats, now)
    return {
      rates: {
        lastSecond: ratesBetween(this.#history.before(now, SAMPLE_MS), present),
        lastMinute: ratesBetween(this.#history.before(now, 60 * SAMPLE_MS), present),
      },
      eventLoop: this.#eventLoop.report(),
      autoScaling: this.#scaling.enabled,
    }
  }
}

/** What is counted is of this moment; only distributions may be a little older. */
function freshClasses(measured: Measured['priorities'], stats: EngineStatistics): Measured['priorities'] {
  const [critical, high, normal, low] = stats.priorities
  return {
    critical: { ...measured.critical, ...critical },
    high: { ...measured.high, ...high },
    normal: { ...measured.normal, ...normal },
    low: { ...measured.low, ...low },
  }
}

function freshLanes(measured: Measured['lanes'], stats: EngineStatistics): Measured['lanes'] {
  return Object.fromEntries(
    Object.entries(stats.lanes).map(([lane, figures]) => [lane, { ...measured[lane as 'inline'], ...figures }]),
  )
}
