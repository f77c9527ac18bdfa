// Statistics and health in the words of the design documents.
import type { BackgroundTasks, EngineStatistics } from '@catzilla/api'

type MonitorStatistics = ReturnType<BackgroundTasks['monitor']['getStats']>

/** Document A's body of `/tasks/stats`. */
export function documentStatistics(stats: EngineStatistics): object {
  return {
    queue_stats: {
      critical: stats.criticalQueueSize,
      high: stats.highQueueSize,
      normal: stats.normalQueueSize,
      low: stats.lowQueueSize,
      total_queued: stats.totalQueued,
    },
    worker_stats: {
      active_workers: stats.activeWorkers,
      idle_workers: stats.idleWorkers,
      total_workers: stats.totalWorkers,
      worker_utilization: percent(stats.avgWorkerUtilization),
    },
    performance: {
      tasks_per_second: stats.tasksPerSecond,
      avg_execution_time_ms: stats.avgExecutionTimeMs,
      p95_execution_time_ms: stats.p95ExecutionTimeMs,
      memory_usage_mb: stats.memoryUsageMb,
      memory_efficiency: percent(stats.memoryEfficiency),
    },
    system: {
      c_acceleration: stats.cAcceleration,
      jemalloc_enabled: stats.jemallocEnabled,
      auto_scaling: stats.autoScaling,
    },
  }
}

/** Document B's body of `/tasks/stats`. */
export function documentFigures({
  queueMetrics,
  workerMetrics,
  performanceMetrics,
  errorMetrics,
}: MonitorStatistics): object {
  const { avgWaitTimeMs: _, p95WaitTimeMs: __, p99WaitTimeMs: ___, ...performance } = performanceMetrics
  return {
    queue_metrics: inSnakeCase(queueMetrics),
    worker_metrics: inSnakeCase(workerMetrics),
    performance_metrics: inSnakeCase(performance),
    error_metrics: inSnakeCase(errorMetrics),
  }
}

/** Document A's body of `/tasks/health`. */
export function documentHealth(healthy: boolean, stats: EngineStatistics): object {
  return {
    healthy,
    queue_pressure: percent(stats.queuePressure),
    error_rate: percent(stats.errorRate),
    uptime_seconds: stats.uptimeSeconds,
    total_tasks_processed: stats.totalTasksProcessed,
  }
}

/** A ratio as `:.2%` writes it. */
function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(2)}%`
}

function inSnakeCase(figures: object): object {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value as unknown,
    ]),
  )
}
