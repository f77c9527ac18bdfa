// The flat statistics of this moment, put together from what the parts of the engine count.
import type { EngineMeasurements } from '../contract/measurements.ts'
import type {
  ClassStatistics,
  CompiledStatistics,
  EngineStatistics,
  LaneStatistics,
  WorkerBounds,
} from '../contract/statistics.ts'
import { classTargetsMs } from '../contract/task.ts'
import type { LaneName, TaskPriority } from '../contract/task.ts'
import { ClassDurations } from './class-durations.ts'
import type { OwnBooks } from './class-durations.ts'
import type { Gate } from './gate.ts'
import type { IntrusiveList } from './intrusive-list.ts'
import { runningIn } from './lane.ts'
import type { Lane } from './lane.ts'
import type { SideLane } from './side-lane.ts'
import { readyAt } from './task-record.ts'
import type { Walk } from './walk.ts'

const MIB = 1024 * 1024

interface EngineFigures {
  readonly engine: string
  readonly inline: Lane
  /** Inline slots there are. */
  readonly slots: number
  /** All gates, for the tasks parked in them. */
  readonly gates: Iterable<Gate>
  readonly pausedNames: readonly string[]
  /** Lanes of threads and processes. */
  readonly sides: readonly SideLane[]
  /** Of a lane with threads and books of its own. */
  readonly threads?: ThreadFigures
  readonly compiled?: CompiledStatistics
}

/** What a lane with threads and books of its own counts. Class figures are by class number. */
export interface ThreadFigures extends OwnBooks {
  readonly lane: LaneName
  readonly workers: number
  readonly active: number
  /** How far the number of workers may be scaled. */
  readonly bounds: WorkerBounds
  /** Tasks among those of `counted` that run. */
  readonly running: number
  readonly utilization: number
  readonly tasksPerSecond: number
  /** Tasks that could start as far as time goes. */
  readonly waiting: readonly Waiting[]
  /** Scheduled and retrying ones. */
  readonly scheduled: number
  /** Tasks among those that the walk takes for queued of which the figures above speak. */
  readonly counted: number
  readonly retried: number
  readonly timedOut: number
  readonly breaches: readonly number[]
  readonly jemalloc: boolean
  readonly memoryBytes: number
}

export function takeSnapshot(walk: Walk, figures: EngineFigures): EngineStatistics {
  const { statistics, occupancy, completedKept, failedKept, clock } = walk
  const { inline, slots, threads } = figures
  statistics.bringUpToDate(walk.lanes)
  const now = clock.now()
  const ready = countWaiting(walk, figures.gates, figures.sides)
  const waiting = ready.map((own, index) => together(own, threads?.waiting[index]))
  const countOf = (from: readonly Waiting[]): number => from.reduce((sum, { count }) => sum + count, 0)
  const scheduled = occupancy.queued - (threads?.counted ?? 0) - countOf(ready) + (threads?.scheduled ?? 0)
  const totalQueued = scheduled + countOf(waiting)
  const memory = process.memoryUsage()
  const durations = new ClassDurations(statistics.series, walk.lanes, threads)
  const { all } = durations
  const [execution, wait] = [all.execution.total(), all.wait.total()]
  const processed = statistics.completed + statistics.failed
  const runningSince = [...inline.running].map((record) => record.run?.startedAt ?? now)
  const classOf = (priority: TaskPriority): ClassStatistics => {
    const { count, oldest } = waiting[priority] ?? nobody()
    return {
      queued: count,
      oldestAgeMs: count === 0 ? 0 : Math.max(0, now - oldest),
      wait: durations.of(priority).wait.total(),
      targetMs: classTargetsMs[priority] ?? 0,
      breaches: statistics.breaches(priority) + (threads?.breaches[priority] ?? 0),
    }
  }
  const inlineLane: LaneStatistics = { slots, active: inline.running.length, queued: inline.ready.length }
  const workers = threads === undefined ? inlineLane : nativeLane(walk, threads)
  return {
    engine: figures.engine,
    criticalQueueSize: waiting[0]?.count ?? 0,
    highQueueSize: waiting[1]?.count ?? 0,
    normalQueueSize: waiting[2]?.count ?? 0,
    lowQueueSize: waiting[3]?.count ?? 0,
    totalQueued,
    scheduledTasks: scheduled,
    runningTasks: [...runningIn(walk.lanes)].length + (threads?.running ?? 0),
    queuePressure: totalQueued / occupancy.capacity,
    activeWorkers: workers.active,
    idleWorkers: Math.max(0, workers.slots - workers.active),
    totalWorkers: workers.slots,
    workerBounds: threads?.bounds ?? null,
    paused: walk.paused,
    pausedNames: figures.pausedNames,
    avgWorkerUtilization: threads?.utilization ?? statistics.utilization(now, slots, runningSince),
    tasksPerSecond: statistics.tasksPerSecond(now) + (threads?.tasksPerSecond ?? 0),
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
    retryCount: statistics.retried + (threads?.retried ?? 0),
    timeoutCount: statistics.timedOut + (threads?.timedOut ?? 0),
    rejectedTasks: statistics.rejected,
    unobservedFailures: statistics.unobservedFailures,
    lateRuns: statistics.lateRuns,
    errorRate: processed === 0 ? 0 : statistics.failed / processed,
    uptimeSeconds: statistics.uptimeMs(now) / 1000,
    totalTasksProcessed: processed,
    retainedTasks: completedKept.size + failedKept.size,
    cAcceleration: threads !== undefined,
    compiled: figures.compiled ?? { bodies: 0, calls: 0, bails: 0 },
    jemallocEnabled: threads?.jemalloc ?? process.env['LD_PRELOAD']?.includes('jemalloc') ?? false,
    // nothing scales this engine by itself, whatever enableAutoScaling allows
    autoScaling: false,
    laneMemoryMb: {
      inline: memory.heapUsed / MIB,
      ...(threads === undefined ? {} : { [threads.lane]: threads.memoryBytes / MIB }),
      ...Object.fromEntries(figures.sides.map((side) => [side.terms.lane.name, side.memoryBytes() / MIB])),
    },
    execution,
    wait,
    lanes: {
      inline: inlineLane,
      ...(threads === undefined ? {} : { [threads.lane]: workers }),
      ...Object.fromEntries(
        figures.sides.map((side) => [side.terms.lane.name, { ...side.figures(), queued: waitingFor(side) }]),
      ),
    },
    priorities: [classOf(0), classOf(1), classOf(2), classOf(3)],
  }
}

/** What is measured by class, lane and name. */
export function measure({ statistics, lanes }: Walk, threads: ThreadFigures | undefined): EngineMeasurements {
  statistics.bringUpToDate(lanes)
  const durations = new ClassDurations(statistics.series, lanes, threads)
  return {
    priorities: [durations.of(0), durations.of(1), durations.of(2), durations.of(3)],
    lanes: statistics.series.byLane(
      lanes.map(({ name }) => name),
      threads?.bookOf,
    ),
    names: statistics.series.byName(threads?.bookOf),
  }
}

export interface Waiting {
  count: number
  /** Monotonic time since which the oldest waits. */
  oldest: number
}

/** Tasks that could start as far as time goes, by class: in the ready queues, parked in gates, and handed over. */
function countWaiting(
  { lanes }: Walk,
  gates: Iterable<Gate>,
  sides: readonly SideLane[],
): [Waiting, Waiting, Waiting, Waiting] {
  const waiting: [Waiting, Waiting, Waiting, Waiting] = [nobody(), nobody(), nobody(), nobody()]
  for (const lists of [...lanes.map(({ ready }) => ready.classes), ...[...gates].map((gate) => gate.parked)]) {
    for (const [index, list] of lists.entries()) {
      const sum = waiting[index]
      if (sum === undefined || list.head === null) continue
      sum.count += list.length
      sum.oldest = Math.min(sum.oldest, readyAt(list.head))
    }
  }
  for (const { handed } of sides) countHanded(waiting, handed)
  return waiting
}

/** Tasks that a lane has on their way, and that have not started as far as this thread knows. */
function countHanded(waiting: readonly Waiting[], handed: IntrusiveList): void {
  for (const record of handed) {
    const sum = waiting[record.plan.options.priority]
    if (sum === undefined) continue
    sum.count++
    sum.oldest = Math.min(sum.oldest, readyAt(record))
  }
}

function waitingFor({ terms, handed }: SideLane): number {
  return terms.lane.ready.length + handed.length
}

function nativeLane({ lanes }: Walk, { lane, workers, active, waiting }: ThreadFigures): LaneStatistics {
  const ready = lanes.find(({ name }) => name === lane)?.ready.length ?? 0
  return { slots: workers, active, queued: waiting.reduce((sum, { count }) => sum + count, ready) }
}

function nobody(): Waiting {
  return { count: 0, oldest: Infinity }
}

function together(one: Waiting, other: Waiting = nobody()): Waiting {
  return { count: one.count + other.count, oldest: Math.min(one.oldest, other.oldest) }
}
