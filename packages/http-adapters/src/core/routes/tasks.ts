// Tasks that are there: a page of them, one, its result, its end, and another try.
import { TaskStateError } from '@catzilla/api'
import type { TaskInfo } from '@catzilla/api'
import { jsonText } from '../plain.ts'
import type { PlainResponse } from '../plain.ts'
import { HttpProblem } from '../problem.ts'
import { retriedTasksOf } from '../retried-tasks.ts'
import type { RouteGroup, TaskRouteContext } from '../route.ts'
import type { Schema } from '../schema.ts'
import type { Service } from '../service.ts'
import { filterSchemas } from '../task-filter.ts'
import { searchTasks } from '../task-search.ts'
import { endOf, lineOf, taskErrorSchema, taskSchema, viewOf } from '../task-view.ts'

const statuses = taskSchema.properties?.['status'] ?? {}
const taskRef: Schema = { $ref: '#/components/schemas/Task' }
const endSchema: Schema = {
  type: 'object',
  required: ['taskId', 'name', 'status'],
  properties: {
    taskId: { type: 'string' },
    name: { type: 'string' },
    status: statuses,
    result: { description: 'Of a completed task.' },
    error: { $ref: '#/components/schemas/TaskError' },
  },
}
const settled = new Set(['completed', 'failed', 'cancelled', 'expired'])

export function taskRoutes(service: Service): RouteGroup {
  const { tasks, options } = service
  return {
    name: 'tasks',
    description: 'Tasks that are there, until `keepResultMs` after their end.',
    schemas: { Task: taskSchema, TaskError: taskErrorSchema, TaskEnd: endSchema },
    routes: [
      {
        method: 'GET',
        path: '/',
        action: 'read',
        operationId: 'listTasks',
        summary: 'Tasks, newest first, a page at a time',
        query: {
          ...filterSchemas,
          limit: { type: 'integer', minimum: 1, maximum: 1000, default: 50 },
          cursor: { type: 'string', maxLength: 200, description: '`nextCursor` of the page before.' },
        },
        responses: {
          200: {
            description:
              'Without arguments, results and logs. A page may have fewer than `limit`, or none, though more come.',
            schema: {
              type: 'object',
              required: ['tasks', 'nextCursor'],
              properties: { tasks: { type: 'array', items: taskRef }, nextCursor: { description: 'null at the end.' } },
            },
          },
        },
        problems: [400],
        async handle({ query }) {
          const page = await searchTasks(tasks, query, options)
          const lines = page.tasks.map((task) => lineOf(task, options))
          return jsonText(200, JSON.stringify({ tasks: lines, nextCursor: page.nextCursor ?? null }))
        },
      },
      {
        method: 'GET',
        path: '/:id',
        aboutTask: true,
        action: 'read',
        operationId: 'getTask',
        summary: 'Everything known of a task',
        responses: { 200: { description: 'The task.', schema: taskRef } },
        problems: [404],
        handle: ({ task }) => jsonText(200, JSON.stringify(viewOf(task, options))),
      },
      {
        method: 'GET',
        path: '/:id/result',
        aboutTask: true,
        action: 'read',
        operationId: 'getResult',
        summary: 'How a task ended; with `waitMs`, as soon as it has',
        query: { waitMs: { type: 'integer', minimum: 0, maximum: options.maxWaitMs, default: 0 } },
        responses: {
          200: { description: 'It has settled, well or badly.', schema: { $ref: '#/components/schemas/TaskEnd' } },
          202: { description: 'Not yet.', schema: { $ref: '#/components/schemas/TaskEnd' } },
        },
        problems: [400, 404, 429],
        handle: (context) => resultOf(service, context),
      },
      {
        method: 'DELETE',
        path: '/:id',
        aboutTask: true,
        action: 'cancel',
        audited: true,
        operationId: 'cancelTask',
        summary: 'End a task: one that waits never starts, one that runs has its signal aborted',
        query: { reason: { type: 'string', minLength: 1, maxLength: 500 } },
        responses: { 200: { description: 'It was ended.', schema: { $ref: '#/components/schemas/TaskEnd' } } },
        problems: [404, 409],
        handle: (context) => cancelTask(service, context),
      },
      {
        method: 'POST',
        path: '/:id/retry',
        aboutTask: true,
        action: 'retry',
        audited: true,
        operationId: 'retryTask',
        summary: 'Submit a failed, cancelled or expired task again, as a new task',
        responses: {
          202: { description: 'Taken; `Location` is the new task.', schema: { $ref: '#/components/schemas/Accepted' } },
        },
        problems: [404, 409, 415, 429, 503],
        async handle({ task, publicPath }) {
          const { taskId, name, status } = await tasks.retry(task.taskId)
          retriedTasksOf(tasks).note(task.taskId)
          const answer = { taskId, name, status, retryOf: task.taskId }
          return jsonText(202, JSON.stringify(answer), { location: `${publicPath}/${encodeURIComponent(taskId)}` })
        },
      },
    ],
  }
}

async function cancelTask(service: Service, { task, query }: TaskRouteContext): Promise<PlainResponse> {
  const { taskId, name } = task
  const ended = await service.tasks.cancel(taskId, query['reason'] as string | undefined)
  if (ended) return jsonText(200, JSON.stringify({ taskId, name, status: 'cancelled' }))
  throw new TaskStateError(`task ${taskId} has settled already: it is ${await statusNow(service, task)}`)
}

async function statusNow({ tasks }: Service, { taskId, status }: TaskInfo): Promise<string> {
  return (await tasks.getTask(taskId))?.status ?? status
}

async function resultOf(service: Service, { task, query, request }: TaskRouteContext): Promise<PlainResponse> {
  const waitMs = query['waitMs'] as number
  if (settled.has(task.status) || waitMs === 0) return endAnswer(service, task)
  const waiting = service.watch.wait(task.taskId, waitMs, request.signal)
  try {
    // it may have settled between the look-up and now
    const now = await service.tasks.getTask(task.taskId)
    if (now === undefined || settled.has(now.status)) return endAnswer(service, now)
    await waiting.over
  } finally {
    waiting.stop()
  }
  return endAnswer(service, await service.tasks.getTask(task.taskId))
}

function endAnswer(service: Service, task: TaskInfo | undefined): PlainResponse {
  if (task === undefined) throw new HttpProblem('not-found', 'the task has ended and is kept no longer (keepResultMs)')
  const text = JSON.stringify(endOf(task, service.options))
  if (settled.has(task.status)) return jsonText(200, text)
  return jsonText(202, text, { 'retry-after': String(service.options.retryAfterSeconds) })
}
