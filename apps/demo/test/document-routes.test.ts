// The routes of the design documents, with the bodies they print, the same on each framework.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTasks } from '@catzilla/api'
import { describe, expect, it, onTestFinished } from 'vitest'
import { MailServer } from '../src/mail/mail-server.ts'
import { startDemoServer } from '../src/server/demo-server.ts'
import { frameworkNames } from '../src/server/frameworks/frameworks.ts'

interface Server {
  readonly origin: string
  readonly outFolder: string
  readonly mailServer: MailServer
  post(this: void, path: string, body?: unknown): Promise<{ status: number; json: Record<string, unknown> }>
  get(this: void, path: string): Promise<{ status: number; json: Record<string, unknown> }>
  resultOf(this: void, id: unknown): Promise<unknown>
}

describe.each(frameworkNames)('on %s', (framework) => {
  async function started(): Promise<Server> {
    const tasks = createTasks({ engine: 'typescript' })
    const mailServer = new MailServer()
    const smtpPort = await mailServer.start()
    const outFolder = await mkdtemp(join(tmpdir(), 'catzilla-server-'))
    const { origin, shutdown } = await startDemoServer(tasks, { framework, port: 0, smtpPort, outFolder })
    onTestFinished(async () => {
      await shutdown()
      await mailServer.close()
      await rm(outFolder, { recursive: true })
    })
    async function ask(method: string, path: string, body?: unknown) {
      const sent = body === undefined ? {} : { body: JSON.stringify(body) }
      const response = await fetch(`${origin}${path}`, {
        method,
        ...sent,
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
      })
      return { status: response.status, json: (await response.json()) as Record<string, unknown> }
    }
    return {
      origin,
      outFolder,
      mailServer,
      post: (path, body) => ask('POST', path, body),
      get: (path) => ask('GET', path),
      resultOf: async (id) => (await ask('GET', `/tasks/${String(id)}/result?waitMs=30000`)).json['result'],
    }
  }

  it('POST /notify, with fields in the body or in the query', async () => {
    const { post, resultOf, mailServer } = await started()
    const { status, json } = await post('/notify', { user_id: 7, message: 'hello' })
    expect([status, json]).toEqual([200, { task_id: expect.any(String), status: 'scheduled', priority: 'high' }])
    expect(await resultOf(json['task_id'])).toBe('Notification sent to 7')
    expect(mailServer.receivedFor('user-7@example.org')).toHaveLength(1)
    const queried = await post('/notify?user_id=8&message=hi')
    expect(await resultOf(queried.json['task_id'])).toBe('Notification sent to 8')
  })

  it('POST /payment', async () => {
    const { post, resultOf, outFolder } = await started()
    const { json } = await post('/payment', { payment_id: 3, amount: 9.5 })
    expect(json).toEqual({ payment_task_id: expect.any(String) })
    expect(await resultOf(json['payment_task_id'])).toBe('Payment 3 of $9.5 processed')
    const entry: unknown = JSON.parse(await readFile(join(outFolder, 'payments.jsonl'), 'utf8'))
    expect(entry).toMatchObject({ paymentId: 3, amount: 9.5 })
  })

  it('POST /email/send, with the class by its name, or normal', async () => {
    const { post, get, resultOf, mailServer } = await started()
    const email = { recipient: 'a@example.org', subject: 'Hi', body: 'there', priority: 'critical' }
    const { json } = await post('/email/send', email)
    const expected = { recipient: 'a@example.org', priority: 'critical', status: 'scheduled' }
    expect(json).toEqual({ task_id: expect.any(String), ...expected })
    await resultOf(json['task_id'])
    expect(mailServer.receivedFor('a@example.org')).toMatchObject([{ subject: 'Hi', body: 'there' }])
    expect((await get(`/tasks/${String(json['task_id'])}`)).json['priority']).toBe('critical')
    const { priority: _, ...plain } = email
    expect((await post('/email/send', plain)).json['priority']).toBe('normal')
    const odd = await post('/email/send', { ...email, priority: 'whenever' })
    expect((await get(`/tasks/${String(odd.json['task_id'])}`)).json['priority']).toBe('normal')
  })

  it('POST /email/batch, urgent ones first', async () => {
    const { post, get } = await started()
    const email = { recipient: 'a@example.org', body: '' }
    const { json } = await post('/email/batch', [
      { ...email, subject: 'URGENT: now' },
      { ...email, subject: 'later' },
      { ...email, subject: 'not urgently' },
    ])
    expect(json).toEqual({
      batch_size: 3,
      task_ids: [expect.any(String), expect.any(String), expect.any(String)],
      estimated_completion: '0.3 seconds',
    })
    const classes = await Promise.all(
      (json['task_ids'] as string[]).map(async (id) => (await get(`/tasks/${id}`)).json['priority']),
    )
    expect(classes).toEqual(['high', 'normal', 'high'])
  })

  it('POST /data/process: each step gets what the one before made', async () => {
    const { post, get, resultOf } = await started()
    const { json } = await post('/data/process', { data_id: 4, raw_data: '{"values":[1,2,6]}' })
    expect(json).toEqual({
      pipeline_id: 'pipeline_4',
      tasks: { process: expect.any(String), analyze: expect.any(String), store: expect.any(String) },
      status: 'pipeline_scheduled',
    })
    const { process, analyze, store } = json['tasks'] as Record<string, string>
    expect(await resultOf(store)).toBe('Stored analysis for data_id 4')
    expect(await resultOf(analyze)).toEqual({ dataId: 4, mean: 3, count: 3 })
    const priorities = await Promise.all(
      [process, analyze, store].map(async (id) => (await get(`/tasks/${id ?? ''}`)).json['priority']),
    )
    expect(priorities).toEqual(['high', 'normal', 'low'])
  })

  it('POST /data/process: steps after one that failed fail as well', async () => {
    const { post, get } = await started()
    const { json } = await post('/data/process', { data_id: 4, raw_data: 'no json' })
    const { store } = json['tasks'] as Record<string, string>
    expect((await get(`/tasks/${store ?? ''}/result?waitMs=30000`)).json).toMatchObject({
      status: 'failed',
      error: { name: 'NonRetryableError', message: expect.stringContaining('gave no result') },
    })
  })

  it('POST /users/:userId/notify', async () => {
    const { post, resultOf } = await started()
    const { json } = await post('/users/42/notify', { message: 'hello' })
    expect(json).toEqual({ task_id: expect.any(String), status: 'queued' })
    expect(await resultOf(json['task_id'])).toBe('Notification sent to 42')
  })

  it('GET /tasks/stats, as either document prints it', async () => {
    const { get } = await started()
    const flat = (await get('/tasks/stats?shape=flat')).json
    expect(Object.entries(flat).map(([group, fields]) => [group, Object.keys(fields as object)])).toEqual([
      ['queue_stats', ['critical', 'high', 'normal', 'low', 'total_queued']],
      ['worker_stats', ['active_workers', 'idle_workers', 'total_workers', 'worker_utilization']],
      [
        'performance',
        ['tasks_per_second', 'avg_execution_time_ms', 'p95_execution_time_ms', 'memory_usage_mb', 'memory_efficiency'],
      ],
      ['system', ['c_acceleration', 'jemalloc_enabled', 'auto_scaling']],
    ])
    expect(flat['worker_stats']).toMatchObject({ worker_utilization: expect.stringMatching(/^\d+\.\d\d%$/) })
    const grouped = (await get('/tasks/stats')).json
    expect(Object.keys(grouped)).toEqual(['queue_metrics', 'worker_metrics', 'performance_metrics', 'error_metrics'])
    expect(Object.keys(grouped['performance_metrics'] as object)).toEqual([
      'tasks_per_second',
      'avg_execution_time_ms',
      'p95_execution_time_ms',
      'p99_execution_time_ms',
      'memory_usage_mb',
      'memory_efficiency',
    ])
  })

  it('GET /tasks/health', async () => {
    const { get } = await started()
    expect((await get('/tasks/health')).json).toEqual({
      healthy: expect.any(Boolean),
      queue_pressure: '0.00%',
      error_rate: '0.00%',
      uptime_seconds: expect.any(Number),
      total_tasks_processed: 0,
    })
  })

  it('says what is wrong with what it is sent', async () => {
    const { post } = await started()
    const { status, json } = await post('/notify', { user_id: 'seven' })
    expect(status).toBe(422)
    expect(json).toMatchObject({ detail: [{ path: 'user_id' }, { path: 'message' }] })
  })
})
