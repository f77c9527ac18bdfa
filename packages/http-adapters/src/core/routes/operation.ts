// What a person at the dashboard asks for besides: what may be done here, and what was decided, done and failed.
import { rightsOf } from '../authorization.ts'
import { drainStateOf } from '../drain-state.ts'
import { groupFailures } from '../failure-groups.ts'
import { jsonText } from '../plain.ts'
import type { PlainResponse } from '../plain.ts'
import type { RouteGroup } from '../route.ts'
import type { Schema } from '../schema.ts'
import type { Service } from '../service.ts'
import { serverHealth } from '../server-health.ts'
import { eachTask } from '../task-search.ts'

const list = (field: string): Schema => ({
  type: 'object',
  required: [field],
  properties: { [field]: { type: 'array', items: { type: 'object' } } },
})

export function operationRoutes(service: Service): RouteGroup {
  const { tasks, monitor, audit, options } = service
  const drain = drainStateOf(tasks)
  return {
    name: 'operation',
    description: 'What whoever runs the tasks wants to know.',
    routes: [
      {
        method: 'GET',
        path: '/live',
        action: 'read',
        operationId: 'getLiveFigures',
        summary:
          'All figures of one moment: statistics in groups and flat, whether it is drained, and health, which is 200 here however it is',
        responses: { 200: { description: 'The figures.', schema: { type: 'object' } } },
        problems: [501],
        handle() {
          const stats = monitor.source().getStats()
          const [flat, health] = [tasks.getStats(), serverHealth(monitor, drain)]
          return json({ at: Date.now(), stats, flat, health, draining: drain.asked })
        },
      },
      {
        method: 'GET',
        path: '/rights',
        action: 'read',
        operationId: 'getRights',
        summary: 'What the client may do here, which tasks it may submit, and whether there are workflows',
        responses: { 200: { description: 'By action.', schema: { type: 'object' } } },
        async handle({ request }) {
          const rights = await rightsOf(request, options)
          const exposed = tasks.taskNames.filter((name) => options.expose.has(name)).toSorted()
          const workflows = options.workflows !== undefined
          return json({ ...rights, tasks: rights.submit ? exposed : [], workflows })
        },
      },
      {
        method: 'GET',
        path: '/scaling',
        action: 'read',
        operationId: 'listScalingDecisions',
        summary: 'The latest changes of the number of workers by the auto-scaler, and the figures that led to them',
        responses: { 200: { description: 'The newest first.', schema: list('decisions') } },
        problems: [501],
        handle() {
          const { autoScaling = false, scalingDecisions = [] } = monitor.source()
          return json({ autoScaling, decisions: scalingDecisions.toReversed() })
        },
      },
      {
        method: 'GET',
        path: '/failures',
        action: 'read',
        operationId: 'listFailures',
        summary: 'Failed tasks, grouped by name and by error without what differs from one to the next',
        responses: { 200: { description: 'The largest groups first.', schema: list('groups') } },
        async handle() {
          return json(await groupFailures(eachTask(tasks, { status: 'failed' }), options))
        },
      },
      {
        method: 'GET',
        path: '/audit',
        action: 'read',
        operationId: 'listChanges',
        summary: 'What was changed over HTTP, and from where',
        responses: { 200: { description: 'The newest first.', schema: list('entries') } },
        handle: () => json({ entries: audit.entries }),
      },
    ],
  }
}

function json(data: object): PlainResponse {
  return jsonText(200, JSON.stringify(data))
}
