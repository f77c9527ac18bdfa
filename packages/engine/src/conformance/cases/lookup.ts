// Everything known of a task, by its id.
import assert from 'node:assert/strict'
import type { ConformanceCase } from '../conformance-case.ts'
import { vary } from '../harness.ts'
import { nextEvent, settled } from '../moment.ts'

export const lookup: readonly ConformanceCase[] = [
  {
    name: 'an id that nobody has finds nothing, whatever it looks like',
    run: async (t) => {
      const [engine, other] = [await t.start(), await t.start()]
      const foreign = other.submit(
        t.define(other, () => 1),
        [],
      )
      for (const id of ['', 'no-such-task', '--', '-1-1', '__proto__', 'x'.repeat(10_000), foreign.taskId]) {
        assert.equal(await engine.find(id), undefined, id.slice(0, 20))
      }
    },
  },
  {
    name: 'an id with something added finds nothing',
    run: async (t) => {
      const engine = await t.start()
      const { taskId } = engine.submit(
        t.define(engine, () => 1),
        [],
      )
      for (const id of [
        `${taskId} `,
        `${taskId}-`,
        `${taskId}0`,
        `0${taskId}`,
        taskId.toUpperCase() + '!',
        taskId.slice(1),
      ]) {
        assert.equal(await engine.find(id), undefined, id)
      }
      assert.equal((await engine.find(taskId))?.taskId, taskId)
    },
  },
  {
    name: 'a waiting task is found with what was asked for, and why it waits',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      await t.occupy(engine)
      const asked = { priority: 'low', tags: ['nightly', 'mail'], metadata: { tenant: 7 } } as const
      const call = t.define(engine, () => 1, asked, 'email.send')
      const handle = engine.submit(call, ['a@b.c', { n: 1 }])
      const info = await engine.find(handle.taskId)
      assert.ok(info !== undefined)
      const { name, status, priority, tags, metadata, args, outcome, logs, dueAt, retryOf } = info
      assert.deepEqual(
        { name, status, priority, tags, metadata, args, outcome, logs, dueAt, retryOf },
        {
          name: 'email.send',
          status: 'pending',
          priority: 3,
          tags: ['nightly', 'mail'],
          metadata: { tenant: 7 },
          args: ['a@b.c', { n: 1 }],
          outcome: null,
          logs: [],
          dueAt: null,
          retryOf: null,
        },
      )
      assert.ok((info.waitingFor ?? '').length > 0)
      assert.equal((await engine.find(engine.submit(vary(call, { priority: 'high' }), []).taskId))?.priority, 1)
    },
  },
  {
    name: 'a running task does not wait for anything',
    run: async (t) => {
      const engine = await t.start()
      const { handle } = await t.occupy(engine)
      const info = await engine.find(handle.taskId)
      assert.deepEqual([info?.status, info?.waitingFor, info?.completedAt], ['running', null, null])
      assert.ok(info?.startedAt !== null)
    },
  },
  {
    name: 'a settled task is found with its outcome',
    run: async (t) => {
      const engine = await t.start()
      const body = (fails: boolean): string => {
        if (fails) throw new Error('bad end')
        return 'good end'
      }
      const call = t.define(engine, body)
      const [good, bad] = [engine.submit(call, [false]), engine.submit(call, [true])]
      await Promise.all([settled(good), settled(bad)])
      assert.deepEqual((await engine.find(good.taskId))?.outcome, { status: 'completed', value: 'good end' })
      const { outcome } = (await engine.find(bad.taskId)) ?? assert.fail('the failed task is not found')
      assert.equal(outcome?.status === 'failed' ? outcome.error.message : 'no error', 'bad end')
    },
  },
  {
    name: 'finding a failed task is not looking at its result',
    run: async (t) => {
      const engine = await t.start()
      const body = (): never => {
        throw new Error('bad end')
      }
      const failed = nextEvent(engine, 'failed')
      const handle = engine.submit(t.define(engine, body), [])
      await failed
      await engine.find(handle.taskId)
      assert.equal(engine.snapshot().unobservedFailures, 1)
    },
  },
]
