// Events as they happen, as server-sent events.
import { engineEventTypes } from '@catzilla/api'
import { eventStreamHeaders } from '../plain.ts'
import type { RouteGroup } from '../route.ts'
import type { Service } from '../service.ts'

export function streamRoutes({ hub }: Service): RouteGroup {
  return {
    name: 'events',
    description: 'What happens, as it happens.',
    routes: [
      {
        method: 'GET',
        path: '/events',
        action: 'read',
        operationId: 'streamEvents',
        summary: 'Events as they happen; `Last-Event-ID` goes on after that one',
        query: {
          types: {
            type: 'array',
            items: { type: 'string', enum: engineEventTypes },
            description: 'One or more, with commas between; all by default.',
          },
          name: { type: 'string', minLength: 1, maxLength: 200, description: 'Of tasks with this name only.' },
          taskId: { type: 'string', minLength: 1, maxLength: 200, description: 'Of this task only.' },
        },
        headers: { 'Last-Event-ID': { type: 'string', description: 'The id of the last event that was seen.' } },
        responses: {
          200: { description: 'A stream without end.', type: 'text/event-stream', schema: { type: 'string' } },
        },
        problems: [400, 429, 503],
        handle({ query, request }) {
          const headers = eventStreamHeaders
          if (request.method === 'HEAD') return { status: 200, headers, body: null }
          const filter = {
            types: query['types'] as string[] | undefined,
            name: query['name'] as string | undefined,
            taskId: query['taskId'] as string | undefined,
          }
          const body = hub.open(filter, request)
          return { status: 200, headers, body }
        },
      },
    ],
  }
}
