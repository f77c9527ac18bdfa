// The options of an engine: as asked, as resolved, and the pure function between.
import { availableParallelism } from 'node:os'
import { ConfigurationError } from '../contract/errors.ts'
import type { Clock } from '../support/clock.ts'
import { systemClock } from '../support/clock.ts'
import { checkOptions, is } from './check.ts'
import type { OptionRow } from './check.ts'

/** Options of every engine, all optional. */
export interface EngineOptions {
  readonly workers?: number
  readonly minWorkers?: number
  readonly maxWorkers?: number
  readonly queueSize?: number
  readonly inlineConcurrency?: number
  readonly minThreads?: number
  readonly maxThreads?: number
  readonly minProcesses?: number
  readonly maxProcesses?: number
  readonly isolateIdleMs?: number
  readonly recycleAfterTasks?: number
  readonly recycleHeapMb?: number
  readonly laneNice?: number
  readonly enableAutoScaling?: boolean
  readonly memoryPoolMb?: number
  readonly keepResults?: number
  readonly keepFailures?: number
  readonly clock?: Clock
  readonly random?: () => number
}

export type ResolvedEngineOptions = Required<EngineOptions>

export const engineOptionTable: Readonly<Record<keyof EngineOptions, OptionRow>> = {
  workers: {
    byDefault: 'min(32, CPU count × 2)',
    accepts: 'an integer 1..1024',
    about: 'Worker threads, on engines that have them.',
    check: is.integer(1, 1024),
  },
  minWorkers: {
    byDefault: 'min(2, workers)',
    accepts: 'an integer 1..1024, not above workers',
    about: 'Fewest workers when scaling.',
    check: is.integer(1, 1024),
  },
  maxWorkers: {
    byDefault: 'workers × 4',
    accepts: 'an integer 1..4096, not below workers',
    about: 'Most workers when scaling.',
    check: is.integer(1, 4096),
  },
  queueSize: {
    byDefault: '10000',
    accepts: 'an integer ≥ 1',
    about: 'Queued and scheduled tasks, over all; beyond it submitting throws QueueFullError.',
    check: is.integer(1),
  },
  inlineConcurrency: {
    byDefault: '64',
    accepts: 'an integer ≥ 1',
    about: 'Tasks running at once on the event loop.',
    check: is.integer(1),
  },
  minThreads: {
    byDefault: '0',
    accepts: 'an integer 0..256, not above maxThreads',
    about: 'Threads of the thread lane that are started with the engine and kept.',
    check: is.integer(0, 256),
  },
  maxThreads: {
    byDefault: 'CPU count',
    accepts: 'an integer 1..256',
    about: 'Threads of the thread lane at most; started when there is work for them.',
    check: is.integer(1, 256),
  },
  minProcesses: {
    byDefault: '0',
    accepts: 'an integer 0..256, not above maxProcesses',
    about: 'Child processes of the process lane that are started with the engine and kept.',
    check: is.integer(0, 256),
  },
  maxProcesses: {
    byDefault: 'CPU count',
    accepts: 'an integer 1..256',
    about: 'Child processes of the process lane at most; started when there is work for them.',
    check: is.integer(1, 256),
  },
  isolateIdleMs: {
    byDefault: '30000',
    accepts: 'a number of milliseconds ≥ 0, or Infinity',
    about: 'Threads and processes above the least number that were idle for so long are ended.',
    check: (value) => typeof value === 'number' && value >= 0,
  },
  recycleAfterTasks: {
    byDefault: 'Infinity',
    accepts: 'an integer ≥ 1, or Infinity',
    about: 'A thread or process is replaced after so many tasks.',
    check: (value) => value === Infinity || is.integer(1)(value),
  },
  recycleHeapMb: {
    byDefault: 'Infinity',
    accepts: 'a number of MiB > 0, or Infinity',
    about: 'A thread or process whose heap is larger than this after a task is replaced.',
    check: (value) => typeof value === 'number' && value > 0,
  },
  laneNice: {
    byDefault: '5',
    accepts: 'an integer 0..19',
    about:
      'How far C workers, threads and processes give way to the event loop and to others: the increment of their nice value.',
    check: is.integer(0, 19),
  },
  enableAutoScaling: {
    byDefault: 'true',
    accepts: 'true or false',
    about: 'Lets an auto-scaler change the number of workers.',
    check: is.boolean,
  },
  memoryPoolMb: {
    byDefault: '500',
    accepts: 'a number of MiB > 0',
    about: 'Memory of the engine, on engines that manage their own.',
    check: is.positive,
  },
  keepResults: {
    byDefault: '1000',
    accepts: 'an integer ≥ 0',
    about: 'Completed tasks kept for look-up at most; the oldest go first. `keepResultMs` bounds their age.',
    check: is.integer(0),
  },
  keepFailures: {
    byDefault: '10000',
    accepts: 'an integer ≥ 0',
    about: 'Failed, cancelled and expired tasks kept for look-up at most, on the same terms.',
    check: is.integer(0),
  },
  clock: {
    byDefault: 'the system clock',
    accepts: 'a Clock',
    about: 'Source of time; a virtual one in tests.',
    check: is.object,
  },
  random: {
    byDefault: 'Math.random',
    accepts: 'a function giving numbers in [0, 1)',
    about: 'Source of randomness, for jitter.',
    check: is.function,
  },
}

/** Fills in defaults. @throws ConfigurationError naming the option, the value it got and what it accepts */
export function resolveEngineOptions(asked: EngineOptions = {}): ResolvedEngineOptions {
  checkOptions(engineOptionTable, asked, 'engine options')
  const usual = Math.min(32, availableParallelism() * 2)
  // a bound that is given moves the default, not the other way round
  const workers = asked.workers ?? Math.max(asked.minWorkers ?? 1, Math.min(usual, asked.maxWorkers ?? usual))
  const resolved: ResolvedEngineOptions = {
    workers,
    minWorkers: asked.minWorkers ?? Math.min(2, workers),
    maxWorkers: asked.maxWorkers ?? workers * 4,
    queueSize: asked.queueSize ?? 10_000,
    inlineConcurrency: asked.inlineConcurrency ?? 64,
    ...resolveIsolates(asked),
    enableAutoScaling: asked.enableAutoScaling ?? true,
    memoryPoolMb: asked.memoryPoolMb ?? 500,
    keepResults: asked.keepResults ?? 1000,
    keepFailures: asked.keepFailures ?? 10_000,
    clock: asked.clock ?? systemClock,
    random: asked.random ?? Math.random,
  }
  if (resolved.minWorkers > workers || workers > resolved.maxWorkers) {
    throw new ConfigurationError(
      `engine options: minWorkers ≤ workers ≤ maxWorkers must hold, got ${resolved.minWorkers}, ${workers}, ${resolved.maxWorkers}`,
    )
  }
  return Object.freeze(resolved)
}

type IsolateOptions =
  | 'minThreads'
  | 'maxThreads'
  | 'minProcesses'
  | 'maxProcesses'
  | 'isolateIdleMs'
  | 'recycleAfterTasks'
  | 'recycleHeapMb'
  | 'laneNice'

function resolveIsolates(asked: EngineOptions): Pick<ResolvedEngineOptions, IsolateOptions> {
  const { minThreads = 0, minProcesses = 0 } = asked
  const usual = availableParallelism()
  const { maxThreads = Math.max(usual, minThreads), maxProcesses = Math.max(usual, minProcesses) } = asked
  for (const [what, least, most] of [
    ['Threads', minThreads, maxThreads],
    ['Processes', minProcesses, maxProcesses],
  ] as const) {
    if (least <= most) continue
    throw new ConfigurationError(`engine options: min${what} ≤ max${what} must hold, got ${least}, ${most}`)
  }
  const { isolateIdleMs = 30_000, recycleAfterTasks = Infinity, recycleHeapMb = Infinity, laneNice = 5 } = asked
  return {
    minThreads,
    maxThreads,
    minProcesses,
    maxProcesses,
    isolateIdleMs,
    recycleAfterTasks,
    recycleHeapMb,
    laneNice,
  }
}
