// Task records outside of any engine, for tests of the lists and queues that hold them.
import { resolveTaskOptions } from '../src/options/task-options.ts'
import type { TaskOptions } from '../src/options/task-options.ts'
import { IntrusiveList } from '../src/typescript/intrusive-list.ts'
import type { Lane } from '../src/typescript/lane.ts'
import type { Plan, RecordHome } from '../src/typescript/plan.ts'
import { ReadyQueue } from '../src/typescript/ready-queue.ts'
import { RunState } from '../src/typescript/run-state.ts'
import { TaskRecord } from '../src/typescript/task-record.ts'
import { TaskSeries } from '../src/typescript/task-series.ts'

const home: RecordHome = {
  engineName: 'none',
  taskId: (record) => `none-${record.sequence}`,
  now: () => 0,
  toEpoch: (ms) => ms,
  cancel: () => false,
  observeFailure: () => {},
  defer: (deliver) => deliver(),
  reportProgress: () => {},
}

/** A lane in which nothing ever runs. */
const lane: Lane = {
  name: 'inline',
  ready: new ReadyQueue(),
  running: new IntrusiveList(),
  keepsTime: false,
  wake: () => {},
  takeBack: () => false,
  abandon: () => {},
}

/** A lane in which these run. */
export function runningLane(...records: TaskRecord[]): Lane {
  const running = new IntrusiveList()
  for (const record of records) running.push(record)
  return { ...lane, running }
}

export function planOf(asked: TaskOptions = {}): Plan {
  const options = resolveTaskOptions(asked)
  const handler = (): void => {}
  const named = { name: 'task', handler, kernel: undefined, gate: null, keyGates: null, unique: null, delayed: null }
  const call = { name: 'task', options }
  const series = new TaskSeries(0, 'task', 'inline', options.priority)
  return { call, options, named, lane, handler, check: null, home, series, direct: true, limited: false, keyed: false }
}

/** One plan per class, shared by the records as in an engine. */
const plans: readonly Plan[] = [0, 1, 2, 3].map((priority) => planOf({ priority: priority as 0 | 1 | 2 | 3 }))

/** A record of a class that was submitted at `createdAt` and waits since then. */
export function recordOf(sequence: number, priority: number = 2, createdAt: number = 0): TaskRecord {
  const plan = plans[priority]
  if (plan === undefined) throw new Error(`no class ${priority}`)
  return new TaskRecord(plan, [], sequence, sequence, createdAt)
}

/** A settled record over one whole column, of which its results are as many. */
export function settledColumns(sequence: number, settledAt: number, rows: number): TaskRecord {
  const plan = planOf({ keepResultMs: 5000 })
  const record = new TaskRecord(
    { ...plan, call: { ...plan.call, columns: true } },
    [new Float64Array(rows)],
    sequence,
    sequence,
    0,
  )
  record.run = new RunState(record)
  record.run.endedAt = settledAt
  record.status = 'completed'
  return record
}

/** A record that has settled at `settledAt`. */
export function settledRecord(sequence: number, settledAt: number, keepResultMs: number): TaskRecord {
  const record = new TaskRecord(planOf({ keepResultMs }), [], sequence, sequence, 0)
  record.run = new RunState(record)
  record.run.endedAt = settledAt
  record.status = 'completed'
  return record
}
