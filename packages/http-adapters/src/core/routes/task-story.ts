// One task in depth: what happened to it, why it runs where it runs, and the same again with other arguments.
import { UnknownTaskError, priorityNames } from '@catzilla/api'
import type { TaskInfo } from '@catzilla/api'
import { jsonText } from '../plain.ts'
import { HttpProblem } from '../problem.ts'
import type { RouteGroup } from '../route.ts'
import type { Service } from '../service.ts'
import { answerTaken, argsSchema, exposedTask, submit } from './submission.ts'

export function taskStoryRoutes(service: Service): RouteGroup {
  const { tasks, hub } = service
  return {
    name: 'task story',
    description: 'A task in depth.',
    routes: [
      {
        method: 'GET',
        path: '/:id/history',
        aboutTask: true,
        action: 'read',
        operationId: 'getTaskHistory',
        summary: 'What happened to a task, since somebody listens to events',
        responses: {
          200: {
            description: '`since`: steps before that moment are not known; null: nobody listens, and none are kept.',
            schema: { type: 'object', required: ['since', 'steps'] },
          },
        },
        problems: [404],
        handle({ task }) {
          const { history } = hub
          return jsonText(200, JSON.stringify({ since: history.since, steps: history.of(task.taskId) }))
        },
      },
      {
        method: 'GET',
        path: '/:id/lane',
        aboutTask: true,
        action: 'read',
        operationId: 'explainTaskLane',
        summary: 'Where tasks of this name run and why, and what keeps them from being compiled',
        responses: { 200: { description: 'As `task.explain()`.', schema: { type: 'object' } } },
        problems: [404],
        handle({ task }) {
          if (!tasks.taskNames.includes(task.name)) throw new HttpProblem('not-found', notDefined(task))
          const { lane, reason, native } = tasks.taskNamed(task.name).explain()
          const { compiled, reason: whyNative, blockers } = native
          const body = { lane, reason, native: { compiled, reason: whyNative, blockers } }
          return jsonText(200, JSON.stringify(body))
        },
      },
      {
        method: 'POST',
        path: '/:id/run',
        aboutTask: true,
        action: 'submit',
        audited: true,
        operationId: 'runTaskAgain',
        summary: 'Submit the same task with other arguments, as a new task',
        body: {
          type: 'object',
          required: ['args'],
          additionalProperties: false,
          properties: { args: argsSchema },
        },
        responses: {
          202: { description: 'Taken; `Location` is the new task.', schema: { $ref: '#/components/schemas/Accepted' } },
        },
        problems: [404, 409, 413, 415, 422, 429, 503],
        handle(context) {
          const { task, body, request } = context
          if (!tasks.taskNames.includes(task.name)) throw new UnknownTaskError(notDefined(task))
          const { args } = body as { readonly args: readonly unknown[] }
          const again = exposedTask(service, task.name).with({
            priority: priorityNames[task.priority],
            tags: [...task.tags],
          })
          return answerTaken(service, context, submit(again, args, request))
        },
      },
    ],
  }
}

function notDefined({ name }: TaskInfo): string {
  return `no task named ${JSON.stringify(name)} is defined in this process`
}
