// Tasks that are there: lists, one, its result, cancellation, another try.
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { Cases } from './describe-adapter.ts'
import { everybody, stand } from './stand.ts'

export const taskCases: Cases = (edge, engine) => {
  const open = (options = {}) => stand(edge, { engine, ...everybody, ...options })

  it('shows everything of a task', async () => {
    const { submit, end, get } = await open()
    const taskId = await submit('add', [1, 2], { tags: ['x'] })
    await end(taskId)
    const { status, json } = await get(`/${taskId}`)
    expect(status).toBe(200)
    expect(json).toMatchObject({
      taskId,
      name: 'add',
      status: 'completed',
      priority: 'high',
      lane: 'inline',
      args: [1, 2],
      tags: ['x'],
      metadata: {},
      logs: [],
      retries: 0,
      result: 3,
    })
    expect(json.completedAt).toBeGreaterThanOrEqual(json.createdAt)
  })

  it('answers 404 to an id it does not know', async () => {
    const { get, send } = await open()
    for (const answer of [await get('/nope'), await get('/nope/result'), await send('DELETE', '/nope')]) {
      expect([answer.status, answer.json.type]).toEqual([404, 'urn:catzilla:problem:not-found'])
    }
  })

  it('answers a result at once when none is waited for: 202 until there is one', async () => {
    const { submit, get, gate, end } = await open()
    const taskId = await submit('hold')
    const early = await get(`/${taskId}/result`)
    expect([early.status, early.headers.get('retry-after')]).toEqual([202, '1'])
    expect(early.json).toEqual({ taskId, name: 'hold', status: expect.stringMatching(/pending|running/) })
    gate.open()
    expect((await end(taskId)).json.result).toBe('let through')
    expect((await get(`/${taskId}/result`)).status).toBe(200)
  })

  it('waits for a result, and answers when it is there', async () => {
    const { submit, end, gate } = await open()
    const taskId = await submit('hold')
    const waiting = end(taskId)
    gate.open()
    const { status, json } = await waiting
    expect([status, json.result]).toEqual([200, 'let through'])
  })

  it('gives up waiting after waitMs: 202', async () => {
    const { submit, get } = await open()
    const taskId = await submit('hold')
    expect((await get(`/${taskId}/result?waitMs=20`)).status).toBe(202)
  })

  it.each(['-1', '30001', '1e3', 'soon', '', '1.5'])('refuses waitMs=%s', async (waitMs) => {
    const { submit, get } = await open()
    const { status, json } = await get(`/${await submit('hold')}/result?waitMs=${waitMs}`)
    expect([status, json.errors[0].path]).toEqual([400, ['waitMs']])
  })

  it('stops waiting for a client that has gone', async () => {
    const { submit, url, get, gate } = await open({ maxWaiters: 1 })
    const taskId = await submit('hold')
    const leaving = new AbortController()
    const waiting = fetch(`${url}/${taskId}/result?waitMs=30000`, { signal: leaving.signal })
    // the one place is taken as soon as a second one is refused
    for (;;) {
      const { status } = await get(`/${taskId}/result?waitMs=1`)
      if (status === 429) break
      await delay(5)
    }
    leaving.abort()
    await expect(waiting).rejects.toThrow(/abort/i)
    // and free again when the one who left is noticed
    for (;;) {
      const { status } = await get(`/${taskId}/result?waitMs=1`)
      if (status === 202) break
      await delay(5)
    }
    gate.open()
  })

  it('tells how a task failed, without its stack', async () => {
    const { submit, end, get } = await open()
    const taskId = await submit('fails', ['cats'])
    const { status, json } = await end(taskId)
    expect(status).toBe(200)
    expect(json).toEqual({
      taskId,
      name: 'fails',
      status: 'failed',
      error: { name: 'TypeError', message: 'no luck with cats' },
    })
    expect((await get(`/${taskId}`)).text).not.toContain('stand.ts')
  })

  it('shows stacks when asked to', async () => {
    const { submit, end } = await open({ includeStacks: true })
    expect((await end(await submit('fails', ['x']))).json.error.stack).toContain('TypeError: no luck with x')
  })

  it.each([
    ['nothing', null],
    ['big', '123456789012345678901234567890'],
    ['columns', [1, 2.5]],
    ['map', [['a', 1]]],
    ['nan', null],
  ])('writes a result that is no JSON: %s', async (kind, expected) => {
    const { submit, end } = await open()
    expect((await end(await submit('odd', [kind]))).json.result).toEqual(expected)
  })

  it('says so when a result has no JSON form', async () => {
    const { submit, end } = await open()
    const { status, json } = await end(await submit('odd', ['circle']))
    expect([status, json.status]).toEqual([200, 'completed'])
    expect(json.resultOmitted).toContain('circular')
  })

  it('answers 404 for a result that is kept no longer', async () => {
    const { submit, end } = await open()
    expect((await end(await submit('forgotten'))).status).toBe(404)
  })

  it('redacts what it shows', async () => {
    const seen: string[] = []
    const redact = (value: unknown, { kind, taskName }: { kind: string; taskName: string }): unknown => {
      seen.push(`${taskName} ${kind}`)
      return kind === 'metadata' ? value : '***'
    }
    const { submit, end, get } = await open({ redact })
    const taskId = await submit('echo', ['secret'], { metadata: { plain: 1 } })
    expect((await end(taskId)).json.result).toBe('***')
    const { json, text } = await get(`/${taskId}`)
    expect(json).toMatchObject({ args: '***', result: '***', metadata: { plain: 1 } })
    expect(text).not.toContain('secret')
    const failed = await end(await submit('fails', ['secret']))
    expect(failed.text).not.toContain('secret')
    expect((await get('?status=failed')).text).not.toContain('secret')
    expect(seen).toEqual(
      expect.arrayContaining(['echo args', 'echo result', 'echo metadata', 'echo log', 'fails error']),
    )
  })

  it('lists tasks, newest first, a page at a time', async () => {
    const { post, get } = await open()
    await post('/batch', { task: 'echo', argsList: [[1], [2], [3]] })
    const first = await get('?limit=2')
    expect(first.json.tasks).toHaveLength(2)
    const second = await get(`?limit=2&cursor=${first.json.nextCursor}`)
    expect(second.json.tasks).toHaveLength(1)
    expect(second.json.nextCursor).toBeNull()
    const ids = [...first.json.tasks, ...second.json.tasks].map(({ taskId }: { taskId: string }) => taskId)
    expect(new Set(ids).size).toBe(3)
    expect(first.json.tasks[0]).not.toHaveProperty('args')
  })

  it('filters lists by status, name, class and tags', async () => {
    const { submit, end, get } = await open()
    await end(await submit('add', [1, 2], { tags: ['a', 'b'] }))
    await end(await submit('fails', ['x'], { priority: 'low' }))
    const namesOf = async (query: string) =>
      (await get(query)).json.tasks.map(({ name }: { name: string }) => name) as string[]
    expect(await namesOf('?status=failed')).toEqual(['fails'])
    expect(await namesOf('?status=completed,failed')).toEqual(['fails', 'add'])
    expect(await namesOf('?name=add')).toEqual(['add'])
    expect(await namesOf('?priority=low')).toEqual(['fails'])
    expect(await namesOf('?tags=a,b')).toEqual(['add'])
    expect(await namesOf('?tags=a,c')).toEqual([])
  })

  it.each(['limit=0', 'limit=1001', 'limit=ten', 'status=lost', 'priority=9', 'colour=red', 'cursor=%00'])(
    'refuses a list with %s',
    async (query) => {
      const { status, json } = await (await open()).get(`?${query}`)
      expect([400, 422]).toContain(status)
      expect(json.detail).toEqual(expect.any(String))
    },
  )

  it('cancels a task, once', async () => {
    const { submit, send, end } = await open()
    const taskId = await submit('hold')
    const { status, json } = await send('DELETE', `/${taskId}?reason=enough`)
    expect([status, json]).toEqual([200, { taskId, name: 'hold', status: 'cancelled' }])
    const ended = await end(taskId)
    expect([ended.json.status, ended.json.error.message]).toEqual(['cancelled', expect.stringContaining('enough')])
    const again = await send('DELETE', `/${taskId}`)
    expect([again.status, again.json.code]).toEqual([409, 'ERR_CATZILLA_TASK_STATE'])
  })

  it('tries a failed task again, as a new one', async () => {
    const { submit, end, send, url } = await open()
    const taskId = await submit('fails', ['x'])
    await end(taskId)
    const { status, json, headers } = await send('POST', `/${taskId}/retry`, '')
    expect(status).toBe(202)
    expect(json).toMatchObject({ name: 'fails', retryOf: taskId })
    expect(json.taskId).not.toBe(taskId)
    expect(headers.get('location')).toBe(`${new URL(url).pathname}/${json.taskId}`)
  })

  it('tries nothing again that did well or still runs: 409', async () => {
    const { submit, end, send } = await open()
    const done = await submit('add', [1, 2])
    await end(done)
    for (const taskId of [done, await submit('hold')]) {
      const { status, json } = await send('POST', `/${taskId}/retry`, {})
      expect([status, json.code]).toEqual([409, 'ERR_CATZILLA_TASK_STATE'])
    }
  })

  it('answers HEAD as GET, without a body', async () => {
    const { send } = await open()
    const { status, text, headers } = await send('HEAD', '/stats')
    expect([status, text]).toEqual([200, ''])
    expect(headers.get('content-type')).toContain('application/json')
  })
}
