// The options of a task: as asked, as resolved, and the pure function between. Call overrides task overrides engine.
import { ConfigurationError, describeValue } from '../contract/errors.ts'
import { laneNames, priorityNames, TaskPriority } from '../contract/task.ts'
import type { LaneName, PriorityName, TaskStats } from '../contract/task.ts'
import type {
  ConflictPolicy,
  ResolvedTaskOptions,
  RetryBackoff,
  TaskLimits,
} from '../contract/resolved-task-options.ts'
import { checkOptions, is } from './check.ts'
import type { OptionRow } from './check.ts'

/** Options of a task, all optional; the same keys per call. Durations are milliseconds. */
export interface TaskOptions {
  readonly priority?: TaskPriority | PriorityName
  readonly delayMs?: number
  readonly runAt?: Date | number
  readonly maxRetries?: number
  readonly retryBackoff?: RetryBackoff
  readonly retryDelayMs?: number
  readonly retryMaxDelayMs?: number
  readonly retryJitter?: number
  readonly timeoutMs?: number
  readonly expireAfterMs?: number
  readonly memoryLimitMb?: number
  readonly lane?: LaneName
  readonly compile?: 'auto' | 'require' | false
  readonly concurrency?: number
  readonly limits?: TaskLimits
  readonly uniqueKey?: string
  readonly onConflict?: ConflictPolicy
  readonly tags?: readonly string[]
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly signal?: AbortSignal
  readonly onSuccess?: (value: never, stats: TaskStats) => void
  readonly onFailure?: (error: Error, stats: TaskStats) => void
  readonly onRetry?: (attempt: number, error: Error, delayMs: number) => void
  readonly keepResultMs?: number
  readonly module?: string
  readonly transfer?: boolean
  readonly cancelGraceMs?: number
}

export const defaultTaskOptions: ResolvedTaskOptions = Object.freeze({
  priority: TaskPriority.NORMAL,
  delayMs: 0,
  runAt: undefined,
  maxRetries: 3,
  retryBackoff: 'exponential',
  retryDelayMs: 1000,
  retryMaxDelayMs: 60_000,
  retryJitter: 0.2,
  timeoutMs: 30_000,
  expireAfterMs: undefined,
  memoryLimitMb: 100,
  lane: 'inline',
  compile: 'auto',
  concurrency: undefined,
  limits: undefined,
  uniqueKey: undefined,
  onConflict: 'existing',
  tags: Object.freeze([]),
  metadata: Object.freeze({}),
  signal: undefined,
  onSuccess: undefined,
  onFailure: undefined,
  onRetry: undefined,
  keepResultMs: 300_000,
  module: undefined,
  transfer: false,
  cancelGraceMs: 500,
})

const ms = 'a number of milliseconds ≥ 0'

export const taskOptionTable: Readonly<Record<keyof TaskOptions, OptionRow>> = {
  priority: {
    byDefault: "'normal'",
    accepts: `TaskPriority.CRITICAL..LOW (0..3) or ${priorityNames.map((name) => `'${name}'`).join(', ')}`,
    about: 'The class the task queues in.',
    check: is.oneOf(0, 1, 2, 3, ...priorityNames),
  },
  delayMs: { byDefault: '0', accepts: ms, about: 'Earliest start, from submission.', check: is.number(0) },
  runAt: {
    byDefault: 'none',
    accepts: 'a valid Date or epoch milliseconds',
    about: 'Earliest start, by the wall clock; not together with `delayMs`.',
    check: (value) => (value instanceof Date ? !Number.isNaN(value.getTime()) : is.number(0)(value)),
  },
  maxRetries: {
    byDefault: '3',
    accepts: 'an integer ≥ 0',
    about: 'Retries after the first run.',
    check: is.integer(0),
  },
  retryBackoff: {
    byDefault: "'exponential'",
    accepts: "'exponential', 'linear', 'fixed', 'none' or a function (attempt, error) => milliseconds",
    about: 'How the pause grows from retry to retry; `attempt` is the one that failed, from 1.',
    check: (value) => is.function(value) || is.oneOf('exponential', 'linear', 'fixed', 'none')(value),
  },
  retryDelayMs: { byDefault: '1000', accepts: ms, about: 'The first pause.', check: is.number(0) },
  retryMaxDelayMs: {
    byDefault: '60000',
    accepts: ms,
    about: 'The longest pause, jitter included.',
    check: is.number(0),
  },
  retryJitter: {
    byDefault: '0.2',
    accepts: 'a ratio 0..1',
    about: 'Each pause is spread evenly over ± this share of it.',
    check: is.number(0, 1),
  },
  timeoutMs: {
    byDefault: '30000',
    accepts: 'a number of milliseconds > 0, or Infinity for none',
    about: 'Longest run of one attempt.',
    check: (value) => typeof value === 'number' && value > 0,
  },
  expireAfterMs: {
    byDefault: 'none',
    accepts: 'a number of milliseconds > 0',
    about: 'A task not started by then, from submission, expires.',
    check: is.positive,
  },
  memoryLimitMb: {
    byDefault: '100',
    accepts: 'a number of MiB > 0',
    about:
      'Memory one task may use, in lanes that measure it. Process lane: what it adds to the resident memory of its process.',
    check: is.positive,
  },
  lane: {
    byDefault: "'inline'",
    accepts: laneNames.map((name) => `'${name}'`).join(', '),
    about: 'Where the body runs.',
    check: is.oneOf(...laneNames),
  },
  compile: {
    byDefault: "'auto'",
    accepts: "'auto', 'require' or false",
    about: 'Whether the body may, must or must not be compiled to C.',
    check: is.oneOf('auto', 'require', false),
  },
  concurrency: {
    byDefault: 'none',
    accepts: 'an integer ≥ 1',
    about: 'Tasks of this name running at once.',
    check: is.integer(1),
  },
  limits: {
    byDefault: 'none',
    accepts:
      '{ rate: { max: integer ≥ 1, perMs: milliseconds > 0 }, concurrency: integer ≥ 1, key: string or function }',
    about: 'Rate and concurrency limits, per key when there is one.',
    check: isLimits,
  },
  uniqueKey: {
    byDefault: 'none',
    accepts: 'a text of 1..500 characters',
    about: 'At most one unsettled task of this name has the key.',
    check: is.text,
  },
  onConflict: {
    byDefault: "'existing'",
    accepts: "'existing', 'reject' or 'replace'",
    about: 'When the key is taken: give the task that has it, throw, or cancel it and take its place.',
    check: is.oneOf('existing', 'reject', 'replace'),
  },
  tags: {
    byDefault: '[]',
    accepts: 'an array of texts of 1..500 characters',
    about: 'For finding tasks again.',
    check: (value) => Array.isArray(value) && value.every(is.text),
  },
  metadata: {
    byDefault: '{}',
    accepts: 'an object',
    about: 'Kept with the task, never looked at by the engine.',
    check: is.object,
  },
  signal: {
    byDefault: 'none',
    accepts: 'an AbortSignal',
    about: 'Cancels the task when it aborts.',
    check: (value) => value instanceof AbortSignal,
  },
  onSuccess: callbackRow('(value, stats) when the task completes'),
  onFailure: callbackRow('(error, stats) when the task fails for good'),
  onRetry: callbackRow('(attempt, error, delayMs) before each retry'),
  keepResultMs: {
    byDefault: '300000',
    accepts: ms,
    about: 'How long a settled task can still be looked up by id.',
    check: is.number(0),
  },
  module: {
    byDefault: 'none',
    accepts: 'import.meta.url, or __filename in CommonJS',
    about:
      'The module that defines or exports the body: thread and process lanes import it. Not needed for a function without free variables.',
    check: is.text,
  },
  transfer: {
    byDefault: 'false',
    accepts: 'true or false',
    about:
      "Threads and processes: buffers among the arguments are taken over, not copied; the caller's are empty then.",
    check: is.boolean,
  },
  cancelGraceMs: {
    byDefault: '500',
    accepts: ms,
    about:
      'Thread and process lanes: time for a body that has seen its signal abort to end by itself before its thread or process is ended.',
    check: is.number(0),
  },
}

function callbackRow(when: string): OptionRow {
  return { byDefault: 'none', accepts: 'a function', about: `Called with ${when}.`, check: is.function }
}

/**
 * Fills `asked` over `base`.
 * @param what names the place in messages, such as `task 'email.send'`
 * @throws ConfigurationError when an option is unknown, does not fit, or contradicts another
 */
export function resolveTaskOptions(
  asked: TaskOptions | undefined,
  base: ResolvedTaskOptions = defaultTaskOptions,
  what = 'task options',
): ResolvedTaskOptions {
  checkOptions(taskOptionTable, asked, what)
  const merged: Draft = { ...base }
  // checked above: what is given has the type that the option asks for
  for (const [name, value] of Object.entries(asked ?? {})) if (value !== undefined) merged[name] = value
  settleStart(merged, asked, what)
  if (typeof merged['priority'] === 'string') merged['priority'] = resolvePriority(merged['priority'] as PriorityName)
  return Object.freeze(merged as unknown as ResolvedTaskOptions)
}

type Draft = Record<string, unknown>

/** `delayMs` and `runAt` both say when a task starts: the one that is given takes the place of the other. */
function settleStart(merged: Draft, asked: TaskOptions | undefined, what: string): void {
  if (asked?.runAt === undefined) {
    if (asked?.delayMs !== undefined) merged['runAt'] = undefined
    return
  }
  if (asked.delayMs !== undefined) {
    throw new ConfigurationError(`${what}: delayMs and runAt contradict each other; give one of them`)
  }
  merged['delayMs'] = 0
  merged['runAt'] = asked.runAt instanceof Date ? asked.runAt.getTime() : asked.runAt
}

/** The number of a class from its number or lower-case name. @throws ConfigurationError */
export function resolvePriority(asked: TaskPriority | PriorityName): TaskPriority {
  const index = typeof asked === 'string' ? priorityNames.indexOf(asked) : asked
  if (index === 0 || index === 1 || index === 2 || index === 3) return index
  throw new ConfigurationError(`priority accepts ${taskOptionTable.priority.accepts}, got ${describeValue(asked)}`)
}

function isLimits(value: unknown): boolean {
  if (!is.object(value)) return false
  const { rate, concurrency, key, ...rest } = value as Record<string, unknown>
  return (
    Object.keys(rest).length === 0 &&
    (rate === undefined || isRate(rate)) &&
    (concurrency === undefined || is.integer(1)(concurrency)) &&
    (key === undefined || is.text(key) || is.function(key)) &&
    (rate !== undefined || concurrency !== undefined)
  )
}

function isRate(value: unknown): boolean {
  if (!is.object(value)) return false
  const { max, perMs, ...rest } = value as Record<string, unknown>
  return Object.keys(rest).length === 0 && is.integer(1, 1_000_000)(max) && is.positive(perMs)
}
