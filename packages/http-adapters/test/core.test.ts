// Parts of the core that the suite does not reach by a socket.
import { EngineUnavailableError, createTasks } from '@catzilla/api'
import type { BackgroundTasks, EngineStatistics } from '@catzilla/api'
import { createTaskHttp } from '@catzilla/http-adapters'
import type { PlainRequest, RouteGroup, TaskRoutesOptions } from '@catzilla/http-adapters'
import { Validator } from '@seriousme/openapi-schema-validator'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { EventHub } from '../src/core/event-hub.ts'
import { toJsonData } from '../src/core/json.ts'
import { OptionalMonitor } from '../src/core/monitor.ts'
import { HttpProblem } from '../src/core/problem.ts'
import { resolveRoutesOptions } from '../src/core/options.ts'
import { RememberedKeys } from '../src/core/remembered-keys.ts'
import { Router } from '../src/core/router.ts'
import { issuesOf, readQuery } from '../src/core/schema.ts'

function tasksForTest(): BackgroundTasks {
  const tasks = createTasks({ engine: 'typescript' })
  onTestFinished(async () => void (await tasks.shutdown({ waitForCompletion: false, timeoutMs: 0 })))
  return tasks
}

function request(method: string, path: string, headers: Readonly<Record<string, string>> = {}): PlainRequest {
  return {
    method,
    path,
    query: '',
    base: '/tasks',
    remoteAddress: '127.0.0.1',
    hangUp: undefined,
    signal: new AbortController().signal,
    original: undefined,
    header: (name) => ({ host: 'localhost', ...headers })[name],
    readBody: async () => ({ bytes: new Uint8Array() }),
  }
}

describe('options', () => {
  test.each<[string, unknown, string]>([
    ['path', 'tasks', 'path accepts a path such as \'/tasks\', got "tasks"'],
    ['publicPath', '//evil.example', 'publicPath accepts a path'],
    ['path', '/a/../b', 'a path must not climb'],
    ['expose', [1], 'expose accepts an array of tasks or their names'],
    ['authorize', true, "authorize accepts a function or 'this-machine'"],
    ['allowedOrigins', ['*'], 'allowedOrigins accepts an array of origins'],
    ['wwwAuthenticate', 'Basic\r\nX: 1', 'wwwAuthenticate accepts a header value without line breaks'],
    ['maxBodyBytes', 0, 'maxBodyBytes accepts an integer ≥ 1'],
    ['maxBodyByte', 1, 'did you mean maxBodyBytes?'],
  ])('%s: %j is refused', (name, value, message) => {
    const options = { [name]: value } as TaskRoutesOptions
    expect(() => createTaskHttp(tasksForTest(), options)).toThrow(message)
  })
})

test('faults are told on stderr, at most one a second, however many clients cause them', async () => {
  const lines: string[] = []
  vi.spyOn(console, 'error').mockImplementation((line: string) => lines.push(line))
  onTestFinished(() => void vi.restoreAllMocks())
  vi.useFakeTimers({ toFake: ['performance'], now: performance.now() + 10_000 })
  onTestFinished(() => void vi.useRealTimers())
  const authorize = (): never => {
    throw new Error('no database')
  }
  const http = createTaskHttp(tasksForTest(), { authorize })
  for (let times = 0; times < 100; times++) expect((await http.handle(request('GET', '/stats'))).status).toBe(500)
  expect(lines).toEqual(['@catzilla/http-adapters: GET /stats failed:'])
  vi.advanceTimersByTime(1000)
  await http.handle(request('GET', '/live'))
  expect(lines[1]).toContain('GET /live failed (and 99 faults that were not told since the last one)')
})

test('a client that left while somebody was asked about it holds no place among the streams', () => {
  const hub = new EventHub(tasksForTest(), resolveRoutesOptions({ maxStreams: 1 }))
  onTestFinished(() => hub.close())
  const everything = { types: undefined, name: undefined, taskId: undefined }
  const client = { hangUp: undefined, header: () => undefined }
  for (let times = 0; times < 3; times++) hub.open(everything, { ...client, signal: AbortSignal.abort() })
  expect(hub.clients).toBe(0)
  hub.open(everything, { ...client, signal: new AbortController().signal })
  expect(hub.clients).toBe(1)
})

test.each([
  ['//evil.example', '/evil.example/'],
  ['/shop/tasks', '/shop/tasks/'],
])('where the mount is %s, addresses begin with %s', async (base, begins) => {
  const tasks = tasksForTest()
  tasks.task({ name: 'noop' }, () => {})
  const http = createTaskHttp(tasks, { expose: ['noop'], authorize: () => true })
  const bytes = new TextEncoder().encode('{"task":"noop"}')
  const sent = { ...request('POST', '/', { 'content-type': 'application/json' }), base, readBody: () => ({ bytes }) }
  const { status, headers } = await http.handle(sent)
  expect([status, headers['location']?.startsWith(begins)]).toEqual([202, true])
})

describe('without @catzilla/monitor', () => {
  const notInstalled = Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
  const figures = { queuePressure: 0, errorRate: 0, totalTasksProcessed: 0 }

  function monitorless(stats: Partial<typeof figures> = {}): OptionalMonitor {
    const tasks = {
      getStats: () => ({ ...figures, ...stats }) as EngineStatistics,
      get monitor(): never {
        throw new EngineUnavailableError('tasks.monitor needs @catzilla/monitor')
      },
    }
    return new OptionalMonitor(tasks, undefined, () => Promise.reject(notInstalled))
  }

  test('its figures are 501, and say what to install', async () => {
    expect(() => monitorless().source()).toThrow('npm install @catzilla/monitor')
    await expect(monitorless().prometheusText()).rejects.toMatchObject({ kind: 'not-installed' })
    await expect(monitorless().dashboardFolder()).rejects.toMatchObject({ kind: 'not-installed' })
  })

  test('health goes by the figures of the engine', () => {
    expect(monitorless().health()).toEqual({ live: true, ready: true, healthy: true, reasons: [] })
    expect(monitorless({ queuePressure: 1 }).health()).toMatchObject({
      ready: false,
      reasons: ['the queue is 100 % full'],
    })
    const failing = monitorless({ errorRate: 0.02, totalTasksProcessed: 100 })
    expect(failing.health()).toMatchObject({ healthy: false, reasons: ['2.0 % of the tasks failed'] })
  })
})

describe('groups of other packages', () => {
  const group: RouteGroup = {
    name: 'workflows',
    description: 'Runs of workflows.',
    routes: [
      {
        method: 'GET',
        path: '/workflows/:run',
        action: 'read',
        operationId: 'getRun',
        summary: 'A run',
        responses: { 200: { description: 'The run.' } },
        handle: ({ params }) => ({ status: 200, headers: {}, body: params['run'] ?? '' }),
      },
    ],
  }

  test('are answered, guarded and documented as ours are', async () => {
    const http = createTaskHttp(tasksForTest(), { groups: [group] })
    expect((await http.handle(request('GET', '/workflows/w-1'))).body).toBe('w-1')
    const stranger = request('GET', '/workflows/w-1', { 'x-forwarded-for': '203.0.113.9' })
    expect((await http.handle(stranger)).status).toBe(403)
    const { body } = await http.handle(request('GET', '/openapi.json'))
    const document = JSON.parse(body as string) as {
      paths: Record<string, unknown>
    }
    expect(Object.keys(document.paths)).toContain('/workflows/{run}')
    expect(await new Validator().validate(document)).toEqual({ valid: true })
  })

  test('cannot answer what is answered already', () => {
    const twice = { ...group, routes: [...group.routes, ...group.routes] }
    expect(() => createTaskHttp(tasksForTest(), { groups: [twice] })).toThrow('two routes answer GET /workflows/:run')
  })
})

describe('the router', () => {
  test('never takes an id for a route that is written out', () => {
    const handle = () => ({ status: 200, headers: {}, body: '' })
    const route = (path: string) =>
      ({ method: 'GET', path, action: null, operationId: path, summary: '', responses: {}, handle }) as const
    const router = new Router([route('/:id'), route('/stats'), route('/:id/result'), route('/files/*')])
    const found = (path: string): string => router.find('GET', path).route.path
    expect(['/stats', '/x', '/x/result', '/files/a/b', '/files/'].map(found)).toEqual([
      '/stats',
      '/:id',
      '/:id/result',
      '/files/*',
      '/files/*',
    ])
  })

  test('gives parts of a path as they were before they were encoded, or refuses them', () => {
    const handle = () => ({ status: 200, headers: {}, body: '' })
    const route = { method: 'GET', path: '/:id', action: null, operationId: 'x', summary: '', responses: {}, handle }
    const router = new Router([route as never])
    const found = (id: string): string | undefined => {
      try {
        return router.find('GET', `/${encodeURIComponent(id)}`).params['id']
      } catch (thrown) {
        if (thrown instanceof HttpProblem) return undefined
        throw thrown
      }
    }
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (id) => {
        // oxlint-disable-next-line no-control-regex -- they are what is refused
        const isRefused = /^\.\.?$|[/\\\u0000-\u001F\u007F]/.test(id)
        expect(found(id)).toBe(isRefused ? undefined : id)
      }),
    )
  })
})

describe('schemas', () => {
  test('a query never throws, and gives only what it describes', () => {
    const schemas = { limit: { type: 'integer', minimum: 1, default: 50 }, tags: { type: 'array' } } as const
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { values, issues } = readQuery(schemas, text)
        if (issues.length > 0) return
        expect(Object.keys(values).every((name) => ['limit', 'tags'].includes(name))).toBe(true)
      }),
    )
  })

  test('any JSON is either of the type or an issue with a path', () => {
    const schema = { type: 'object', required: ['a'], properties: { a: { type: 'integer' } } } as const
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const fits =
          typeof value === 'object' && value !== null && !Array.isArray(value) && Number.isSafeInteger(value['a'])
        expect(issuesOf(schema, value).length === 0).toBe(fits)
      }),
    )
  })
})

test('any value has JSON data or a reason', () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withMap: true, withSet: true, withTypedArray: true }), (value) => {
      expect(() => JSON.stringify(toJsonData(value))).not.toThrow()
    }),
  )
})

describe('remembered keys', () => {
  test('are forgotten after their time', () => {
    let now = 0
    const keys = new RememberedKeys(1000, () => now)
    keys.remember('t', 'k', [1], 'id')
    now = 999
    expect(keys.find('t', 'k', [1])).toBe('id')
    expect(keys.find('other', 'k', [1])).toBeUndefined()
    expect(() => keys.find('t', 'k', [2])).toThrow('came before, with other arguments')
    now = 1000
    expect(keys.find('t', 'k', [1])).toBeUndefined()
  })

  test('are bounded: the oldest go', () => {
    const keys = new RememberedKeys(1000, () => 0)
    for (let index = 0; index <= 10_000; index++) keys.remember('t', `k${index}`, [], String(index))
    expect(keys.find('t', 'k0', [])).toBeUndefined()
    expect(keys.find('t', 'k1', [])).toBe('1')
  })
})
