// The end of a server and its tasks together.
import { setTimeout as delay } from 'node:timers/promises'
import { gracefulShutdown } from '@catzilla/http-adapters'
import type { GracefulServer, GracefulShutdownOptions } from '@catzilla/http-adapters'
import { describe, expect, test } from 'vitest'
import { Child, compiled } from './child-process.ts'
import { listen } from './edges/edge.ts'
import { enabledApps } from './edges/enabled.ts'
import type { MakeApp } from './edges/enabled.ts'
import { EventReader } from './suite/event-reader.ts'
import { Gate } from './suite/stand.ts'

interface Ending {
  readonly origin: string
  readonly ending: GracefulServer
  readonly gate: Gate
  /** Settles when the app's own route has been reached. */
  readonly reached: Promise<void>
}

async function ending(make: MakeApp, options: GracefulShutdownOptions): Promise<Ending> {
  const gate = new Gate()
  const arrival = new Gate()
  const { app, server } = make(
    { engine: 'typescript', http: { authorize: () => true, expose: ['hold'] } },
    async () => {
      arrival.open()
      await gate.opened
      return 'finished'
    },
  )
  app.tasks.task({ name: 'hold' }, async () => {
    await gate.opened
    return 'held'
  })
  const origin = await listen(server)
  return { origin, ending: gracefulShutdown(server, app.tasks, options), gate, reached: arrival.opened }
}

/** Why a request got no answer. */
function failureOf(request: Promise<Response>): Promise<string> {
  return request.then(
    ({ status }) => `answered ${status}`,
    (error: Error) => error.message,
  )
}

describe.each(enabledApps)('%s', (_, make) => {
  test('finishes requests and tasks, refuses new requests, ends streams, and reports', async () => {
    const { origin, ending: server, gate, reached } = await ending(make, { drainDelayMs: 1000 })
    const own = fetch(`${origin}/own`)
    await reached
    const headers = { 'content-type': 'application/json' }
    const body = '{"task":"hold"}'
    const accepted = await fetch(`${origin}/tasks`, { method: 'POST', headers, body })
    const { taskId } = (await accepted.json()) as { taskId: string }
    const poll = fetch(`${origin}/tasks/${taskId}/result?waitMs=30000`)
    const events = new EventReader(await fetch(`${origin}/tasks/events?types=stalled`))
    await events.next()
    while (server.inFlight < 3) await delay(1)

    const ended = server.shutdown()
    expect(server.draining).toBe(true)
    for (const path of ['/own', '/tasks/health', '/tasks/stats', '/elsewhere']) {
      const refused = await fetch(`${origin}${path}`)
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
      expect(refused.headers.get('connection')).toBe('close')
      expect(await refused.json()).toMatchObject({ type: 'urn:catzilla:problem:draining' })
    }
    expect((await events.next())?.event).toBe('end')
    gate.open()
    expect(await (await own).text()).toBe('finished')
    expect(await (await poll).json()).toMatchObject({ status: 'completed', result: 'held' })
    const report = await ended
    expect(report.requests).toEqual({ finished: 3, cutOff: 0 })
    expect(report.tasks).toMatchObject({ cancelled: 0, abandoned: [] })
    expect(await server.shutdown()).toBe(report)
    await expect(fetch(`${origin}/own`)).rejects.toThrow('fetch failed')
  })

  test('cuts off what does not end in time, and says so', async () => {
    const { origin, ending: server, reached } = await ending(make, { timeoutMs: 50 })
    const own = failureOf(fetch(`${origin}/own`))
    await reached
    const { requests } = await server.shutdown()
    expect(requests).toEqual({ finished: 0, cutOff: 1 })
    expect(await own).toBe('fetch failed')
  })

  test('ends at once when there is nothing to wait for, also kept-alive connections', async () => {
    const { origin, ending: server } = await ending(make, {})
    await (await fetch(`${origin}/tasks/health`)).text()
    expect(await server.shutdown()).toEqual({
      requests: { finished: 0, cutOff: 0 },
      tasks: { completed: 0, cancelled: 0, requeued: 0, abandoned: [] },
    })
  })
})

test('options are checked', async () => {
  const [[, make] = []] = enabledApps
  await expect(ending(make as MakeApp, { timeoutMs: -1 })).rejects.toThrow('timeoutMs accepts')
  await expect(ending(make as MakeApp, { timeout: 1 } as never)).rejects.toThrow('did you mean timeoutMs?')
})

describe.each(['express', 'koa', 'hono', 'node'])('a process with %s', (framework) => {
  test('ends with 0 on a signal, when what was under way is finished, and reports', async () => {
    const child = new Child(await compiled('signalled-server.ts'), framework)
    const origin = `http://127.0.0.1:${await child.after('listening ')}`
    const slow = fetch(`${origin}/own`)
    await child.after('slow begun')
    child.send('SIGTERM')
    await child.after('signal')
    child.write('release')
    expect(await (await slow).text()).toBe('done')
    expect(await child.ended).toEqual({ code: 0, signal: null })
    expect(JSON.parse(await child.after('report '))).toEqual({
      requests: { finished: 1, cutOff: 0 },
      tasks: { completed: 0, cancelled: 0, requeued: 0, abandoned: [] },
    })
  })

  test('ends at once on a second signal', async () => {
    const child = new Child(await compiled('signalled-server.ts'), framework)
    const origin = `http://127.0.0.1:${await child.after('listening ')}`
    const slow = failureOf(fetch(`${origin}/own`))
    await child.after('slow begun')
    child.send('SIGTERM')
    await child.after('signal')
    child.send('SIGTERM')
    expect((await child.ended).code).toBe(143)
    expect(await slow).toBe('fetch failed')
  })
})
