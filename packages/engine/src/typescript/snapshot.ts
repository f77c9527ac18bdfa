// The flat statistics of this moment, put together from what the parts of the engine count.
import type { ClassStatistics, EngineStatistics } from '../contract/statistics.ts'
import type { TaskPriority } from '../contract/task.ts'
import type { Gate } from './gate.ts'
import type { Walk } from './settlement.ts'
import { readyAt } from './task-record.ts'

const MIB = 1024 * 1024

interface EngineFigures {
  readonly engine: string
  /** Inline slots there are. */
  readonly slots: number
  /** All gates, for the tasks parked in them. */
  readonly gates: Iterable<Gate>
}

export function takeSnapshot(walk: Walk, figures: EngineFigures): EngineStatistics {
  const { statistics, occupancy, completedKept, failedKept, running, clock } = walk
  const now = clock.now()
  const waiting = countWaiting(walk, figures.gates)
  const memory = process.memoryUsage()
  const { execution, wait } = statistics
  const processed = statistics.completed + statistics.failed
  const runningSince = [...running].map((record) => record.run?.startedAt ?? now)
  const classOf = (priority: TaskPriority): ClassStatistics => ({
    queued: waiting[priority].count,
    oldestAgeMs: waiting[priority].count === 0 ? 0 : now - waiting[priority].oldest,
    ...statistics.classWait(priority),
  })
  return {
    engine: figures.engine,
    criticalQueueSize: waiting[0].count,
    highQueueSize: waiting[1].count,
    normalQueueSize: waiting[2].count,
    lowQueueSize: waiting[3].count,
    totalQueued: occupancy.queued,
    scheduledTasks: occupancy.queued - waiting.reduce((sum, { count }) => sum + count, 0),
    queuePressure: occupancy.queued / occupancy.capacity,
    activeWorkers: running.length,
    idleWorkers: Math.max(0, figures.slots - running.length),
    totalWorkers: figures.slots,
    avgWorkerUtilization: statistics.utilization(now, figures.slots, runningSince),
    tasksPerSecond: statistics.tasksPerSecond(now),
    avgExecutionTimeMs: execution.meanMs,
    p95ExecutionTimeMs: execution.p95Ms,
    p99ExecutionTimeMs: execution.p99Ms,
    avgWaitTimeMs: wait.meanMs,
    p95WaitTimeMs: wait.p95Ms,
    p99WaitTimeMs: wait.p99Ms,
    memoryUsageMb: memory.rss / MIB,
    memoryEfficiency: memory.heapUsed / memory.heapTotal,
    submittedTasks: statistics.submitted,
    completedTasks: statistics.completed,
    failedTasks: statistics.failed,
    cancelledTasks: statistics.cancelled,
    expiredTasks: statistics.expired,
    retryCount: statistics.retried,
    timeoutCount: statistics.timedOut,
    rejectedTasks: statistics.rejected,
    unobservedFailures: statistics.unobservedFailures,
    lateRuns: statistics.lateRuns,
    errorRate: processed === 0 ? 0 : statistics.failed / processed,
    uptimeSeconds: statistics.uptimeMs(now) / 1000,
    totalTasksProcessed: processed,
    retainedTasks: completedKept.size + failedKept.size,
    cAcceleration: false,
    jemallocEnabled: process.env['LD_PRELOAD']?.includes('jemalloc') ?? false,
    // nothing scales this engine by itself, whatever enableAutoScaling allows
    autoScaling: false,
    execution,
    wait,
    lanes: { inline: { slots: figures.slots, active: running.length } },
    priorities: [classOf(0), classOf(1), classOf(2), classOf(3)],
  }
}

interface Waiting {
  count: number
  /** Monotonic time since which the oldest waits. */
  oldest: number
}

/** Tasks that could start as far as time goes, by class: in the ready queue and parked in gates. */
function countWaiting({ ready }: Walk, gates: Iterable<Gate>): [Waiting, Waiting, Waiting, Waiting] {
  const waiting: [Waiting, Waiting, Waiting, Waiting] = [nobody(), nobody(), nobody(), nobody()]
  for (const lists of [ready.classes, ...[...gates].map((gate) => gate.parked)]) {
    for (const [index, list] of lists.entries()) {
      const sum = waiting[index]
      if (sum === undefined || list.head === null) continue
      sum.count += list.length
      sum.oldest = Math.min(sum.oldest, readyAt(list.head))
    }
  }
  return waiting
}

function nobody(): Waiting {
  return { count: 0, oldest: Infinity }
}
