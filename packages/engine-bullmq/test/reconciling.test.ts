// Who is told of a task whose worker is gone, by the engine that gives it back to the queue.
import { expect, it } from 'vitest'
import type { BrokerHandle } from '../src/engine/broker-handle.ts'
import type { Hub } from '../src/engine/hub.ts'
import type { Messages, Notice } from '../src/engine/messages.ts'
import { Reconciling } from '../src/engine/reconciling.ts'
import type { Settlement } from '../src/engine/settlement.ts'

const id = 'task-1'

/** Looks once on a broker on which one task is lost. */
async function tellOf(given: {
  readonly handle?: Partial<BrokerHandle>
  readonly job?: unknown
}): Promise<{ toOthers: (readonly [string, Notice])[]; here: string[] }> {
  const toOthers: (readonly [string, Notice])[] = []
  const here: string[] = []
  // only what a look asks for: the whole of it is a running engine with a broker
  const hub = {
    broker: { lostAt: null, onReturn: () => {}, probe: async () => {} },
    events: { emit: ({ type, taskId }: { type: string; taskId: string }) => here.push(`${type} ${taskId}`) },
    live: new Map(given.handle === undefined ? [] : [[id, given.handle]]),
    now: () => 100_000,
    options: { lockMs: 1000 },
    queues: {
      of: () => ({ getJob: async () => (given.job instanceof Error ? Promise.reject(given.job) : given.job) }),
      sourceOf: () => ({ recoverLost: async () => [id] }),
    },
  } as unknown as Hub
  const messages: Pick<Messages, 'toOne'> = { toOne: (to, notice) => toOthers.push([to, notice]) }
  const reconciling = new Reconciling(hub, {} as Settlement, messages as Messages, () => ['pay'])
  await reconciling.look()
  return { toOthers, here }
}

const call = { name: 'pay', options: { priority: 2 } } as BrokerHandle['call']
const job = { data: { from: 'producer' }, processedBy: 'w1', processedOn: 98_000 }
const told = [['producer', expect.objectContaining({ t: 'stalled', id, reason: expect.stringContaining('1000 ms') })]]

it.each([
  ['a task of another process', { job }],
  ['one that has been taken up here meanwhile', { job, handle: { own: false, from: 'producer', call } }],
  [
    'the same when the broker does not answer',
    { job: new Error('gone'), handle: { own: false, from: 'producer', call } },
  ],
])('%s: who submitted it is told', async (_, given) => {
  expect(await tellOf(given)).toEqual({ toOthers: told, here: [] })
})

it.each([
  ['', job],
  [', also when the broker does not answer', new Error('gone')],
])('a task of this process: its listeners are told%s', async (_, answer) => {
  // what is asked of one here; `own` is worked out from what a real one was made of
  const handle = { own: true, from: null, taskId: id, name: 'pay', call } as unknown as Partial<BrokerHandle>
  expect(await tellOf({ job: answer, handle })).toEqual({ toOthers: [], here: [`stalled ${id}`] })
})

it('a task that is on the broker no more is nobody’s', async () => {
  expect(await tellOf({})).toEqual({ toOthers: [], here: [] })
})
