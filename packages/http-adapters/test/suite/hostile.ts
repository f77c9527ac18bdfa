// What nobody means well who sends it.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import type { Cases } from './describe-adapter.ts'
import { rawRequest, statusOf } from './raw-request.ts'
import { everybody, stand } from './stand.ts'

export const hostileCases: Cases = (edge, engine) => {
  const open = (options = {}) => stand(edge, { engine, ...everybody, ...options })

  it.each([
    ['__proto__', '{"task":"echo","args":[{"__proto__":{"polluted":1}}]}'],
    ['__proto__ with escapes', String.raw`{"task":"echo","args":[{"\u005f_proto__":{"polluted":1}}]}`],
    ['constructor.prototype', '{"task":"echo","args":[{"constructor":{"prototype":{"polluted":1}}}]}'],
    ['__proto__ of the body', '{"task":"echo","__proto__":{"args":[1]}}'],
    ['__proto__ of the options', '{"task":"echo","options":{"metadata":{"__proto__":{"polluted":1}}}}'],
  ])('refuses keys that reach prototypes: %s', async (_, body) => {
    const { post, tasks } = await open()
    expect((await post('', body)).status).toBe(400)
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
    expect(tasks.getStats().submittedTasks).toBe(0)
  })

  it('takes the word constructor where it is only a word', async () => {
    const { submit, end } = await open()
    const args = [{ constructor: 'bricklayer', proto: '__proto__' }]
    expect((await end(await submit('echo', args))).json.result).toEqual(args)
  })

  it.each(['toString', '__proto__', 'constructor', 'hasOwnProperty'])('has no task named %s', async (task) => {
    const { post } = await open({ expose: [task] })
    expect((await post('', { task })).status).toBe(404)
  })

  it.each([
    '/tasks/%2e%2e/health',
    '/tasks/..%2fhealth',
    '/tasks/a%2fresult',
    '/tasks/a%5cb',
    '/tasks/a%00',
    '/tasks/a%0d%0aSet-Cookie:x=1',
    '/tasks/%zz',
    '/tasks/%c0%ae%c0%ae',
    '/tasks/dashboard/..%2f..%2fpackage.json',
    '/tasks/dashboard/%2e%2e/%2e%2e/package.json',
  ])('refuses the path %s', async (path) => {
    const { origin } = await open({ dashboard: import.meta.dirname })
    const answer = await rawRequest(origin, [`GET ${path} HTTP/1.1`])
    // servers on the Fetch standard have resolved dots before anybody sees the path
    expect([400, 404, answer.endsWith('elsewhere') ? 200 : 404]).toContain(statusOf(answer))
    expect(answer).not.toMatch(/set-cookie|"@catzilla/i)
  })

  it.each(['/tasks//health', '/tasks/health/', '/taskshealth', '/TASKS/health', '//tasks/health'])(
    'does not take %s for health',
    async (path) => {
      const { origin } = await open()
      const answer = await rawRequest(origin, [`GET ${path} HTTP/1.1`])
      expect(answer).not.toContain('"healthy"')
    },
  )

  it('writes no header that a client made up', async () => {
    const { post, origin } = await open()
    const answer = await rawRequest(origin, [
      'GET /tasks/x%0D%0AX-Evil:%201/result HTTP/1.1',
      'X-Forwarded-Prefix: //evil.example',
      'X-Forwarded-Host: evil.example',
    ])
    expect(answer).not.toMatch(/^x-evil/im)
    const { headers } = await post('', { task: 'echo' }, { 'x-forwarded-prefix': '//evil.example' })
    expect(headers.get('location')).toMatch(/^\/tasks\//)
  })

  it.each(['/tasks/d%61shboard/index.html', '/tasks/some-id/%72esult', '/tasks/some-id/histor%79'])(
    'knows what the table writes out by one spelling, so that a proxy can close it: not %s',
    async (path) => {
      const asked: string[] = []
      const authorize = (_: unknown, action: string): boolean => asked.push(action) > 0
      const { origin } = await open({ dashboard: import.meta.dirname, authorize })
      const answer = await rawRequest(origin, [`GET ${path} HTTP/1.1`])
      expect([statusOf(answer), asked]).toEqual([404, []])
    },
  )

  it('answers a body of a hundred thousand mistakes with fifty of them', async () => {
    const { post } = await open()
    const names = Array.from({ length: 60_000 }, (_, index) => `"${index}":1`).join()
    for (const body of [`{"task":"echo",${names}}`, `{"task":"echo","options":{${names}}}`]) {
      const { status, json, text } = await post('', body)
      expect([status, json.errors.length]).toEqual([422, 50])
      expect(text.length).toBeLessThan(50_000)
    }
    const query = Array.from({ length: 1000 }, (_, index) => `q${index}`).join('&')
    const { status, json } = await open().then(({ get }) => get(`/stats?${query}`))
    expect([status, json.errors.length]).toEqual([400, 50])
  })

  it('takes a thousand arguments, and no more than the stack holds', async () => {
    const { post, submit, end } = await open()
    const many = Array.from({ length: 1000 }, () => 1)
    expect((await end(await submit('echo', many))).json.result).toEqual(many)
    const flood = `[${'1,'.repeat(400_000)}1]`
    const taskId = await submit('echo')
    expect((await post('', `{"task":"echo","args":${flood}}`)).status).toBe(422)
    expect((await post('/batch', `{"task":"echo","argsList":[${flood}]}`)).status).toBe(422)
    expect((await post(`/${taskId}/run`, `{"args":${flood}}`)).status).toBe(422)
  })

  it('keeps nothing large of what was asked of many tasks', async () => {
    const { post } = await open()
    for (const tags of [['x'.repeat(201)], Array.from({ length: 51 }, () => 'x')]) {
      expect((await post('/cancel', { filter: { tags } })).status).toBe(422)
    }
    const status = Array.from({ length: 9 }, () => 'failed')
    expect((await post('/retry', { filter: { status } })).status).toBe(422)
  })

  it('bounds bodies whose length is announced: 413, and goes on', async () => {
    const { post, tasks } = await open({ maxBodyBytes: 1000 })
    const { status, json } = await post('', { task: 'echo', args: ['x'.repeat(1000)] })
    expect([status, json.type]).toEqual([413, 'urn:catzilla:problem:too-large'])
    expect((await post('', { task: 'echo', args: ['x'.repeat(900)] })).status).toBe(202)
    expect(tasks.getStats().submittedTasks).toBe(1)
  })

  it('bounds bodies whose length is not announced', async () => {
    const { origin } = await open({ maxBodyBytes: 1000 })
    const chunk = `400\r\n${'x'.repeat(0x400)}\r\n`
    const lines = ['POST /tasks HTTP/1.1', 'Content-Type: application/json', 'Transfer-Encoding: chunked']
    expect(statusOf(await rawRequest(origin, lines, `${chunk}${chunk}0\r\n\r\n`))).toBe(413)
  })

  it('takes bodies in pieces', async () => {
    const { origin } = await open()
    const lines = ['POST /tasks HTTP/1.1', 'Content-Type: application/json', 'Transfer-Encoding: chunked']
    const answer = await rawRequest(origin, lines, '8\r\n{"task":\r\n7\r\n"echo"}\r\n0\r\n\r\n')
    expect(statusOf(answer)).toBe(202)
  })

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-16',
    'application/jsonp',
    '',
  ])('takes JSON only, not %j: 415', async (type) => {
    const { post, send, tasks } = await open()
    const { status, headers } = await post('', { task: 'echo' }, { 'content-type': type })
    expect([status, headers.get('accept')]).toEqual([415, 'application/json'])
    expect((await send('POST', '/some-id/retry', '', { 'content-type': type })).status).toBe(415)
    expect(tasks.getStats().submittedTasks).toBe(0)
  })

  it.each(['application/json', 'Application/JSON; charset=UTF-8', 'application/json;charset="utf-8"'])(
    'takes %s',
    async (type) => {
      const { post } = await open()
      expect((await post('', { task: 'echo' }, { 'content-type': type })).status).toBe(202)
    },
  )

  it('takes no compressed bodies', async () => {
    const { post } = await open()
    expect((await post('', { task: 'echo' }, { 'content-encoding': 'gzip' })).status).toBe(415)
  })

  it.each([
    ['cut off', '{"task":'],
    ['followed by more', '{"task":"echo"}}'],
    ['too deep', `{"task":"echo","args":[${'['.repeat(100)}${']'.repeat(100)}]}`],
  ])('refuses JSON that is %s: 400', async (_, body) => {
    const { post } = await open()
    const { status, json } = await post('', body)
    expect([status, json.type]).toEqual([400, 'urn:catzilla:problem:malformed-request'])
  })

  it('refuses bodies that are no UTF-8', async () => {
    const { url } = await open()
    const body = Uint8Array.of(0x22, 0xc3, 0x28, 0x22)
    const headers = { 'content-type': 'application/json' }
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(400)
  })

  it('answers 405 with the methods there are, and changes nothing by GET', async () => {
    const { send, tasks } = await open()
    const answer = await send('PUT', '/stats', {})
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    for (const path of ['/pause', '/resume', '/drain', '/undrain', '/scale', '/x/retry', '/batch']) {
      const { status, headers } = await send('GET', path)
      expect([status, status === 404 ? 'POST' : headers.get('allow')]).toEqual([expect.any(Number), 'POST'])
      expect([404, 405]).toContain(status)
    }
    expect(tasks.getStats().submittedTasks).toBe(0)
  })

  it('lets no cache keep an answer, and no browser guess its type', async () => {
    const { get } = await open()
    for (const path of ['/stats', '/health', '/nope']) {
      const { headers } = await get(path)
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    }
  })

  it('shows nothing of its own faults, and tells them to who runs the server', async () => {
    const faults: unknown[] = []
    const hear = (fault: unknown): unknown => faults.push(fault)
    subscribe('catzilla:http:fault', hear)
    onTestFinished(() => void unsubscribe('catzilla:http:fault', hear))
    const monitor = {
      getStats: () => ({}),
      getWorkerDetails: () => {
        throw new Error('secret of the house')
      },
      health: () => ({ live: true, ready: true, healthy: true, reasons: [] }),
    }
    const { get } = await open({ monitor })
    const { status, text } = await get('/workers')
    expect(status).toBe(500)
    expect(text).not.toMatch(/secret|\.ts:/)
    const error = expect.objectContaining({ message: 'secret of the house' })
    expect(faults).toContainEqual(expect.objectContaining({ error, method: 'GET', path: '/workers' }))
  })

  it('survives clients that leave in the middle of a body', async () => {
    const { origin, get } = await open()
    const { hostname, port } = new URL(origin)
    const socket = connect(Number(port), hostname)
    const head = ['POST /tasks HTTP/1.1', 'Host: x', 'Content-Type: application/json', 'Content-Length: 1000']
    socket.write([...head, '', '{"task":'].join('\r\n'), () => socket.resetAndDestroy())
    await once(socket, 'close')
    expect((await get('/stats')).status).toBe(200)
  })
}
