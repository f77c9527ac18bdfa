// The stream of events.
import { once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import type { Cases } from './describe-adapter.ts'
import { EventReader } from './event-reader.ts'
import { everybody, stand } from './stand.ts'

export const eventCases: Cases = (edge, engine) => {
  const open = (options = {}) => stand(edge, { engine, ...everybody, ...options })

  async function listenTo(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
    const response = await fetch(url, { headers })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const reader = new EventReader(response)
    onTestFinished(() => reader.leave())
    expect((await reader.next())?.text).toContain(': connected')
    return reader
  }

  it('tells what happens to a task, in order', async () => {
    const { submit, url } = await open()
    const events = await listenTo(`${url}/events`)
    const taskId = await submit('add', [1, 2])
    expect((await events.next())?.data).toMatchObject({ type: 'queued', taskId, name: 'add', priority: 'high' })
    expect((await events.next())?.data).toMatchObject({ type: 'started', taskId, attempt: 1 })
    const completed = await events.next()
    expect(completed?.event).toBe('completed')
    expect(completed?.data).toMatchObject({ taskId, executionTimeMs: expect.any(Number) })
    expect(completed?.data).not.toHaveProperty('outcome')
  })

  it('tells errors without their stacks, and redacted', async () => {
    const { submit, url } = await open({ redact: () => ({ name: 'Error', message: 'hidden' }) })
    const events = await listenTo(`${url}/events?types=failed`)
    await submit('fails', ['secret'])
    const failed = await events.next()
    expect(failed?.data.error).toEqual({ name: 'Error', message: 'hidden' })
    expect(failed?.text).not.toContain('secret')
  })

  it('tells only what is asked for: types, a name, a task', async () => {
    const { submit, end, url } = await open()
    const byType = await listenTo(`${url}/events?types=completed,failed`)
    const byName = await listenTo(`${url}/events?name=echo&types=completed`)
    const first = await submit('add', [1, 2])
    await end(first)
    const second = await submit('echo')
    expect((await byType.next())?.data).toMatchObject({ type: 'completed', taskId: first })
    expect((await byType.next())?.data).toMatchObject({ type: 'completed', taskId: second })
    expect((await byName.next())?.data).toMatchObject({ type: 'completed', taskId: second })
    const byTask = await listenTo(`${url}/events?taskId=${second}`, { 'last-event-id': 'unknown-0' })
    expect((await byTask.next())?.event).toBe('gap')
  })

  it.each(['types=exploded', 'colour=red', 'name='])('refuses %s', async (query) => {
    const { get } = await open()
    expect((await get(`/events?${query}`)).status).toBe(400)
  })

  it('goes on after the last event that a client saw', async () => {
    const { submit, end, url } = await open()
    const other = await listenTo(`${url}/events?types=completed`)
    const before = await listenTo(`${url}/events?types=completed`)
    await end(await submit('echo', [1]))
    const { id } = await before.until('completed')
    await before.leave()
    const missed = [await submit('echo', [2]), await submit('echo', [3])]
    await other.until('completed')
    await other.until('completed')
    await other.until('completed')
    const after = await listenTo(`${url}/events?types=completed`, { 'last-event-id': id ?? '' })
    expect([(await after.next())?.data.taskId, (await after.next())?.data.taskId]).toEqual(missed)
  })

  it('says how many events are lost when they are kept no longer, or of another server', async () => {
    const { post, url } = await open({ eventBacklog: 5 })
    const first = await listenTo(`${url}/events`)
    await post('/batch', { task: 'echo', argsList: Array.from({ length: 10 }, () => []) })
    const start = await first.until('queued')
    for (let seen = 0; seen < 10; seen++) await first.until('completed')
    const late = await listenTo(`${url}/events`, { 'last-event-id': start.id ?? '' })
    const gap = await late.next()
    expect([gap?.event, gap?.data.lost]).toEqual(['gap', expect.any(Number)])
    expect(gap?.data.lost).toBeGreaterThan(10)
    const foreign = await listenTo(`${url}/events`, { 'last-event-id': 'deadbeef-7' })
    expect(await foreign.next()).toMatchObject({ event: 'gap', data: { lost: null } })
  })

  it('gives signs of life', async () => {
    const { url } = await open({ heartbeatMs: 5 })
    const events = await listenTo(`${url}/events?types=stalled`)
    expect((await events.next())?.text).toBe(': still here')
    expect((await events.next())?.text).toBe(': still here')
  })

  it('has places for so many, and a place is free again when somebody leaves', async () => {
    const { url, get } = await open({ maxStreams: 1 })
    const one = await listenTo(`${url}/events`)
    const { status, headers } = await get('/events')
    expect([status, headers.get('retry-after')]).toEqual([429, '1'])
    await one.leave()
    for (;;) {
      const response = await fetch(`${url}/events`)
      await response.body?.cancel()
      if (response.status === 200) break
      await turn()
    }
  })

  it('gives up a client that does not read: its place becomes free', async () => {
    const { origin, post, url } = await open({ maxStreamBufferBytes: 10_000, maxStreams: 1 })
    const { hostname, port } = new URL(origin)
    const idle = connect(Number(port), hostname)
    onTestFinished(() => void idle.destroy())
    idle.on('error', () => {})
    idle.write(`GET /tasks/events HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`)
    await once(idle, 'data')
    idle.pause()
    // more and more, until the sockets of both sides can hold no more
    for (;;) {
      await post('/batch', { task: 'echo', argsList: Array.from({ length: 500 }, () => []) })
      const response = await fetch(`${url}/events`)
      await response.body?.cancel()
      if (response.status === 200) break
      expect(response.status).toBe(429)
    }
  })

  it('ends streams with a last event when the server shuts down', async () => {
    const { url, tasks, get } = await open()
    const events = await listenTo(`${url}/events?types=stalled`)
    const { drainStateOf } = await import('../../src/core/drain-state.ts')
    drainStateOf(tasks).begin()
    expect((await events.next())?.event).toBe('end')
    expect(await events.next()).toBeUndefined()
    const { status, headers } = await get('/events')
    expect([status, headers.get('retry-after')]).toEqual([503, '1'])
    expect((await get('/health')).json.reasons).toEqual(['it is shutting down'])
  })
}
