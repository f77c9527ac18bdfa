// Requests that are repeated with an Idempotency-Key: the same client gets the same task, and nobody else does.
import { expect, it } from 'vitest'
import type { Authorize } from '@catzilla/http-adapters'
import type { Cases } from './describe-adapter.ts'
import { everybody, stand } from './stand.ts'

type Header = (name: string) => string | undefined

/** Says who asks: whom the header `x-user` names. */
const byUser: Authorize<Header> = (header) => ({ caller: header('x-user') ?? 'nobody' })

export const idempotencyCases: Cases = (edge, engine) => {
  const open = (options = {}) => stand(edge, { engine, ...everybody, ...options })

  it('gives the task of the first time for a repeated Idempotency-Key, also when it has long settled', async () => {
    const { post, end, tasks } = await open()
    const body = { task: 'add', args: [1, 2] }
    const first = await post('', body, { 'idempotency-key': '"order-1"' })
    await end(first.json.taskId)
    const second = await post('', body, { 'idempotency-key': 'order-1' })
    expect([second.status, second.json.taskId]).toEqual([202, first.json.taskId])
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    expect(second.headers.get('location')).toBe(first.headers.get('location'))
    expect(tasks.getStats().submittedTasks).toBe(1)
  })

  it('runs no task again for a repeated Idempotency-Key when its result is kept no longer', async () => {
    const { post, end, tasks } = await open()
    const first = await post('', { task: 'forgotten' }, { 'idempotency-key': 'k' })
    expect((await end(first.json.taskId)).status).toBe(404)
    const { json } = await post('', { task: 'forgotten' }, { 'idempotency-key': 'k' })
    expect(json).toEqual({ taskId: first.json.taskId, name: 'forgotten', status: 'settled' })
    expect(tasks.getStats().submittedTasks).toBe(1)
  })

  it('makes the Idempotency-Key the unique key of the task', async () => {
    const { post, tasks } = await open()
    await tasks.pause()
    const { json } = await post('', { task: 'echo', args: [1] }, { 'idempotency-key': 'k' })
    const same = tasks.addTask(tasks.taskNamed('echo'), [2], { uniqueKey: 'k' })
    expect(same.taskId).toBe(json.taskId)
  })

  it('refuses a known Idempotency-Key with other arguments, and keys that cannot be one', async () => {
    const { post } = await open()
    await post('', { task: 'echo', args: [1] }, { 'idempotency-key': 'k' })
    expect((await post('', { task: 'echo', args: [2] }, { 'idempotency-key': 'k' })).status).toBe(422)
    expect((await post('', { task: 'echo' }, { 'idempotency-key': 'two words' })).status).toBe(400)
    expect((await post('', { task: 'echo' }, { 'idempotency-key': 'x'.repeat(201) })).status).toBe(400)
  })

  it.each<[string, object, Record<string, string>, Record<string, string>]>([
    ['callers whom authorize names', { authorize: byUser }, { 'x-user': 'tom' }, { 'x-user': 'jerry' }],
    [
      'callers that authorize tells apart later',
      { authorize: async (header: Header) => byUser(header, 'submit', {}) },
      { 'x-user': 'tom' },
      { 'x-user': 'jerry' },
    ],
    ['tokens', {}, { authorization: 'Bearer a' }, { authorization: 'Bearer b' }],
    ['sessions', {}, { cookie: 'sid=a' }, { cookie: 'sid=b' }],
    ['somebody and nobody', {}, { authorization: 'Bearer a' }, {}],
  ])('keeps keys apart, while tasks are unsettled and after: those of %s', async (_, options, tom, jerry) => {
    const { post, end, gate, tasks } = await open(options)
    const submit = async (task: string, args: unknown[], who: Record<string, string>) =>
      await post('', { task, args }, { 'idempotency-key': 'order-1', ...who })
    const [mine, theirs] = [await submit('hold', [], tom), await submit('hold', [1], jerry)]
    expect([mine.status, theirs.status]).toEqual([202, 202])
    expect(theirs.json.taskId).not.toBe(mine.json.taskId)
    gate.open()
    await end(mine.json.taskId)
    await end(theirs.json.taskId)
    // neither learns what the other has sent: with the arguments of the other the key is each one's own, and known
    expect((await submit('hold', [], tom)).json.taskId).toBe(mine.json.taskId)
    expect((await submit('hold', [1], jerry)).json.taskId).toBe(theirs.json.taskId)
    expect((await submit('hold', [], jerry)).status).toBe(422)
    expect(tasks.getStats().submittedTasks).toBe(2)
  })

  it('knows a caller whose credentials have changed', async () => {
    const { post } = await open({ authorize: byUser })
    const submit = async (token: string) =>
      await post('', { task: 'echo' }, { 'idempotency-key': 'k', 'x-user': 'tom', authorization: token })
    const first = await submit('Bearer old')
    const again = await submit('Bearer new')
    expect(again.json.taskId).toBe(first.json.taskId)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
  })

  it('lets nobody name the task of a key that is not theirs', async () => {
    const { post, tasks, gate } = await open({ authorize: byUser })
    await post('', { task: 'hold' }, { 'idempotency-key': 'k', 'x-user': 'tom' })
    const { tasks: kept } = await tasks.listTasks({ name: 'hold' })
    expect(kept).toHaveLength(1)
    // the scope of a caller can be worked out by whoever knows the name
    const { scopeOf, scopedKey } = await import('../../src/core/idempotency-keys.ts')
    const uniqueKey = scopedKey(scopeOf({ caller: 'tom', request: { header: () => undefined } as never }), 'k')
    const guessed = tasks.addTask(tasks.taskNamed('hold'), [], { uniqueKey })
    expect(guessed.taskId).toBe(kept[0]?.taskId)
    const { status, json } = await post('', { task: 'hold', options: { uniqueKey } }, { 'x-user': 'jerry' })
    expect([status, json.errors[0].pointer]).toEqual([422, '#/options/uniqueKey'])
    const asKey = await post('', { task: 'hold' }, { 'idempotency-key': uniqueKey, 'x-user': 'jerry' })
    expect(asKey.status).toBe(400)
    gate.open()
  })

  it.each([{ caller: '' }, { caller: 7 }, {}, { name: 'tom' }, null])(
    'takes for a no what is neither yes nor names a caller: %j',
    async (verdict) => {
      const { get } = await open({ authorize: () => verdict })
      expect((await get('/stats')).status).toBe(403)
    },
  )
}
