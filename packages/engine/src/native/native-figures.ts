// The figures of the native lane: what C counts, and where its tasks are at this moment.
import type { TaskPriority } from '../contract/task.ts'
import type { WorkerBounds } from '../contract/statistics.ts'
import type { ResolvedEngineOptions } from '../options/engine-options.ts'
import type { IntrusiveList } from '../typescript/intrusive-list.ts'
import type { ThreadFigures, Waiting } from '../typescript/snapshot.ts'
import { readyAt } from '../typescript/task-record.ts'
import type { Express } from './express.ts'
import { bucketsOf, noBuckets } from './foreign-buckets.ts'
import type { NativeInspection } from './native-inspection.ts'
import type { NativeParts } from './native-settlement.ts'

interface FiguresFrom {
  readonly parts: NativeParts
  readonly express: Express
  readonly inspection: NativeInspection
  readonly handed: IntrusiveList
  /** Whether C measures. */
  readonly keepsTime: boolean
  readonly jemalloc: boolean
  readonly bounds: WorkerBounds
}

const classes: readonly TaskPriority[] = [0, 1, 2, 3]

export function nativeFigures(from: FiguresFrom): ThreadFigures {
  const { binding, recent, walk } = from.parts
  const found = binding.statistics()
  const now = walk.walk.clock.now()
  const { waiting, scheduled, running } = countTasks(from)
  return {
    lane: 'native',
    workers: found.workers,
    active: found.activeWorkers,
    bounds: from.bounds,
    running,
    utilization: recent.utilization(now, found.workers, from.keepsTime ? from.inspection.runningSince() : []),
    tasksPerSecond: recent.tasksPerSecond(now),
    waiting,
    scheduled,
    counted: from.parts.slots.unsettled + from.handed.length,
    retried: found.retried,
    timedOut: found.timedOut,
    waits: classes.map((priority) => bucketsOf(found.wait[priority])),
    runs: classes.map((priority) => bucketsOf(found.run[priority])),
    bookOf: from.parts.books.read,
    breaches: from.keepsTime ? found.queues.map(({ breaches }) => breaches) : [0, 0, 0, 0],
    jemalloc: from.jemalloc,
    memoryBytes: found.memoryUsed,
  }
}

/** Counted from the slots: C would count those too that were cancelled and that no worker has come across yet. */
function countTasks({ express, handed, inspection }: FiguresFrom): {
  waiting: Waiting[]
  scheduled: number
  running: number
} {
  const waiting: Waiting[] = classes.map(() => ({ count: 0, oldest: Infinity }))
  const count = (priority: TaskPriority, since: number): void => {
    const sum = waiting[priority]
    if (sum === undefined) return
    sum.count++
    sum.oldest = Math.min(sum.oldest, since)
  }
  let [scheduled, running] = [0, 0]
  express.forEach((task) => {
    const status = inspection.statusOf(task)
    if (status === 'pending') count(task.plan.options.priority, inspection.readyAt(task))
    else if (status === 'running') running++
    else scheduled++
  })
  for (const record of handed) count(record.plan.options.priority, readyAt(record))
  return { waiting, scheduled, running }
}

/** How far workers may be scaled. */
export function boundsOf({ minWorkers, maxWorkers }: ResolvedEngineOptions): WorkerBounds {
  return { lane: 'native', least: minWorkers, most: maxWorkers }
}

/** The figures of an engine that has not been started. */
export function figuresAtRest(options: ResolvedEngineOptions): ThreadFigures {
  return {
    lane: 'native',
    workers: options.workers,
    active: 0,
    bounds: boundsOf(options),
    running: 0,
    utilization: 0,
    tasksPerSecond: 0,
    waiting: [],
    scheduled: 0,
    counted: 0,
    retried: 0,
    timedOut: 0,
    waits: classes.map(() => noBuckets),
    runs: classes.map(() => noBuckets),
    bookOf: () => ({ wait: noBuckets, execution: noBuckets }),
    breaches: classes.map(() => 0),
    jemalloc: false,
    memoryBytes: 0,
  }
}
