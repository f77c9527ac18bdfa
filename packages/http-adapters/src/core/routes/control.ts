// Holding the whole, or tasks of a name, taking nothing new, and changing how many workers there are.
import type { BackgroundTasks } from '@catzilla/api'
import { drainStateOf } from '../drain-state.ts'
import { jsonText } from '../plain.ts'
import type { PlainResponse } from '../plain.ts'
import type { RouteContext, RouteGroup } from '../route.ts'
import type { Schema } from '../schema.ts'

interface Named {
  readonly name?: string
}

const named: Schema = {
  type: 'object',
  additionalProperties: false,
  properties: { name: { type: 'string', minLength: 1, maxLength: 200, description: 'Of a task; all by default.' } },
}

const scale: Schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    workers: { type: 'integer', minimum: 1, maximum: 4096 },
    inlineConcurrency: { type: 'integer', minimum: 1, maximum: 1_000_000 },
    reason: { type: 'string', maxLength: 500 },
  },
}

const left: Schema = {
  type: 'object',
  properties: {
    draining: { type: 'boolean' },
    queued: { type: 'integer' },
    scheduled: { type: 'integer', description: 'With those that wait to be tried again.' },
    running: { type: 'integer' },
  },
}

export function controlRoutes(): RouteGroup {
  return {
    name: 'control',
    description: 'Pausing, draining and scaling.',
    routes: [
      {
        method: 'POST',
        path: '/pause',
        action: 'pause',
        audited: true,
        operationId: 'pauseTasks',
        summary: 'Start nothing more; what runs goes on',
        body: named,
        responses: { 200: { description: 'Paused.', schema: { type: 'object' } } },
        problems: [404, 415, 422],
        targets,
        async handle({ tasks, body }) {
          const { name } = body as Named
          await tasks.pause(name)
          return jsonText(200, JSON.stringify({ paused: true, name: name ?? null }))
        },
      },
      {
        method: 'POST',
        path: '/resume',
        action: 'pause',
        audited: true,
        operationId: 'resumeTasks',
        summary: 'End the pause',
        body: named,
        responses: { 200: { description: 'Resumed.', schema: { type: 'object' } } },
        problems: [404, 415, 422],
        targets,
        async handle({ tasks, body }) {
          const { name } = body as Named
          await tasks.resume(name)
          return jsonText(200, JSON.stringify({ paused: false, name: name ?? null }))
        },
      },
      {
        method: 'POST',
        path: '/drain',
        action: 'pause',
        audited: true,
        operationId: 'drainTasks',
        summary: 'Take nothing new over HTTP, and say by health that this server is not ready; what was taken ends',
        responses: { 200: { description: 'What is left.', schema: left } },
        handle({ tasks }) {
          drainStateOf(tasks).ask()
          return whatIsLeft(tasks)
        },
      },
      {
        method: 'POST',
        path: '/undrain',
        action: 'pause',
        audited: true,
        operationId: 'undrainTasks',
        summary: 'Take tasks again',
        responses: { 200: { description: 'What is there.', schema: left } },
        handle({ tasks }) {
          drainStateOf(tasks).takeBack()
          return whatIsLeft(tasks)
        },
      },
      {
        method: 'POST',
        path: '/scale',
        action: 'scale',
        audited: true,
        operationId: 'scaleWorkers',
        summary: 'Change the number of workers, or of slots of the event loop',
        body: scale,
        responses: { 200: { description: 'What was asked for.', schema: scale } },
        problems: [415, 422, 501],
        async handle({ tasks, body }) {
          await tasks.scale(body as object)
          return jsonText(200, JSON.stringify(body))
        },
      },
    ],
  }
}

function whatIsLeft(tasks: BackgroundTasks): PlainResponse {
  const { totalQueued, scheduledTasks, runningTasks } = tasks.getStats()
  const { asked } = drainStateOf(tasks)
  const answer = { draining: asked, queued: totalQueued, scheduled: scheduledTasks, running: runningTasks }
  return jsonText(200, JSON.stringify(answer))
}

function targets({ body }: RouteContext): readonly [{ readonly taskName?: string }] {
  const { name } = body as Named
  return [name === undefined ? {} : { taskName: name }]
}
