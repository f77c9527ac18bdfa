// `top` against a real server with the routes that it reads, and its screen from given figures.
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TaskMonitor } from '@catzilla/monitor'
import { HeldBody } from '@catzilla/test-kit/gate'
import { afterEach, expect, test } from 'vitest'
import { readArguments } from '../src/top/arguments.ts'
import { lookAt } from '../src/top/look.ts'
import type { Look } from '../src/top/look.ts'
import { duration, screenOf } from '../src/top/screen.ts'
import { top } from '../src/top/top.ts'
import { callOf, startEngine, watch } from './engines.ts'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** The routes of the HTTP adapters that `top` reads, with what they give. */
async function serve(monitor: TaskMonitor, token?: string): Promise<string> {
  const routes: Readonly<Record<string, () => unknown>> = {
    '/tasks/stats': () => monitor.getStats(),
    '/tasks/health': () => monitor.health(),
    '/tasks/workers': async () => ({ workers: await monitor.getWorkerDetails() }),
  }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const route = routes[request.url ?? '']
    if (token !== undefined && request.headers.authorization !== token) response.writeHead(401).end('{}')
    else if (route === undefined) response.writeHead(404).end('{}')
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(await route()))
  }
  const server = createServer((request, response) => void answer(request, response))
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

class Paper {
  text = ''
  readonly #seen: (text: string) => void
  readonly isTTY: boolean
  readonly columns = 80
  readonly rows = 40

  constructor(isTTY = false, seen: (text: string) => void = () => {}) {
    this.isTTY = isTTY
    this.#seen = seen
  }

  write(text: string): void {
    this.text += text
    this.#seen(this.text)
  }
}

const never = new AbortController().signal

test('--json --once is one line with what the routes give', async () => {
  const engine = await startEngine('typescript')
  const url = await serve(watch(engine))
  await engine
    .submit(
      callOf('one', () => 1),
      [],
    )
    .wait()
  const [out, err] = [new Paper(), new Paper()]
  expect(await top(['top', url, '--json', '--once'], { out, err, signal: never })).toBe(0)
  const look = JSON.parse(out.text) as Look
  expect(out.text.match(/\n/g)).toHaveLength(1)
  expect(look.stats.names['one']).toMatchObject({ submitted: 1, completed: 1 })
  expect(look.health).toEqual({ live: true, ready: true, healthy: true, reasons: [] })
  expect(look.workers[0]).toEqual({ lane: 'inline', state: 'idle', workerId: null, task: null })
  expect(err.text).toBe('')
})

test('the screen has classes, lanes, tasks by name and who is busy, and fits the terminal', async () => {
  const engine = await startEngine('typescript', { inlineConcurrency: 2 })
  const url = await serve(watch(engine))
  const held = new HeldBody()
  const handle = engine.submit(callOf('a-task-that-is-held', held.run), [])
  await held.begun
  const look = await lookAt({ base: `${url}/tasks`, headers: {} })
  const lines = screenOf(look, { columns: 80, rows: 40 })
  const text = lines.join('\n')
  expect(text).toMatch(/^typescript engine {3}healthy {3}up /)
  expect(text).toMatch(/critical +0 +0 +0/)
  expect(text).toMatch(/inline +1\/2 +0/)
  expect(text).toMatch(/a-task-that-is-held +1 +0 +0/)
  expect(text).toContain(`inline: a-task-that-is-held (${handle.taskId}) for`)
  expect(Math.max(...screenOf(look, { columns: 40, rows: 5 }).map((line) => line.length))).toBeLessThanOrEqual(40)
  expect(screenOf(look, { columns: 40, rows: 5 })).toHaveLength(5)
  held.release()
  await handle.wait()
})

test('names that would command the terminal are shown, and not obeyed', async () => {
  const engine = await startEngine('typescript')
  const url = await serve(watch(engine))
  await engine
    .submit(
      callOf('clear \u001B[2J\n\u009B31m\u202Etxt.exe', () => 1),
      [],
    )
    .wait()
  const lines = screenOf(await lookAt({ base: `${url}/tasks`, headers: {} }), { columns: 120, rows: 40 })
  expect(lines.join('')).toContain('clear \uFFFD[2J\uFFFD\uFFFD31m\uFFFDtxt.exe ')
  expect(lines.join('')).not.toMatch(/[\p{Cc}\u202E]/u)
})

test('it looks again until it is stopped, and says what to do when nobody answers', async () => {
  const engine = await startEngine('typescript')
  const url = await serve(watch(engine))
  const stop = new AbortController()
  const out = new Paper(true, (text) => {
    if (text.split('typescript engine').length > 2) servers[0]?.close()
    if (text.includes('looking again')) stop.abort()
    servers[0]?.closeAllConnections()
  })
  const code = await top(['top', url, '--interval', '100'], { out, err: new Paper(), signal: stop.signal })
  expect(code).toBe(1)
  expect(out.text).toMatch(/does not answer \(.*\); is the server running, and the address right\?/)
  expect(out.text.endsWith('\u001B[?1049l')).toBe(true)
})

test.each([
  ['a token that is missing', '', '401; send who you are with --header'],
  ['another path', '/other', '404; give the path'],
])('%s: the error names the remedy', async (_, path, message) => {
  const url = await serve(watch(await startEngine('typescript')), path === '' ? 'Bearer x' : undefined)
  const err = new Paper()
  expect(await top(['top', `${url}${path}`, '--once'], { out: new Paper(), err, signal: never })).toBe(1)
  expect(err.text).toContain(message)
})

test('headers are sent', async () => {
  const url = await serve(watch(await startEngine('typescript')), 'Bearer x')
  const args = ['top', url, '--once', '--json', '--header', 'authorization: Bearer x']
  expect(await top(args, { out: new Paper(), err: new Paper(), signal: never })).toBe(0)
})

test('arguments are checked, and explained', async () => {
  expect(readArguments(['--help'])).toBeUndefined()
  expect(readArguments(['top', 'http://a.b/x/'])).toMatchObject({ base: 'http://a.b/x', intervalMs: 1000 })
  for (const [args, problem] of [
    [['top'], /takes the command top and one url/],
    [['top', 'ftp://a.b'], /no address of http/],
    [['top', 'http://a.b', '--interval', '5'], /--interval accepts milliseconds ≥ 100, got 5/],
    [['top', 'http://a.b', '--header', 'x'], /--header accepts/],
    [['top', 'http://a.b', '--fast'], /--fast/],
  ] as const) {
    expect(readArguments(args)).toMatchObject({ problem: expect.stringMatching(problem) })
  }
  const err = new Paper()
  expect(await top(['bottom'], { out: new Paper(), err, signal: never })).toBe(2)
  expect(err.text).toContain('catzilla-monitor top <url>')
})

test('durations are written short', () => {
  expect([0, 0.0123, 1.26, 12.3, 1234, 125_000, 5_400_000].map(duration)).toEqual([
    '0',
    '12 µs',
    '1.3 ms',
    '12 ms',
    '1.2 s',
    '2 min',
    '1.5 h',
  ])
})
