// The figures of a moment: of the bodies that run here by the local engine, of tasks by this one.
import type { ClassStatistics, EngineMeasurements, EngineStatistics, LaneName, LaneStatistics } from '@catzilla/engine'
import type { Fetching } from './fetching.ts'
import type { Hub } from './hub.ts'
import type { Occupancy } from './occupancy.ts'
import type { Pauses } from './pauses.ts'
import type { Retention } from './retention.ts'

interface Waiting {
  readonly queued: [number, number, number, number]
  readonly oldest: [number, number, number, number]
  scheduled: number
  /** Those that wait for nothing but a place. */
  readonly ready: Map<LaneName, number>
}

export function figuresOf(
  hub: Hub,
  parts: { occupancy: Occupancy; retention: Retention; pauses: Pauses; fetching: Fetching | null },
): EngineStatistics {
  const { counts, engineName } = hub
  const { occupancy, pauses, retention } = parts
  const local = hub.local.snapshot()
  const waiting = lookAtWaiting(hub, occupancy, pauses)
  const [criticalQueueSize, highQueueSize, normalQueueSize, lowQueueSize] = waiting.queued
  const totalQueued = occupancy.waiting.size
  const processed = counts.completed + counts.failed
  return {
    ...local,
    engine: engineName,
    criticalQueueSize,
    highQueueSize,
    normalQueueSize,
    lowQueueSize,
    totalQueued,
    scheduledTasks: waiting.scheduled,
    runningTasks: hub.live.size - totalQueued,
    queuePressure: Math.min(1, totalQueued / occupancy.capacity),
    paused: pauses.all,
    pausedNames: pauses.names,
    submittedTasks: counts.submitted,
    completedTasks: counts.completed,
    failedTasks: counts.failed,
    cancelledTasks: counts.cancelled,
    expiredTasks: counts.expired,
    retryCount: counts.retries,
    timeoutCount: counts.timeouts,
    rejectedTasks: counts.rejected,
    unobservedFailures: counts.unobserved,
    errorRate: processed === 0 ? 0 : counts.failed / processed,
    totalTasksProcessed: processed,
    retainedTasks: retention.size,
    autoScaling: false,
    lanes: lanesOf(local.lanes, waiting),
    priorities: local.priorities.map((each, index) =>
      classOf(each, waiting, index),
    ) as unknown as EngineStatistics['priorities'],
  }
}

function lookAtWaiting(hub: Hub, occupancy: Occupancy, pauses: Pauses): Waiting {
  const now = hub.now()
  const waiting: Waiting = { queued: [0, 0, 0, 0], oldest: [0, 0, 0, 0], scheduled: 0, ready: new Map() }
  for (const handle of occupancy.waiting) {
    const { status } = handle
    if (status !== 'pending') {
      waiting.scheduled++
      continue
    }
    const { priority, lane } = handle.call.options
    if (!pauses.all && !pauses.has(handle.name)) waiting.ready.set(lane, (waiting.ready.get(lane) ?? 0) + 1)
    waiting.queued[priority]++
    waiting.oldest[priority] = Math.max(waiting.oldest[priority], now - handle.readyAt)
  }
  return waiting
}

function lanesOf(lanes: EngineStatistics['lanes'], { ready }: Waiting): EngineStatistics['lanes'] {
  const all = Object.entries(lanes) as [LaneName, LaneStatistics][]
  return Object.fromEntries(all.map(([lane, each]) => [lane, { ...each, queued: ready.get(lane) ?? 0 }]))
}

/** Waits and runs are those of the local engine; how tasks came and ended is counted here. */
export function measurementsOf(hub: Hub): EngineMeasurements {
  const local = hub.local.measurements?.()
  if (local === undefined) throw new TypeError(`the ${hub.local.name} engine measures nothing`)
  const names = [...local.names].map(([name, each]) => {
    const counted = hub.counts.byName.get(name)
    return [name, counted === undefined ? each : { ...each, ...counted }] as const
  })
  return { ...local, names: new Map(names) }
}

function classOf(local: ClassStatistics, { queued, oldest }: Waiting, index: number): ClassStatistics {
  return { ...local, queued: queued[index] ?? 0, oldestAgeMs: oldest[index] ?? 0 }
}
