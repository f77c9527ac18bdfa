// Ending or repeating all tasks that a filter means, a part of them at a time: whoever asks shows how far it is, and goes on.
import type { TaskInfo, TaskStatus } from '@catzilla/api'
import { CatzillaError } from '@catzilla/api'
import { authorizeAll } from '../authorization.ts'
import { jsonText } from '../plain.ts'
import type { PlainResponse } from '../plain.ts'
import { HttpProblem } from '../problem.ts'
import { retriedTasksOf } from '../retried-tasks.ts'
import type { PlainRoute, RouteContext, RouteGroup } from '../route.ts'
import type { Schema } from '../schema.ts'
import type { Service } from '../service.ts'
import { filterSchemas } from '../task-filter.ts'
import type { TaskFilter } from '../task-filter.ts'
import { searchTasks } from '../task-search.ts'

interface Matching {
  readonly filter: TaskFilter
  readonly reason?: string
  readonly cursor?: string
}

interface Deed {
  readonly action: 'cancel' | 'retry'
  /** Statuses of tasks that it can be done to. */
  readonly of: readonly TaskStatus[]
  /** False: it had settled meanwhile, or it is done already. */
  readonly do: (task: TaskInfo, reason: string | undefined) => Promise<boolean>
}

/** Tasks of one request. */
const PART = 200

const body: Schema = {
  type: 'object',
  required: ['filter'],
  additionalProperties: false,
  properties: {
    filter: { type: 'object', additionalProperties: false, properties: filterSchemas },
    reason: { type: 'string', minLength: 1, maxLength: 500 },
    cursor: { type: 'string', maxLength: 200, description: '`nextCursor` of the answer before.' },
  },
}

const answer: Schema = {
  type: 'object',
  required: ['done', 'notAllowed', 'skipped', 'nextCursor'],
  properties: {
    done: { type: 'integer' },
    notAllowed: { type: 'integer', description: 'Tasks that the client may not do this to.' },
    skipped: { type: 'integer', description: 'Tasks that had changed meanwhile, or that were retried before.' },
    nextCursor: { description: 'Ask again with it; null: that was all.' },
  },
}

export function matchingRoutes(service: Service): RouteGroup {
  const { tasks } = service
  const retried = retriedTasksOf(tasks)
  const cancel: Deed = {
    action: 'cancel',
    of: ['scheduled', 'pending', 'running', 'retrying'],
    do: ({ taskId }, reason) => tasks.cancel(taskId, reason),
  }
  const retry: Deed = {
    action: 'retry',
    of: ['failed', 'cancelled', 'expired'],
    do: ({ taskId }) => retried.once(taskId, () => tasks.retry(taskId)),
  }
  return {
    name: 'matching',
    description: 'The same for all tasks that a filter means.',
    routes: [
      route(service, cancel, 'cancelMatchingTasks', 'End all tasks that the filter means, up to 200 a request'),
      route(
        service,
        retry,
        'retryMatchingTasks',
        'Submit all that the filter means again, each once, up to 200 a request',
      ),
    ],
  }
}

function route(service: Service, deed: Deed, operationId: string, summary: string): PlainRoute {
  return {
    method: 'POST',
    path: `/${deed.action}`,
    action: deed.action,
    audited: true,
    operationId,
    summary,
    body,
    responses: { 200: { description: 'What became of this part.', schema: answer } },
    problems: [415, 422, 429, 503],
    handle: (context) => doToPart(service, context, deed),
  }
}

async function doToPart(service: Service, context: RouteContext, deed: Deed): Promise<PlainResponse> {
  const { filter, reason, cursor } = context.body as Matching
  const status = asked(filter).filter((one) => deed.of.includes(one))
  const counts = { done: 0, notAllowed: 0, skipped: 0 }
  if (status.length === 0) return jsonText(200, JSON.stringify({ ...counts, nextCursor: null }))
  const part = { ...filter, status, limit: PART, ...(cursor === undefined ? {} : { cursor }) }
  const found = await searchTasks(service.tasks, part, service.options)
  for (const task of found.tasks) counts[await doTo(service, context, deed, task, reason)]++
  return jsonText(200, JSON.stringify({ ...counts, nextCursor: found.nextCursor ?? null }))
}

function asked({ status }: TaskFilter): readonly TaskStatus[] {
  const all = filterSchemas['status']?.items?.enum as readonly TaskStatus[]
  if (status === undefined) return all
  return typeof status === 'string' ? [status] : status
}

async function doTo(
  { options }: Service,
  { request }: RouteContext,
  { action, do: act }: Deed,
  task: TaskInfo,
  reason: string | undefined,
): Promise<'done' | 'notAllowed' | 'skipped'> {
  try {
    const { taskId, name: taskName } = task
    await authorizeAll(request, action, [{ taskId, taskName, task }], options)
    return (await act(task, reason)) ? 'done' : 'skipped'
  } catch (thrown) {
    if (thrown instanceof HttpProblem) return 'notAllowed'
    if (isOfTheMoment(thrown)) return 'skipped'
    throw thrown
  }
}

/** The task changed, or went, between the look and the deed. */
function isOfTheMoment(thrown: unknown): boolean {
  return thrown instanceof CatzillaError && ['TaskStateError', 'UnknownTaskError'].includes(thrown.name)
}
