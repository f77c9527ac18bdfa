// Submitting, singly and in batches.
import { expect, it } from 'vitest'
import type { Cases } from './describe-adapter.ts'
import { everybody, stand } from './stand.ts'

export const submissionCases: Cases = (edge, engine) => {
  const open = (options = {}) => stand(edge, { engine, ...everybody, ...options })

  it('takes a task: 202, its address, and it runs', async () => {
    const { post, end, url } = await open()
    const { status, headers, json } = await post('', { task: 'add', args: [40, 2] })
    expect(status).toBe(202)
    expect(json).toEqual({ taskId: expect.any(String), name: 'add', status: expect.any(String) })
    expect(headers.get('location')).toBe(`${new URL(url).pathname}/${json.taskId}`)
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect((await end(json.taskId)).json).toEqual({ taskId: json.taskId, name: 'add', status: 'completed', result: 42 })
  })

  it('takes the task at the address with a slash at its end as well', async () => {
    const { post } = await open()
    expect((await post('/', { task: 'echo' })).status).toBe(202)
  })

  it('takes options: priority, delay, tags, metadata', async () => {
    const { post, get } = await open()
    const options = { priority: 'critical', delayMs: 60_000, tags: ['a', 'b'], metadata: { user: 7 } }
    const { json } = await post('', { task: 'echo', args: [1], options })
    expect(json.status).toBe('scheduled')
    expect((await get(`/${json.taskId}`)).json).toMatchObject({
      priority: 'critical',
      tags: ['a', 'b'],
      metadata: { user: 7 },
      args: [1],
      dueAt: expect.any(Number),
    })
  })

  it('refuses arguments that do not fit the schema: 422 with paths, and nothing is submitted', async () => {
    const { post, tasks } = await open()
    const { status, headers, json } = await post('', { task: 'add', args: [1, 'two'] })
    expect(status).toBe(422)
    expect(headers.get('content-type')).toBe('application/problem+json')
    expect(json).toMatchObject({
      type: 'urn:catzilla:problem:payload',
      status: 422,
      code: 'ERR_CATZILLA_PAYLOAD',
      remedy: expect.any(String),
      errors: [{ path: ['args', 1], pointer: '#/args/1', message: expect.stringContaining('number') }],
    })
    expect(tasks.getStats().submittedTasks).toBe(0)
  })

  it('refuses more arguments than the schema describes', async () => {
    const { post } = await open()
    const { status, json } = await post('', { task: 'add', args: [1, 2, 3] })
    expect([status, json.errors[0].path]).toEqual([422, ['args', 2]])
  })

  it('waits for schemas that work asynchronously', async () => {
    const { post, end } = await open()
    const { json } = await post('', { task: 'slowly-checked', args: ['cat'] })
    expect((await end(json.taskId)).json.result).toBe('cat is free')
    const refused = await post('', { task: 'slowly-checked', args: ['taken'] })
    expect([refused.status, refused.json.errors]).toEqual([
      422,
      [{ path: ['args', 0], pointer: '#/args/0', message: 'is taken' }],
    ])
  })

  it('knows no task that is not exposed, as if it were not there', async () => {
    const { post, tasks } = await open()
    const answers = [await post('', { task: 'hidden' }), await post('', { task: 'no such' })]
    for (const [index, { status, json }] of answers.entries()) {
      expect([status, json.code]).toEqual([404, 'ERR_CATZILLA_UNKNOWN_TASK'])
      expect(json.detail).toBe(
        `no task named ${['"hidden"', '"no such"'][index]} can be submitted here: it has to be defined, and named in \`expose\` of the routes`,
      )
    }
    expect(tasks.getStats().submittedTasks).toBe(0)
  })

  it('submits nothing at all unless tasks are exposed', async () => {
    const { post } = await open({ expose: [] })
    expect((await post('', { task: 'add', args: [1, 2] })).status).toBe(404)
  })

  it('refuses options that clients must not set, by their path', async () => {
    const { post } = await open()
    const options = { lane: 'process', module: 'file:///evil.mjs', keepResultMs: 1 }
    const { status, json } = await post('', { task: 'echo', options })
    expect(status).toBe(422)
    expect(json.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '#/options/lane',
      '#/options/module',
      '#/options/keepResultMs',
    ])
  })

  it('refuses options with wrong values, and those that contradict each other', async () => {
    const { post } = await open()
    const wrong = await post('', { task: 'echo', options: { priority: 'urgent', delayMs: -1 } })
    expect([wrong.status, wrong.json.errors.length]).toEqual([422, 2])
    const both = await post('', { task: 'echo', options: { delayMs: 5, runAt: 5 } })
    expect([both.status, both.json.code]).toEqual([422, 'ERR_CATZILLA_CONFIGURATION'])
  })

  it.each([
    ['nothing', undefined, ['#/task']],
    ['no task', { args: [] }, ['#/task']],
    ['a number for a name', { task: 1 }, ['#/task']],
    ['arguments that are no list', { task: 'echo', args: { 0: 1 } }, ['#/args']],
    ['a field that is not known', { task: 'echo', arguments: [] }, ['#/arguments']],
    ['a list', [], ['#']],
    ['a text', '"echo"', ['#']],
  ])('refuses %s as a body: 422 with paths', async (_, body, pointers) => {
    const { post } = await open()
    const { status, json } = await post('', body ?? '')
    expect(status).toBe(422)
    expect(json.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers)
  })

  it('answers 429 with Retry-After when the queue is full', async () => {
    const { submit, post, tasks } = await open({ with: { queueSize: 2 }, retryAfterSeconds: 7 })
    await tasks.pause()
    await submit('echo')
    await submit('echo')
    const { status, headers, json } = await post('', { task: 'echo' })
    expect([status, headers.get('retry-after'), json.code]).toEqual([429, '7', 'ERR_CATZILLA_QUEUE_FULL'])
    expect(tasks.getStats().totalQueued).toBe(2)
  })

  it('answers 503 with Retry-After once the tasks are shut down', async () => {
    const { post, tasks } = await open()
    await tasks.shutdown()
    const { status, headers, json } = await post('', { task: 'echo' })
    expect([status, headers.get('retry-after'), json.code]).toEqual([503, '1', 'ERR_CATZILLA_ENGINE_CLOSED'])
  })

  it('takes many tasks at once', async () => {
    const { post, end } = await open()
    const { status, json } = await post('/batch', {
      task: 'add',
      argsList: [
        [1, 2],
        [3, 4],
      ],
    })
    expect(status).toBe(202)
    expect(json).toEqual({ name: 'add', size: 2, taskIds: [expect.any(String), expect.any(String)] })
    const results = await Promise.all(json.taskIds.map(async (id: string) => (await end(id)).json.result))
    expect(results).toEqual([3, 7])
  })

  it('takes all tasks of a batch or none, and says which list does not fit', async () => {
    const { post, tasks } = await open()
    const { status, json } = await post('/batch', {
      task: 'add',
      argsList: [
        [1, 2],
        [3, 'x'],
        [5, 6],
      ],
    })
    expect([status, json.errors[0].pointer]).toEqual([422, '#/argsList/1/1'])
    expect(tasks.getStats().submittedTasks).toBe(0)
  })

  it('bounds a batch, which must not be empty', async () => {
    const { post } = await open({ maxBatch: 3 })
    for (const size of [0, 4]) {
      const { status, json } = await post('/batch', { task: 'echo', argsList: Array.from({ length: size }, () => []) })
      expect([status, json.errors[0].pointer]).toEqual([422, '#/argsList'])
    }
    expect((await post('/batch', { task: 'echo', argsList: [[], [], []] })).status).toBe(202)
  })

  it('takes a thousand tasks at once, unless it is told otherwise, and no more', async () => {
    const { post, tasks } = await open()
    const argsList = Array.from({ length: 1000 }, () => [])
    expect((await post('/batch', { task: 'echo', argsList: [...argsList, []] })).status).toBe(422)
    expect((await post('/batch', { task: 'echo', argsList })).json.size).toBe(1000)
    expect(tasks.getStats().submittedTasks).toBe(1000)
  })

  it('refuses one key for a whole batch', async () => {
    const { post } = await open()
    const argsList = [[1]]
    expect((await post('/batch', { task: 'echo', argsList }, { 'idempotency-key': 'k' })).status).toBe(422)
    expect((await post('/batch', { task: 'echo', argsList, options: { uniqueKey: 'k' } })).status).toBe(422)
  })

  it('answers 409 to a key that another task has, when that is asked for', async () => {
    const { submit, post, gate } = await open()
    await submit('hold', [], { uniqueKey: 'one' })
    const { status, json } = await post('', { task: 'hold', options: { uniqueKey: 'one', onConflict: 'reject' } })
    expect([status, json.code]).toEqual([409, 'ERR_CATZILLA_UNIQUE_KEY_CONFLICT'])
    gate.open()
  })
}
