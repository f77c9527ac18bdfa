// What the dashboard asks: rights, groups of failures, history, lanes, the audit log, and deeds for all that match.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect, it, onTestFinished } from 'vitest'
import type { Cases } from './describe-adapter.ts'
import { everybody, exposed, stand } from './stand.ts'

export const operationCases: Cases = (edge, engine) => {
  const open = (options = {}) => stand(edge, { engine, ...everybody, ...options })

  it('gives all figures of a moment, also of one that is not healthy', async () => {
    const { get, tasks } = await open()
    await tasks.pause()
    const { status, json } = await get('/live')
    expect([status, json.health.healthy, json.flat.paused]).toEqual([200, false, true])
    expect(json.stats.queueMetrics.totalQueued).toBe(0)
    expect(json.at).toBeGreaterThan(1.7e12)
  })

  it('says what a client may do, and which tasks it may submit', async () => {
    const none = { submit: false, cancel: false, retry: false, pause: false, scale: false, tasks: [], workflows: false }
    const all = {
      submit: true,
      cancel: true,
      retry: true,
      pause: true,
      scale: true,
      tasks: exposed.toSorted(),
      workflows: false,
    }
    expect((await (await open()).get('/rights')).json).toEqual(all)
    expect((await (await open({ authorize: undefined })).get('/rights')).json).toEqual(none)
    expect((await (await open({ authorize: 'this-machine' })).get('/rights')).json).toMatchObject({ scale: true })
    const some = await open({ authorize: (_: unknown, action: string) => action === 'read' || action === 'retry' })
    expect((await some.get('/rights')).json).toEqual({ ...none, retry: true })
  })

  it('finds tasks by the beginning of their id, by their time, and by their error as it may be shown', async () => {
    const { submit, end, get } = await open({
      redact: (value: { name: string }, { kind }: { kind: string }) => {
        return kind === 'error' ? { name: value.name, message: 'hidden 12' } : value
      },
    })
    const failed = await submit('fails', ['secret 7'])
    const before = await submit('echo', [])
    await end(failed)
    await end(before)
    const found = async (query: string): Promise<string[]> => {
      const { json } = await get(`?${query}`)
      return json.tasks.map(({ taskId }: { taskId: string }) => taskId)
    }
    expect(await found(`id=${failed}`)).toEqual([failed])
    expect(await found('error=HIDDEN')).toEqual([failed])
    expect(await found(`pattern=${encodeURIComponent('TypeError: hidden #')}`)).toEqual([failed])
    // what is hidden cannot be guessed at either
    expect(await found('error=secret')).toEqual([])
    const { createdAt } = (await get(`/${before}`)).json
    expect(await found(`since=${createdAt}`)).toEqual([before])
    expect(await found(`until=${createdAt}`)).toEqual([failed])
    expect((await get('?since=yesterday')).status).toBe(400)
  })

  it('groups failures by name and by what went wrong', async () => {
    const { submit, end, get } = await open()
    for (const secret of ['1', '22', '"quoted"', 'words']) await end(await submit('fails', [secret]))
    const { json } = await get('/failures')
    expect(json.looked).toBe(4)
    const groups = json.groups.map(({ pattern, count }: { pattern: string; count: number }) => [pattern, count])
    expect(groups).toEqual([
      ['TypeError: no luck with #', 2],
      ['TypeError: no luck with words', 1],
      ['TypeError: no luck with "…"', 1],
    ])
  })

  it('cancels all that match, and only those the client may', async () => {
    const { tasks, submit, post, get } = await open({
      authorize: (_: unknown, action: string, target: { task?: { args: readonly unknown[] } }) =>
        action !== 'cancel' || target.task?.args[0] !== 'mine',
    })
    await tasks.pause()
    for (const whose of ['mine', 'yours', 'yours']) await submit('echo', [whose])
    const other = await submit('hold')
    const { json } = await post('/cancel', { filter: { name: 'echo' }, reason: 'enough' })
    expect(json).toEqual({ done: 2, notAllowed: 1, skipped: 0, nextCursor: null })
    expect((await get(`/${other}`)).json.status).toBe('pending')
    expect((await get('?status=cancelled')).json.tasks).toHaveLength(2)
    const settled = await post('/cancel', { filter: { status: ['completed'] } })
    expect(settled.json).toEqual({ done: 0, notAllowed: 0, skipped: 0, nextCursor: null })
    expect((await post('/cancel', {})).status).toBe(422)
    expect((await post('/cancel', { filter: { nme: 'echo' } })).status).toBe(422)
  })

  it('retries all that match, part by part', async () => {
    const { tasks, submit, end, post } = await open()
    const failed = tasks.taskNamed('fails').batch(Array.from({ length: 230 }, () => ['x']))
    await Promise.allSettled(failed.results.map((result) => result.wait()))
    await end(await submit('fails', ['another 1']))
    const filter = { name: 'fails', pattern: 'TypeError: no luck with x' }
    const first = await post('/retry', { filter })
    expect(first.json.done).toBeGreaterThan(0)
    expect(first.json.done).toBeLessThan(230)
    let sum = first.json.done as number
    for (let { nextCursor } = first.json; nextCursor !== null;) {
      const { json } = await post('/retry', { filter, cursor: nextCursor })
      sum += json.done
      nextCursor = json.nextCursor
    }
    expect(sum).toBe(230)
    expect(tasks.getStats().submittedTasks).toBe(461)
  })

  it('retries each task once, however often all that match are retried', async () => {
    const { tasks, submit, end, post } = await open()
    await tasks.pause('echo')
    const before = [await submit('echo', ['a']), await submit('echo', ['b']), await submit('echo', ['c'])]
    for (const taskId of before) await tasks.cancel(taskId)
    expect((await post(`/${before[0]}/retry`, {})).status).toBe(202)
    const filter = { name: 'echo', status: ['cancelled'] }
    const both = await Promise.all([post('/retry', { filter }), post('/retry', { filter })])
    expect(both.map(({ json }) => json.done).reduce((a: number, b: number) => a + b)).toBe(2)
    expect((await post('/retry', { filter })).json).toEqual({ done: 0, notAllowed: 0, skipped: 3, nextCursor: null })
    expect(tasks.getStats().submittedTasks).toBe(6)
    // for itself a task may be tried as often as one likes
    const { json } = await post(`/${before[0]}/retry`, {})
    await tasks.resume('echo')
    expect((await end(json.taskId)).json.result).toEqual(['a'])
  })

  it('tells the attempts of a task that was tried again, though nobody listened', async () => {
    const { tasks, get } = await open({ redact: undefined })
    let failures = 2
    const flaky = tasks.task({ name: 'flaky', maxRetries: 3, retryDelayMs: 1 }, () => {
      if (failures-- > 0) throw new TypeError(`failure ${failures}`)
      return 'worked'
    })
    const result = flaky.delay()
    await result.wait()
    const { json } = await get(`/${result.taskId}`)
    expect(json.attempts).toMatchObject([
      { attempt: 1, error: { name: 'TypeError', message: 'failure 1' } },
      { attempt: 2, error: { name: 'TypeError', message: 'failure 0' } },
    ])
    expect((await get('')).text).not.toContain('attempts')
  })

  it('runs a task again with other arguments, which have to fit, and only where it is exposed', async () => {
    const { submit, end, post, tasks } = await open()
    const before = await submit('add', [1, 2], { tags: ['sum'], priority: 'low' })
    await end(before)
    const { status, json, headers } = await post(`/${before}/run`, { args: [40, 2] })
    expect([status, headers.get('location')]).toEqual([202, `/tasks/${json.taskId}`])
    expect((await end(json.taskId)).json.result).toBe(42)
    expect(await tasks.getTask(json.taskId)).toMatchObject({ tags: ['sum'], priority: 3 })
    expect((await post(`/${before}/run`, { args: ['one'] })).status).toBe(422)
    const hidden = tasks.taskNamed('hidden').delay()
    await hidden.wait()
    expect((await post(`/${hidden.taskId}/run`, { args: [] })).status).toBe(404)
  })

  it('keeps the steps of a task while somebody listens', async () => {
    const { submit, end, get, url } = await open()
    const before = await submit('echo')
    await end(before)
    expect((await get(`/${before}/history`)).json).toEqual({ since: null, steps: [] })
    const listening = new AbortController()
    onTestFinished(() => listening.abort())
    const response = await fetch(`${url}/events?types=drained`, { signal: listening.signal })
    await response.body?.getReader().read()
    const failed = await submit('fails', ['x'])
    await end(failed)
    const { json } = await get(`/${failed}/history`)
    expect(json.since).toBeGreaterThan(1.7e12)
    expect(json.steps.map(({ type }: { type: string }) => type)).toEqual(['queued', 'started', 'failed'])
    expect(json.steps[1]).toMatchObject({ attempt: 1, lane: 'inline' })
    expect(json.steps[2].error).toEqual({ name: 'TypeError', message: 'no luck with x' })
  })

  it('says where a task runs and why', async () => {
    const { submit, get, tasks } = await open()
    const taskId = await submit('echo')
    const { json } = await get(`/${taskId}/lane`)
    expect(json).toMatchObject({ lane: 'inline', native: { compiled: false, blockers: [] } })
    expect(json.reason).toContain('event loop')
    const plain = tasks.addTask(() => 1, [])
    await plain.wait()
    expect((await get(`/${plain.taskId}/lane`)).status).toBe(404)
  })

  it('lists decisions of the auto-scaler', async () => {
    const { get } = await open()
    expect((await get('/scaling')).json.decisions).toEqual([])
  })

  it('enters changes in the audit log, done or refused, without arguments, and tells the channel who it was', async () => {
    const told: object[] = []
    const hear = (message: unknown): void => void told.push(message as object)
    subscribe('catzilla:http:audit', hear)
    onTestFinished(() => void unsubscribe('catzilla:http:audit', hear))
    const { submit, send, post, get, end } = await open()
    const taskId = await submit('echo', ['secret'])
    await end(taskId)
    await send('DELETE', `/${taskId}`)
    await post(`/${taskId}/run`, { args: ['secret'] })
    await post('/pause', { name: 'echo' })
    const paused = await submit('echo')
    await send('DELETE', `/${paused}?reason=enough`)
    const { json, text } = await get('/audit')
    expect(json.entries).toMatchObject([
      { operation: 'cancelTask', taskId: paused, outcome: 'done', details: { reason: 'enough' } },
      { operation: 'pauseTasks', taskName: 'echo', outcome: 'done', details: { name: 'echo' } },
      { operation: 'runTaskAgain', taskId, outcome: 'done', details: {} },
      { operation: 'cancelTask', taskId, taskName: 'echo', outcome: 'refused', caller: null, from: '127.0.0.1' },
    ])
    expect(text).not.toContain('secret')
    expect(told).toHaveLength(4)
    for (const entry of told) expect(entry).toHaveProperty('request')
  })

  it('enters who changed something, as authorize named him', async () => {
    const { submit, send, post, get } = await open({ authorize: () => ({ caller: 'tom' }) })
    await post('/pause', { name: 'echo' })
    const paused = await submit('echo')
    await send('DELETE', `/${paused}`)
    expect((await get('/audit')).json.entries).toMatchObject([
      { operation: 'cancelTask', taskId: paused, caller: 'tom' },
      { operation: 'pauseTasks', caller: 'tom' },
    ])
  })

  it('shows what caused an error, each cause as it may be shown', async () => {
    const { tasks, get, end } = await open({
      redact: (value: { message: string }, { kind }: { kind: string }) =>
        kind === 'error' ? { ...value, message: value.message.replace('10.0.0.7', '…') } : value,
    })
    const deep = tasks.task({ name: 'deep' }, () => {
      throw new Error('not saved', { cause: new RangeError('10.0.0.7 is full') })
    })
    const { taskId } = deep.delay()
    await end(taskId)
    const { error } = (await get(`/${taskId}`)).json
    expect(error).toEqual({
      name: 'Error',
      message: 'not saved',
      cause: { name: 'RangeError', message: '… is full' },
    })
  })
}
