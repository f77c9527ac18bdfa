// Checks of what is asked of an engine: queries, scaling, stopping.
import { ConfigurationError, describeValue } from '../contract/errors.ts'
import { taskStatuses } from '../contract/task.ts'
import type { ScaleTarget, StopOptions, TaskQuery } from '../contract/task-engine.ts'
import { checkOptions, is } from '../options/check.ts'
import type { OptionTable } from '../options/check.ts'

const isStatus = is.oneOf(...taskStatuses)

const queryTable = {
  status: {
    byDefault: 'any',
    accepts: `one or an array of ${taskStatuses.join(', ')}`,
    about: 'Status of the tasks.',
    check: (value) => isStatus(value) || (Array.isArray(value) && value.every(isStatus)),
  },
  name: { byDefault: 'any', accepts: 'a text', about: 'Name of the tasks.', check: is.text },
  priority: { byDefault: 'any', accepts: '0..3', about: 'Class of the tasks.', check: is.oneOf(0, 1, 2, 3) },
  tags: {
    byDefault: 'any',
    accepts: 'an array of texts',
    about: 'Tags that the tasks all carry.',
    check: (value) => Array.isArray(value) && value.every(is.text),
  },
  limit: { byDefault: '50', accepts: 'an integer 1..1000', about: 'Longest page.', check: is.integer(1, 1000) },
  cursor: { byDefault: 'none', accepts: 'the nextCursor of a page', about: 'Where to go on.', check: is.text },
} as const satisfies OptionTable

const scaleTable = {
  inlineConcurrency: { byDefault: 'as it is', accepts: 'an integer ≥ 1', about: 'Inline slots.', check: is.integer(1) },
  workers: { byDefault: 'as it is', accepts: 'an integer ≥ 1', about: 'Worker threads.', check: is.integer(1, 4096) },
  reason: { byDefault: 'none', accepts: 'a text', about: 'For the records.', check: is.text },
} as const satisfies OptionTable

const stopTable = {
  waitForCompletion: {
    byDefault: 'true',
    accepts: 'true or false',
    about: 'Whether to run what waits.',
    check: is.boolean,
  },
  timeoutMs: {
    byDefault: '30000',
    accepts: 'a number of milliseconds ≥ 0, or Infinity',
    about: 'Longest time to wait.',
    check: (value) => typeof value === 'number' && value >= 0,
  },
} as const satisfies OptionTable

/** @throws ConfigurationError */
export function checkQuery(query: TaskQuery): void {
  checkOptions(queryTable, query, 'task query')
}

/** @throws ConfigurationError */
export function checkScaleTarget(target: ScaleTarget): void {
  checkOptions(scaleTable, target, 'scale target')
  if (target.inlineConcurrency === undefined && target.workers === undefined) {
    throw new ConfigurationError(`scale target: give inlineConcurrency or workers, got ${describeValue(target)}`)
  }
}

/** @throws ConfigurationError */
export function checkStopOptions(options: StopOptions): void {
  checkOptions(stopTable, options, 'stop options')
}

/** @throws ConfigurationError */
export function checkTaskId(taskId: unknown): void {
  if (typeof taskId === 'string') return
  throw new ConfigurationError(`the id of a task is a text, got ${describeValue(taskId)}`)
}
