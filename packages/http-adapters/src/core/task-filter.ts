// Which tasks are meant: what engines can look for themselves, and what is looked for in what they give.
import type { TaskInfo, TaskListQuery } from '@catzilla/api'
import type { Schema } from './schema.ts'
import { errorView } from './task-view.ts'
import type { ViewOptions } from './task-view.ts'

const statuses: Schema = {
  type: 'string',
  enum: ['scheduled', 'pending', 'running', 'retrying', 'completed', 'failed', 'cancelled', 'expired'],
}
const text = { type: 'string', minLength: 1, maxLength: 500 } as const
const time = { type: 'number', minimum: 0 } as const

/** As parameters of a query, and as fields of a body. */
export const filterSchemas: Readonly<Record<string, Schema>> = {
  status: { type: 'array', items: statuses, maxItems: 8, description: 'One or more, with commas between.' },
  name: { type: 'string', minLength: 1, maxLength: 200 },
  priority: { type: 'string', enum: ['critical', 'high', 'normal', 'low'] },
  tags: {
    type: 'array',
    maxItems: 50,
    items: { type: 'string', maxLength: 200 },
    description: 'All of these, with commas between.',
  },
  id: { ...text, description: 'How the id begins.' },
  error: { ...text, description: 'Somewhere in the error, as it is shown; in any case.' },
  pattern: { ...text, description: 'The whole error, as `GET /failures` groups them.' },
  since: { ...time, description: 'Submitted at this moment or later, in epoch milliseconds.' },
  until: { ...time, description: 'Submitted before this moment, in epoch milliseconds.' },
}

export interface TaskFilter extends TaskListQuery {
  readonly id?: string
  readonly error?: string
  readonly pattern?: string
  readonly since?: number
  readonly until?: number
}

/** What of the filter engines answer. */
export function engineQuery({ status, name, priority, tags }: TaskFilter): TaskListQuery {
  return {
    ...(status === undefined ? {} : { status }),
    ...(name === undefined ? {} : { name }),
    ...(priority === undefined ? {} : { priority }),
    ...(tags === undefined ? {} : { tags }),
  }
}

/** Whether there is more to look at than what engines answer. */
export function looksFurther({ id, error, pattern, since, until }: TaskFilter): boolean {
  return [id, error, pattern, since, until].some((value) => value !== undefined)
}

/** Whether a task that the engine gave is meant. Of an error only what may be shown is looked at. */
export function isMeant(task: TaskInfo, filter: TaskFilter, options: ViewOptions): boolean {
  const { id, error, pattern, since, until } = filter
  if (id !== undefined && !task.taskId.startsWith(id)) return false
  if (since !== undefined && task.createdAt < since) return false
  if (until !== undefined && task.createdAt >= until) return false
  if (error === undefined && pattern === undefined) return true
  const shown = shownError(task, options)
  if (shown === undefined) return false
  if (pattern !== undefined && patternOf(shown) !== pattern) return false
  return error === undefined || shown.toLowerCase().includes(error.toLowerCase())
}

/** `TypeError: no luck with 7`; undefined for a task without an error. */
export function shownError({ outcome, name }: TaskInfo, options: ViewOptions): string | undefined {
  if (outcome === null || outcome.status === 'completed') return undefined
  const view = errorView(outcome.error, name, options)
  return `${String(view['name'])}: ${String(view['message'])}`
}

/** The error without what differs from one task to the next: ids, numbers, and what stands in quotation marks. */
export function patternOf(shown: string): string {
  return shown
    .slice(0, 400)
    .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '…')
    .replaceAll(/(["'`])(?:(?!\1).){1,200}\1/g, '$1…$1')
    .replaceAll(/\b0x[0-9a-f]+\b|\d+(?:[.,:]\d+)*/gi, '#')
}
