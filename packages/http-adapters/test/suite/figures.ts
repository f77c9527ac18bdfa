// Figures of the whole, and the document that describes the routes.
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, it } from 'vitest'
import type { Cases } from './describe-adapter.ts'
import { everybody, stand } from './stand.ts'

const monitor = {
  getStats: () => ({ custom: 1 }),
  getWorkerDetails: () => [{ lane: 'inline', state: 'idle' }],
  health: () => ({ live: true, ready: false, healthy: false, reasons: ['the cat sleeps'] }),
}

export const figureCases: Cases = (edge, engine) => {
  const open = (options = {}) => stand(edge, { engine, ...everybody, ...options })

  it('tells statistics in groups, or flat', async () => {
    const { submit, end, get } = await open()
    await end(await submit('add', [1, 2]))
    const { json } = await get('/stats')
    expect(Object.keys(json)).toEqual(
      expect.arrayContaining(['queueMetrics', 'workerMetrics', 'performanceMetrics', 'errorMetrics', 'system']),
    )
    expect(json.system).toMatchObject({ engine, totalTasksProcessed: 1 })
    const flat = await get('/stats?shape=flat')
    expect(flat.json).toMatchObject({ engine, completedTasks: 1, totalQueued: 0, criticalQueueSize: 0 })
    expect((await get('/stats?shape=round')).status).toBe(400)
  })

  it('is healthy when idle', async () => {
    const { get } = await open()
    const { status, json } = await get('/health')
    expect(json).toMatchObject({ live: true, ready: true, totalTasksProcessed: 0 })
    // on a machine with much else to do the event loop may be late, which is no fault of an idle system
    const reasons = (json.reasons as string[]).filter((reason) => !reason.includes('event loop'))
    expect(reasons).toEqual([])
    expect(status).toBe(json.healthy === true ? 200 : 503)
  })

  it('says what is wrong: 503', async () => {
    const { get } = await open({ monitor })
    const { status, json } = await get('/health')
    expect([status, json.reasons]).toEqual([503, ['the cat sleeps']])
  })

  it('tells what each worker does', async () => {
    const { get } = await open({ monitor })
    expect((await get('/workers')).json).toEqual({ workers: [{ lane: 'inline', state: 'idle' }] })
  })

  it('tells figures of the monitor as Prometheus reads them, and its workers', async () => {
    const { submit, end, get, tasks } = await open()
    await end(await submit('add', [1, 2]))
    const { status, headers, text } = await get('/metrics')
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
    expect(text).toMatch(/^# TYPE catzilla_\w+ \w+$/m)
    const { json } = await get('/workers')
    const slots = Object.values(tasks.getStats().lanes).reduce((sum, lane) => sum + lane.slots, 0)
    expect(json.workers).toHaveLength(slots)
  })

  it('describes itself: a valid OpenAPI 3.1 document, with each route', async () => {
    const { get, url } = await open()
    const { json } = await get('/openapi.json')
    expect(await new Validator().validate(json)).toEqual({ valid: true })
    expect(json.openapi).toBe('3.1.0')
    expect(json.servers).toEqual([{ url: new URL(url).pathname }])
    expect(Object.keys(json.paths).toSorted()).toEqual(
      [
        '/',
        '/audit',
        '/cancel',
        '/failures',
        '/live',
        '/retry',
        '/rights',
        '/scaling',
        '/schedules',
        '/schedules/pause',
        '/schedules/resume',
        '/schedules/run',
        '/{id}/history',
        '/{id}/lane',
        '/{id}/run',
        '/batch',
        '/dashboard',
        '/dashboard/{rest}',
        '/events',
        '/health',
        '/metrics',
        '/openapi.json',
        '/drain',
        '/pause',
        '/resume',
        '/scale',
        '/undrain',
        '/stats',
        '/workers',
        '/workflows',
        '/workflows/runs',
        '/workflows/runs/{runId}',
        '/workflows/runs/{runId}/events',
        '/workflows/runs/{runId}/mermaid',
        '/workflows/runs/{runId}/pause',
        '/workflows/runs/{runId}/resume',
        '/workflows/runs/{runId}/retry',
        '/{id}',
        '/{id}/result',
        '/{id}/retry',
      ].toSorted(),
    )
  })
}
