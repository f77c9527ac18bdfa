// The flat statistics of an engine, grouped.
import type { ClassStatistics, EngineStatistics, PriorityName } from '@catzilla/engine'

/** Statistics in groups; the fields mean what they mean in `EngineStatistics`. */
export interface GroupedStatistics {
  readonly queueMetrics: Pick<
    EngineStatistics,
    'criticalQueueSize' | 'highQueueSize' | 'normalQueueSize' | 'lowQueueSize' | 'totalQueued' | 'queuePressure'
  >
  readonly workerMetrics: Pick<
    EngineStatistics,
    'activeWorkers' | 'idleWorkers' | 'totalWorkers' | 'avgWorkerUtilization'
  >
  readonly performanceMetrics: Pick<
    EngineStatistics,
    | 'tasksPerSecond'
    | 'avgExecutionTimeMs'
    | 'p95ExecutionTimeMs'
    | 'p99ExecutionTimeMs'
    | 'avgWaitTimeMs'
    | 'p95WaitTimeMs'
    | 'p99WaitTimeMs'
    | 'memoryUsageMb'
    | 'memoryEfficiency'
  >
  readonly errorMetrics: Pick<EngineStatistics, 'failedTasks' | 'retryCount' | 'timeoutCount' | 'errorRate'>
  readonly system: Pick<
    EngineStatistics,
    'cAcceleration' | 'jemallocEnabled' | 'autoScaling' | 'engine' | 'uptimeSeconds' | 'totalTasksProcessed'
  >
  readonly priorities: Readonly<Record<PriorityName, ClassStatistics>>
  readonly lanes: EngineStatistics['lanes']
}

/** Sorts the figures of one moment into their groups. */
export function groupStatistics(stats: EngineStatistics): GroupedStatistics {
  const [critical, high, normal, low] = stats.priorities
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
    system: pick(stats, [
      'cAcceleration',
      'jemallocEnabled',
      'autoScaling',
      'engine',
      'uptimeSeconds',
      'totalTasksProcessed',
    ]),
    priorities: { critical, high, normal, low },
    lanes: stats.lanes,
  }
}

function pick<T, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>
}
