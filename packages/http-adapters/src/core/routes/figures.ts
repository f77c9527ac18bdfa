// Figures of the whole: statistics, health, metrics, workers.
import { drainStateOf } from '../drain-state.ts'
import { jsonText, plainHeaders } from '../plain.ts'
import { serverHealth } from '../server-health.ts'
import type { RouteGroup } from '../route.ts'
import type { Schema } from '../schema.ts'
import type { Service } from '../service.ts'

const healthSchema: Schema = {
  type: 'object',
  required: ['healthy', 'live', 'ready', 'reasons'],
  properties: {
    healthy: { type: 'boolean', description: 'An idle system is healthy.' },
    live: { type: 'boolean' },
    ready: { type: 'boolean', description: 'Whether tasks are taken.' },
    reasons: { type: 'array', items: { type: 'string' }, description: 'One sentence for each thing that is wrong.' },
    queuePressure: { type: 'number' },
    errorRate: { type: 'number' },
    uptimeSeconds: { type: 'number' },
    totalTasksProcessed: { type: 'integer' },
  },
}

export function figureRoutes({ tasks, monitor }: Service): RouteGroup {
  const drain = drainStateOf(tasks)
  return {
    name: 'figures',
    description: 'How the whole is doing.',
    schemas: { Health: healthSchema },
    routes: [
      {
        method: 'GET',
        path: '/stats',
        action: 'read',
        operationId: 'getStatistics',
        summary: 'Statistics, in groups or flat',
        query: {
          shape: {
            type: 'string',
            enum: ['groups', 'flat'],
            default: 'groups',
            description: '`groups`: as `TaskMonitor.getStats()`; `flat`: as `tasks.getStats()`.',
          },
        },
        responses: { 200: { description: 'The figures of this moment.', schema: { type: 'object' } } },
        problems: [501],
        handle({ query }) {
          if (query['shape'] === 'flat') return jsonText(200, JSON.stringify(tasks.getStats()))
          return jsonText(200, JSON.stringify(monitor.source().getStats()))
        },
      },
      {
        method: 'GET',
        path: '/health',
        action: null,
        operationId: 'getHealth',
        summary: 'Whether all is well; for probes, so nobody is asked who they are',
        responses: {
          200: { description: 'All is well.', schema: { $ref: '#/components/schemas/Health' } },
          503: { description: 'Something is wrong.', schema: { $ref: '#/components/schemas/Health' } },
        },
        handle() {
          const { queuePressure, errorRate, uptimeSeconds, totalTasksProcessed } = tasks.getStats()
          const { healthy, live, ready, reasons } = serverHealth(monitor, drain)
          const figures = { queuePressure, errorRate, uptimeSeconds, totalTasksProcessed }
          return jsonText(healthy ? 200 : 503, JSON.stringify({ healthy, live, ready, reasons, ...figures }))
        },
      },
      {
        method: 'GET',
        path: '/metrics',
        action: 'read',
        operationId: 'getMetrics',
        summary: 'The figures as Prometheus reads them',
        responses: { 200: { description: 'Text format.', type: 'text/plain', schema: { type: 'string' } } },
        problems: [501],
        async handle() {
          const text = await monitor.prometheusText()
          return {
            status: 200,
            headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', ...plainHeaders },
            body: text,
          }
        },
      },
      {
        method: 'GET',
        path: '/workers',
        action: 'read',
        operationId: 'listWorkers',
        summary: 'What each worker does',
        responses: {
          200: {
            description: 'The workers.',
            schema: { type: 'object', properties: { workers: { type: 'array', items: { type: 'object' } } } },
          },
        },
        problems: [501],
        async handle() {
          const workers = await monitor.source().getWorkerDetails()
          return jsonText(200, JSON.stringify({ workers }))
        },
      },
    ],
  }
}
