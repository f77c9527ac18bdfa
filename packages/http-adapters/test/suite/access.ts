// Who may do what: closed until opened, asked for each route with its action, and nothing for pages of other sites.
import { expect, it } from 'vitest'
import type { Cases } from './describe-adapter.ts'
import { rawRequest, statusOf } from './raw-request.ts'
import { everybody, exposed, stand } from './stand.ts'

/** A route, and the action that `authorize` is asked about. */
interface Asked {
  readonly method: string
  readonly path: string
  readonly action: string
  readonly body?: { readonly task?: string; readonly name?: string; readonly [field: string]: unknown }
}

/** Every route that is not health. */
const routes: readonly Asked[] = [
  { method: 'GET', path: '/stats', action: 'read' },
  { method: 'GET', path: '/metrics', action: 'read' },
  { method: 'GET', path: '/workers', action: 'read' },
  { method: 'GET', path: '/events', action: 'read' },
  { method: 'GET', path: '', action: 'read' },
  { method: 'GET', path: '/some-id', action: 'read' },
  { method: 'GET', path: '/some-id/result', action: 'read' },
  { method: 'GET', path: '/openapi.json', action: 'read' },
  { method: 'POST', path: '', action: 'submit', body: { task: 'add', args: [1, 2] } },
  { method: 'POST', path: '/batch', action: 'submit', body: { task: 'add', argsList: [[1, 2]] } },
  { method: 'DELETE', path: '/some-id', action: 'cancel' },
  { method: 'POST', path: '/some-id/retry', action: 'retry', body: {} },
  { method: 'POST', path: '/pause', action: 'pause', body: { name: 'add' } },
  { method: 'POST', path: '/resume', action: 'pause', body: {} },
  { method: 'POST', path: '/drain', action: 'pause', body: {} },
  { method: 'POST', path: '/undrain', action: 'pause', body: {} },
  { method: 'POST', path: '/scale', action: 'scale', body: { inlineConcurrency: 1 } },
  { method: 'GET', path: '/live', action: 'read' },
  { method: 'GET', path: '/scaling', action: 'read' },
  { method: 'GET', path: '/schedules', action: 'read' },
  { method: 'POST', path: '/schedules/pause', action: 'pause', body: { id: 'none' } },
  { method: 'POST', path: '/schedules/resume', action: 'pause', body: { id: 'none' } },
  { method: 'POST', path: '/schedules/run', action: 'retry', body: { id: 'none' } },
  { method: 'GET', path: '/workflows', action: 'read' },
  { method: 'GET', path: '/workflows/runs', action: 'read' },
  { method: 'GET', path: '/workflows/runs/some-id', action: 'read' },
  { method: 'GET', path: '/workflows/runs/some-id/mermaid', action: 'read' },
  { method: 'GET', path: '/workflows/runs/some-id/events', action: 'read' },
  { method: 'POST', path: '/workflows/runs/some-id/pause', action: 'pause', body: {} },
  { method: 'POST', path: '/workflows/runs/some-id/resume', action: 'pause', body: {} },
  { method: 'POST', path: '/workflows/runs/some-id/retry', action: 'retry', body: {} },
  { method: 'DELETE', path: '/workflows/runs/some-id', action: 'cancel' },
  { method: 'GET', path: '/failures', action: 'read' },
  { method: 'GET', path: '/audit', action: 'read' },
  { method: 'GET', path: '/rights', action: 'read' },
  { method: 'GET', path: '/some-id/history', action: 'read' },
  { method: 'GET', path: '/some-id/lane', action: 'read' },
  { method: 'POST', path: '/some-id/run', action: 'submit', body: { args: [] } },
  { method: 'POST', path: '/cancel', action: 'cancel', body: { filter: {} } },
  { method: 'POST', path: '/retry', action: 'retry', body: { filter: {} } },
  { method: 'GET', path: '/dashboard', action: 'dashboard' },
  { method: 'GET', path: '/dashboard/app.js', action: 'dashboard' },
]

export const accessCases: Cases = (edge, engine) => {
  it.each(routes)('asks who may $method $path: $action', async ({ method, path, action, body }) => {
    const asked: unknown[] = []
    const { send, tasks } = await stand(edge, {
      engine,
      expose: exposed,
      authorize(header, what, target) {
        asked.push([header('x-user'), what, target.taskId ?? target.taskName])
        return false
      },
    })
    const { status, json } = await send(method, path, body, { 'x-user': 'tom' })
    expect([status, json.type]).toEqual([403, 'urn:catzilla:problem:forbidden'])
    const target = path.startsWith('/some-id') ? 'some-id' : (body?.task ?? body?.name)
    expect(asked).toEqual([['tom', action, target]])
    expect(tasks.getStats().submittedTasks).toBe(0)
  })

  it('hands the task over, so that its tags can say whose it is', async () => {
    const { submit, get } = await stand(edge, {
      engine,
      expose: exposed,
      authorize: (header, action, { task }) => action === 'submit' || task?.tags[0] === header('x-user'),
    })
    const taskId = await submit('echo', [], { tags: ['tom'] })
    expect((await get(`/${taskId}`, { 'x-user': 'tom' })).status).toBe(200)
    expect((await get(`/${taskId}`, { 'x-user': 'jerry' })).status).toBe(403)
  })

  it('answers 401 and says how to authenticate', async () => {
    const { get } = await stand(edge, {
      engine,
      authorize: () => 'unauthenticated',
      wwwAuthenticate: 'Basic realm="x"',
    })
    const { status, headers } = await get('/stats')
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Basic realm="x"'])
  })

  it('waits for an authorize that answers later, and takes anything but true for a no', async () => {
    const { get } = await stand(edge, { engine, authorize: async () => true })
    expect((await get('/stats')).status).toBe(200)
    const { get: getToo } = await stand(edge, { engine, authorize: (() => 'yes') as never })
    expect((await getToo('/stats')).status).toBe(403)
  })

  it('lets nobody in when authorize throws, and tells nothing of why', async () => {
    const { get } = await stand(edge, {
      engine,
      authorize() {
        throw new Error('database at 10.0.0.7 is down')
      },
    })
    const { status, text } = await get('/stats')
    expect(status).toBe(500)
    expect(text).not.toContain('10.0.0.7')
  })

  it('answers health to anybody, whatever authorize says', async () => {
    const { get } = await stand(edge, { engine, authorize: () => false })
    expect((await get('/health')).json).toMatchObject({ live: true })
  })

  it('without authorize lets this machine read, and nobody change anything', async () => {
    const { get, post, send } = await stand(edge, { engine, expose: exposed })
    expect((await get('/stats')).status).toBe(200)
    expect((await get('')).status).toBe(200)
    for (const answer of [await post('', { task: 'echo' }), await post('/pause', {}), await send('DELETE', '/x')]) {
      expect([answer.status, answer.json.type]).toEqual([403, 'urn:catzilla:problem:no-authorize'])
      expect(answer.json.remedy).toContain('authorize')
    }
  })

  it('opens everything to this machine, when that is asked for, and to nobody else', async () => {
    const { submit, end, post } = await stand(edge, { engine, expose: exposed, authorize: 'this-machine' })
    expect((await end(await submit('add', [1, 2]))).json.result).toBe(3)
    expect((await post('', { task: 'echo' }, { 'x-forwarded-for': '203.0.113.9' })).status).toBe(403)
  })

  it('takes a name that leads here for somebody else', async () => {
    const { origin } = await stand(edge, { engine })
    const answer = await rawRequest(origin, ['GET /tasks/stats HTTP/1.1'], '', 'rebound.example')
    expect(statusOf(answer)).toBe(403)
  })

  it.each([
    ['x-forwarded-for', '203.0.113.9'],
    ['forwarded', 'for=203.0.113.9'],
    ['x-forwarded-proto', 'https'],
    ['x-real-ip', '203.0.113.9'],
    ['cf-connecting-ip', '203.0.113.9'],
    ['via', '1.1 proxy'],
  ])('without authorize answers nothing but health to what a proxy passes on: %s', async (name, value) => {
    const { get } = await stand(edge, { engine })
    expect((await get('/stats', { [name]: value })).status).toBe(403)
    expect((await get('/health', { [name]: value })).json).toMatchObject({ live: true })
  })

  it.each([
    ['another origin', { origin: 'https://evil.example' }, 403],
    ['no origin that can be named', { origin: 'null' }, 403],
    ['a page of another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['another site of the same domain', { 'sec-fetch-site': 'same-site' }, 403],
    ['a page of its own', { 'sec-fetch-site': 'same-origin' }, 202],
    ['a friend', { origin: 'https://friend.example' }, 202],
    ['no browser', {}, 202],
  ])('answers submissions of %s', async (_, headers, expected) => {
    const { post } = await stand(edge, { engine, ...everybody, allowedOrigins: ['https://friend.example'] })
    expect((await post('', { task: 'echo' }, headers as Record<string, string>)).status).toBe(expected)
  })

  it('goes by what a browser says of two origins, not by names that are the same', async () => {
    const { post, origin } = await stand(edge, { engine, ...everybody })
    const { status } = await post('', { task: 'echo' }, { origin, 'sec-fetch-site': 'cross-site' })
    expect(status).toBe(403)
  })

  it.each([{}, { authorize: 'this-machine' } as const])(
    'where nobody is asked, keeps pages of other sites from holding streams and polls open: %j',
    async (options) => {
      const { get, origin } = await stand(edge, { engine, ...options })
      const page = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }
      for (const path of ['/events', '/stats', '/some-id/result?waitMs=1000']) {
        expect((await get(path, page)).status).toBe(403)
      }
      expect((await get('/stats', { 'sec-fetch-site': 'same-origin' })).status).toBe(200)
      const link = ['GET /tasks/stats HTTP/1.1', 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate']
      expect(statusOf(await rawRequest(origin, link))).toBe(200)
    },
  )

  it('answers submissions of its own origin, also behind a proxy that says its name', async () => {
    const { post, origin } = await stand(edge, { engine, ...everybody })
    expect((await post('', { task: 'echo' }, { origin })).status).toBe(202)
    const headers = { origin: 'https://shop.example', 'x-forwarded-host': 'shop.example' }
    expect((await post('', { task: 'echo' }, headers)).status).toBe(202)
  })
}
