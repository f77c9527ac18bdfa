// Every metric that is exported, under one name in all exports: what it is called, what it counts, and its values by label.
import type { EngineStatistics, LaneName, MonitorStatistics, PriorityName } from '@catzilla/engine'

export interface MetricFigures {
  readonly stats: EngineStatistics
  readonly groups: MonitorStatistics
  readonly healthy: boolean
  readonly ready: boolean
}

export interface MetricValue {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface MetricRow {
  readonly name: string
  readonly help: string
  readonly kind: 'counter' | 'gauge'
  /** Names of its labels. */
  readonly labels: readonly string[]
  readonly values: (figures: MetricFigures) => readonly MetricValue[]
}

const MIB = 1024 * 1024

function single(kind: MetricRow['kind'], name: string, help: string, of: (from: MetricFigures) => number): MetricRow {
  return { name, help, kind, labels: [], values: (from) => [{ labels: {}, value: of(from) }] }
}

function byClass(
  kind: MetricRow['kind'],
  name: string,
  help: string,
  of: (from: MetricFigures['stats']['priorities'][0]) => number,
): MetricRow {
  const values = ({ groups }: MetricFigures): MetricValue[] =>
    (Object.entries(groups.priorities) as [PriorityName, EngineStatistics['priorities'][0]][]).map(
      ([priority, found]) => ({ labels: { priority }, value: of(found) }),
    )
  return { name, help, kind, labels: ['priority'], values }
}

function byLane(
  name: string,
  help: string,
  of: (from: { slots: number; active: number; queued: number }) => number,
): MetricRow {
  const values = ({ stats }: MetricFigures): MetricValue[] =>
    Object.entries(stats.lanes).map(([lane, found]) => ({ labels: { lane }, value: of(found) }))
  return { name, help, kind: 'gauge', labels: ['lane'], values }
}

const ends = ['completed', 'failed', 'cancelled', 'expired'] as const

const tasks: readonly MetricRow[] = [
  single('counter', 'catzilla_tasks_submitted_total', 'Tasks taken.', ({ stats }) => stats.submittedTasks),
  {
    name: 'catzilla_tasks_finished_total',
    help: 'Tasks that ended, by how.',
    kind: 'counter',
    labels: ['state'],
    values: ({ stats }) => ends.map((state) => ({ labels: { state }, value: stats[`${state}Tasks`] })),
  },
  single(
    'counter',
    'catzilla_tasks_rejected_total',
    'Submissions refused because the queue was full.',
    ({ stats }) => stats.rejectedTasks,
  ),
  single(
    'counter',
    'catzilla_task_retries_total',
    'Attempts that failed and were followed by another.',
    ({ stats }) => stats.retryCount,
  ),
  single(
    'counter',
    'catzilla_task_timeouts_total',
    'Attempts that ran longer than their timeoutMs.',
    ({ stats }) => stats.timeoutCount,
  ),
  single(
    'gauge',
    'catzilla_tasks_unobserved_failures',
    'Failures whose result nobody has asked for so far.',
    ({ stats }) => stats.unobservedFailures,
  ),
  single('gauge', 'catzilla_tasks_running', 'Tasks that run.', ({ stats }) => stats.runningTasks),
  single(
    'gauge',
    'catzilla_tasks_scheduled',
    'Tasks that wait for a moment, or for a retry.',
    ({ stats }) => stats.scheduledTasks,
  ),
  {
    name: 'catzilla_name_tasks_submitted_total',
    help: 'Tasks taken, by name; those of names beyond the first 200 as (other).',
    kind: 'counter',
    labels: ['name'],
    values: ({ groups }) =>
      Object.entries(groups.names).map(([name, { submitted }]) => ({ labels: { name }, value: submitted })),
  },
  {
    name: 'catzilla_name_tasks_finished_total',
    help: 'Tasks that ended, by name and by how.',
    kind: 'counter',
    labels: ['name', 'state'],
    values: ({ groups }) =>
      Object.entries(groups.names).flatMap(([name, found]) =>
        ends.map((state) => ({ labels: { name, state }, value: found[state] })),
      ),
  },
]

const queues: readonly MetricRow[] = [
  byClass('gauge', 'catzilla_queue_tasks', 'Tasks that wait and could start, by class.', ({ queued }) => queued),
  byClass(
    'gauge',
    'catzilla_queue_oldest_age_seconds',
    'Age of the oldest waiting task, by class.',
    ({ oldestAgeMs }) => oldestAgeMs / 1000,
  ),
  byClass(
    'gauge',
    'catzilla_class_target_seconds',
    'Longest wait that a class aims at.',
    ({ targetMs }) => targetMs / 1000,
  ),
  byClass(
    'counter',
    'catzilla_class_target_breaches_total',
    'Starts later than the target of their class.',
    ({ breaches }) => breaches,
  ),
  single(
    'gauge',
    'catzilla_queue_pressure_ratio',
    'Waiting tasks by the size of the queue.',
    ({ stats }) => stats.queuePressure,
  ),
]

const workers: readonly MetricRow[] = [
  byLane('catzilla_lane_slots', 'Slots, threads or processes of a lane.', ({ slots }) => slots),
  byLane('catzilla_lane_active', 'Those that are busy.', ({ active }) => active),
  byLane('catzilla_lane_queued', 'Tasks that wait for one.', ({ queued }) => queued),
  {
    name: 'catzilla_lane_memory_bytes',
    help: 'Memory of the lanes that measure theirs; of the inline lane the heap of the process.',
    kind: 'gauge',
    labels: ['lane'],
    values: ({ stats }) =>
      (Object.entries(stats.laneMemoryMb) as [LaneName, number][]).map(([lane, mb]) => ({
        labels: { lane },
        value: mb * MIB,
      })),
  },
  single(
    'gauge',
    'catzilla_worker_utilization_ratio',
    'Busy time by time of workers, over ten seconds.',
    ({ stats }) => stats.avgWorkerUtilization,
  ),
  single('gauge', 'catzilla_auto_scaling', '1 while workers are scaled by the load.', ({ groups }) =>
    Number(groups.system.autoScaling),
  ),
]

const surroundings: readonly MetricRow[] = [
  {
    name: 'catzilla_engine_info',
    help: 'The engine, as labels; always 1.',
    kind: 'gauge',
    labels: ['engine'],
    values: ({ stats }) => [{ labels: { engine: stats.engine }, value: 1 }],
  },
  single('gauge', 'catzilla_healthy', '1 while nothing that is watched is out of bounds.', ({ healthy }) =>
    Number(healthy),
  ),
  single('gauge', 'catzilla_ready', '1 while tasks are taken and started.', ({ ready }) => Number(ready)),
  single('gauge', 'catzilla_uptime_seconds', 'Time since the engine was made.', ({ stats }) => stats.uptimeSeconds),
  single(
    'gauge',
    'catzilla_resident_memory_bytes',
    'Resident memory of the process.',
    ({ stats }) => stats.memoryUsageMb * MIB,
  ),
  single('gauge', 'catzilla_heap_used_ratio', 'Heap in use by heap reserved.', ({ stats }) => stats.memoryEfficiency),
  single(
    'gauge',
    'catzilla_event_loop_delay_p99_seconds',
    'How late the event loop was, 99th percentile of the last minute.',
    ({ groups }) => groups.eventLoop.delayP99Ms / 1000,
  ),
  single(
    'gauge',
    'catzilla_event_loop_delay_max_seconds',
    'How late the event loop was at most in the last minute.',
    ({ groups }) => groups.eventLoop.delayMaxMs / 1000,
  ),
  single(
    'gauge',
    'catzilla_event_loop_utilization_ratio',
    'Busy time by time of the event loop.',
    ({ groups }) => groups.eventLoop.utilization,
  ),
  single(
    'gauge',
    'catzilla_compiled_bodies',
    'Bodies in JavaScript that run in C.',
    ({ stats }) => stats.compiled.bodies,
  ),
  single(
    'counter',
    'catzilla_compiled_calls_total',
    'Tasks that C was given with a compiled body.',
    ({ stats }) => stats.compiled.calls,
  ),
  single(
    'counter',
    'catzilla_compiled_bails_total',
    'Those of them that it gave up.',
    ({ stats }) => stats.compiled.bails,
  ),
]

export const metricTable: readonly MetricRow[] = [...tasks, ...queues, ...workers, ...surroundings]

/** A histogram of durations, in seconds. */
export interface HistogramRow {
  readonly name: string
  readonly help: string
  readonly label: 'priority' | 'name'
  readonly which: 'wait' | 'execution'
  /** Upper bounds in seconds. */
  readonly bounds: readonly number[]
}

const fine = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
/** Names may be many: fewer bounds for each. */
const coarse = [0.001, 0.01, 0.1, 1, 10, 60]

export const histogramTable: readonly HistogramRow[] = [
  {
    name: 'catzilla_class_wait_seconds',
    help: 'Waits of attempts until they started, by class.',
    label: 'priority',
    which: 'wait',
    bounds: fine,
  },
  {
    name: 'catzilla_class_execution_seconds',
    help: 'Run times of attempts, by class.',
    label: 'priority',
    which: 'execution',
    bounds: fine,
  },
  {
    name: 'catzilla_name_wait_seconds',
    help: 'Waits of attempts until they started, by name.',
    label: 'name',
    which: 'wait',
    bounds: coarse,
  },
  {
    name: 'catzilla_name_execution_seconds',
    help: 'Run times of attempts, by name.',
    label: 'name',
    which: 'execution',
    bounds: coarse,
  },
]
