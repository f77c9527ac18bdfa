// The figures of an engine, its measurements and what the monitor adds, sorted into the groups of the documentation.
import type {
  ClassReport,
  Distribution,
  EngineMeasurements,
  EngineStatistics,
  LaneName,
  LaneReport,
  MonitorStatistics,
  NameReport,
} from '@catzilla/engine'
import type { SlidingWindow } from './sliding-window.ts'

/** What the monitor knows by itself. */
export type OwnFigures = Pick<MonitorStatistics, 'rates' | 'eventLoop'> & { readonly autoScaling: boolean }

export type Measured = Pick<MonitorStatistics, 'priorities' | 'lanes' | 'names'>

export function groupStatistics(stats: EngineStatistics, measured: Measured, own: OwnFigures): MonitorStatistics {
  return {
    queueMetrics: pick(stats, [
      'criticalQueueSize',
      'highQueueSize',
      'normalQueueSize',
      'lowQueueSize',
      'totalQueued',
      'queuePressure',
    ]),
    workerMetrics: pick(stats, ['activeWorkers', 'idleWorkers', 'totalWorkers', 'avgWorkerUtilization']),
    performanceMetrics: pick(stats, [
      'tasksPerSecond',
      'avgExecutionTimeMs',
      'p95ExecutionTimeMs',
      'p99ExecutionTimeMs',
      'avgWaitTimeMs',
      'p95WaitTimeMs',
      'p99WaitTimeMs',
      'memoryUsageMb',
      'memoryEfficiency',
    ]),
    errorMetrics: pick(stats, ['failedTasks', 'retryCount', 'timeoutCount', 'errorRate']),
    system: {
      ...pick(stats, ['cAcceleration', 'jemallocEnabled', 'engine', 'uptimeSeconds', 'totalTasksProcessed']),
      autoScaling: own.autoScaling,
    },
    ...measured,
    rates: own.rates,
    eventLoop: own.eventLoop,
  }
}

/** @param found undefined on engines that measure nothing by class, lane and name */
export function groupMeasurements(
  stats: EngineStatistics,
  found: EngineMeasurements | undefined,
  window: SlidingWindow,
): Measured {
  return {
    priorities: {
      critical: classReport(0, stats, found, window),
      high: classReport(1, stats, found, window),
      normal: classReport(2, stats, found, window),
      low: classReport(3, stats, found, window),
    },
    lanes: Object.fromEntries(
      (Object.keys(stats.lanes) as LaneName[]).map((lane) => [lane, laneReport(lane, stats, found, window)]),
    ),
    names: Object.fromEntries(
      [...(found?.names ?? [])].map(([name, figures]): [string, NameReport] => {
        const { submitted, completed, failed, cancelled, expired } = figures
        return [name, { submitted, completed, failed, cancelled, expired, ...window.measured(`name:${name}`, figures) }]
      }),
    ),
  }
}

const nothing: Distribution = { count: 0, meanMs: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0, maxMs: 0 }

function classReport(
  priority: 0 | 1 | 2 | 3,
  stats: EngineStatistics,
  found: EngineMeasurements | undefined,
  window: SlidingWindow,
): ClassReport {
  const figures = stats.priorities[priority]
  if (found === undefined) return { ...figures, recentWait: nothing, execution: { total: nothing, recent: nothing } }
  const { wait, execution } = window.measured(`class:${priority}`, found.priorities[priority])
  return { ...figures, recentWait: wait.recent, execution }
}

function laneReport(
  lane: LaneName,
  { lanes, laneMemoryMb }: EngineStatistics,
  found: EngineMeasurements | undefined,
  window: SlidingWindow,
): LaneReport {
  const { slots, active, queued } = lanes[lane] ?? { slots: 0, active: 0, queued: 0 }
  const memoryMb = laneMemoryMb[lane]
  const measured = found?.lanes[lane]
  return {
    slots,
    active,
    queued,
    ...(memoryMb === undefined ? {} : { memoryMb }),
    ...(measured === undefined ? {} : window.measured(`lane:${lane}`, measured)),
  }
}

function pick<T, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>
}
