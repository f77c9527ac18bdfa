// Schedules: what there is, holding them, and one run besides their slots.
import { jsonText } from '../plain.ts'
import type { PlainResponse } from '../plain.ts'
import { HttpProblem } from '../problem.ts'
import type { PlainRoute, RouteContext, RouteGroup } from '../route.ts'
import type { Schema } from '../schema.ts'
import type { Service } from '../service.ts'

interface Which {
  readonly id: string
}

type Schedule = NonNullable<ReturnType<Service['tasks']['getSchedule']>>

const lineSchema: Schema = {
  type: 'object',
  required: ['id', 'taskName', 'paused'],
  properties: {
    id: { type: 'string' },
    taskName: { type: 'string' },
    nextRunAt: { description: 'Epoch milliseconds; null while it is paused.' },
    lastSlotAt: {},
    submitted: { type: 'integer' },
    missed: { type: 'integer' },
    paused: { type: 'boolean' },
    lastError: { description: 'Why the latest submission was refused, or null.' },
  },
}
const lineRef: Schema = { $ref: '#/components/schemas/Schedule' }
/** In the body, since an id may be any text, and a path takes no slashes. */
const which: Schema = {
  type: 'object',
  required: ['id'],
  additionalProperties: false,
  properties: { id: { type: 'string', minLength: 1, maxLength: 500 } },
}

export function scheduleRoutes({ tasks }: Service): RouteGroup {
  const standing = { 200: { description: 'How the schedule stands now.', schema: lineRef } }
  const change = {
    method: 'POST',
    audited: true,
    responses: standing,
    body: which,
    targets,
    problems: [404, 415, 422],
  } as const
  return {
    name: 'schedules',
    description: 'Tasks that are submitted again and again.',
    schemas: { Schedule: lineSchema },
    routes: [
      {
        method: 'GET',
        path: '/schedules',
        action: 'read',
        operationId: 'listSchedules',
        summary: 'All schedules, and what they are doing',
        responses: {
          200: {
            description: 'All of them.',
            schema: {
              type: 'object',
              required: ['schedules'],
              properties: { schedules: { type: 'array', items: lineRef } },
            },
          },
        },
        handle: () => jsonText(200, JSON.stringify({ schedules: tasks.schedules.map(lineOf) })),
      },
      {
        ...change,
        path: '/schedules/pause',
        action: 'pause',
        operationId: 'pauseSchedule',
        summary: 'Submit nothing until it is resumed',
        handle: (context) => changed(context, (schedule) => schedule.pause()),
      },
      {
        ...change,
        path: '/schedules/resume',
        action: 'pause',
        operationId: 'resumeSchedule',
        summary: 'Go on with the first slot from now; slots in the pause are not made up for',
        handle: (context) => changed(context, (schedule) => schedule.resume()),
      },
      {
        ...change,
        path: '/schedules/run',
        // what is submitted is what the server would submit by itself: no more than another try, and so not `submit`,
        // which may be open to everybody for the tasks that are exposed
        action: 'retry',
        operationId: 'runSchedule',
        summary: 'Submit its task now, besides its slots',
        problems: [...change.problems, 429, 503],
        handle: (context) => changed(context, (schedule) => schedule.runNow()),
      },
    ],
  }

  function targets({ body }: RouteContext): ReturnType<NonNullable<PlainRoute['targets']>> {
    const { id: scheduleId } = body as Which
    const taskName = tasks.getSchedule(scheduleId)?.taskName
    return [taskName === undefined ? { scheduleId } : { scheduleId, taskName }]
  }
}

async function changed(
  { body, tasks }: RouteContext,
  change: (schedule: Schedule) => void | Promise<void>,
): Promise<PlainResponse> {
  const schedule = tasks.getSchedule((body as Which).id)
  if (schedule === undefined) throw new HttpProblem('not-found', 'there is no schedule with this id')
  await change(schedule)
  return jsonText(200, JSON.stringify(lineOf(schedule.info)))
}

function lineOf(schedule: Schedule['info']): object {
  return { ...schedule, lastError: schedule.lastError?.message ?? null }
}
