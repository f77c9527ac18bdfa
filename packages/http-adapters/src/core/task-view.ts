// A task as answers show it.
import { priorityNames } from '@catzilla/api'
import type { TaskInfo } from '@catzilla/api'
import { NoJsonForm, toJsonData } from './json.ts'
import type { RedactionSubject } from './options.ts'
import type { Schema } from './schema.ts'

export interface ViewOptions {
  readonly redact: ((value: unknown, subject: RedactionSubject) => unknown) | undefined
  readonly includeStacks: boolean
}

const time = { type: 'number', description: 'Epoch milliseconds; null when not (yet) known.' } as const
const duration = { type: 'number', description: 'Milliseconds; null when not (yet) known.' } as const

export const taskSchema: Schema = {
  type: 'object',
  required: ['taskId', 'name', 'status', 'priority', 'lane', 'engine', 'createdAt', 'retries'],
  properties: {
    taskId: { type: 'string' },
    name: { type: 'string' },
    status: {
      type: 'string',
      enum: ['scheduled', 'pending', 'running', 'retrying', 'completed', 'failed', 'cancelled', 'expired'],
    },
    priority: { type: 'string', enum: priorityNames },
    lane: { type: 'string', enum: ['native', 'inline', 'thread', 'process'] },
    engine: { type: 'string' },
    createdAt: time,
    startedAt: {},
    completedAt: {},
    dueAt: {},
    waitTimeMs: duration,
    executionTimeMs: {},
    memoryUsageMb: {},
    retries: { type: 'integer' },
    retryOf: {},
    workerId: {},
    progress: {},
    tags: { type: 'array', items: { type: 'string' } },
    waitingFor: { description: 'Why a pending task has not started, in one sentence.' },
    lastHeartbeatAt: {},
    args: { description: 'Of single tasks only.' },
    metadata: {},
    logs: { description: 'Of single tasks only.' },
    attempts: {
      description: 'Of single tasks only: attempts that failed and were followed by another, the latest 20.',
    },
    result: { description: 'Of completed tasks.' },
    error: { $ref: '#/components/schemas/TaskError' },
  },
}

export const taskErrorSchema: Schema = {
  type: 'object',
  description: 'How a task ended that was not completed.',
  required: ['name', 'message'],
  properties: {
    name: { type: 'string' },
    message: { type: 'string' },
    code: { type: 'string' },
    cause: { description: 'The same of the error that caused it.' },
  },
}

/** One line of a list: everything but what may be large. */
export function lineOf(task: TaskInfo, options: ViewOptions): Record<string, unknown> {
  const { args: _, logs: __, metadata: ___, outcome: ____, pastAttempts: _____, priority, ...figures } = task
  return { ...figures, priority: priorityNames[priority], ...errorOf(task, options) }
}

/** All there is to see of one task. */
export function viewOf(task: TaskInfo, options: ViewOptions): Record<string, unknown> {
  const shown = shower(task.name, options)
  return {
    ...lineOf(task, options),
    ...shown('args', task.args),
    ...shown('metadata', task.metadata),
    ...shown('log', task.logs, 'logs'),
    ...attemptsOf(task, options),
    ...outcomeOf(task, options),
  }
}

function attemptsOf({ pastAttempts, name }: TaskInfo, options: ViewOptions): Record<string, unknown> {
  if (pastAttempts === undefined) return {}
  return { attempts: pastAttempts.map(({ error, ...rest }) => ({ ...rest, error: errorView(error, name, options) })) }
}

/** How a task stands, and its result or error when it has settled. */
export function endOf(task: TaskInfo, options: ViewOptions): Record<string, unknown> {
  const { taskId, name, status } = task
  return { taskId, name, status, ...outcomeOf(task, options) }
}

/** An error as its client may see it. */
export function errorView(
  error: Error,
  taskName: string,
  { redact, includeStacks }: ViewOptions,
): Record<string, unknown> {
  const chain = causesOf(error).map((one) => withoutCause(one, taskName, { redact, includeStacks }))
  return chain.reduceRight<Record<string, unknown>>((cause, view) => ({ ...view, cause }), chain.pop() ?? {})
}

/** Longest chain of causes that is shown. */
const CAUSES = 8

/** The error and what caused it, as far as those are errors. */
function causesOf(error: Error): readonly Error[] {
  const chain = [error]
  for (let { cause } = error; cause instanceof Error && chain.length < CAUSES; { cause } = cause) chain.push(cause)
  return chain
}

function withoutCause(error: Error, taskName: string, { redact, includeStacks }: ViewOptions): Record<string, unknown> {
  const { code } = error as { readonly code?: unknown }
  const view = {
    name: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(includeStacks ? { stack: error.stack } : {}),
  }
  if (redact === undefined) return view
  const redacted = toJsonData(redact(view, { kind: 'error', taskName }))
  return typeof redacted === 'object' && redacted !== null ? { ...redacted } : { name: error.name, message: '' }
}

function outcomeOf(task: TaskInfo, options: ViewOptions): Record<string, unknown> {
  const { outcome, name } = task
  if (outcome?.status !== 'completed') return errorOf(task, options)
  return shower(name, options)('result', outcome.value)
}

function errorOf({ outcome, name }: TaskInfo, options: ViewOptions): Record<string, unknown> {
  if (outcome === null || outcome.status === 'completed') return {}
  return { error: errorView(outcome.error, name, options) }
}

/** What has no JSON form is left out, and the answer says so: `resultOmitted: 'Converting circular structure…'`. */
function shower(taskName: string, { redact }: ViewOptions) {
  return (kind: RedactionSubject['kind'], value: unknown, field: string = kind): Record<string, unknown> => {
    const data = toJsonData(redact === undefined ? value : redact(value, { kind, taskName }))
    return data instanceof NoJsonForm ? { [`${field}Omitted`]: data.reason } : { [field]: data }
  }
}
