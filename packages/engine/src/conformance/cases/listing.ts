// Pages of tasks: newest first, filtered, each task exactly once.
import assert from 'node:assert/strict'
import type { TaskQuery } from '../../contract/task-engine.ts'
import type { TaskEngine } from '../../contract/task-engine.ts'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectRejection } from '../expectations.ts'
import { vary } from '../harness.ts'
import { allSettled } from '../moment.ts'

async function idsOf(engine: TaskEngine, query?: TaskQuery): Promise<string[]> {
  return (await engine.list(query)).tasks.map(({ taskId }) => taskId)
}

export const listing: readonly ConformanceCase[] = [
  {
    name: 'an engine without tasks lists none',
    run: async (t) => {
      assert.deepEqual(await (await t.start()).list(), { tasks: [], nextCursor: undefined })
    },
  },
  {
    name: 'the newest task comes first, settled or not',
    run: async (t) => {
      const engine = await t.start()
      const call = t.define(engine, (n: number) => n)
      const done = [1, 2].map((n) => engine.submit(call, [n]))
      await allSettled(done)
      await engine.pause()
      const handles = [...done, ...[3, 4].map((n) => engine.submit(call, [n]))]
      assert.deepEqual(await idsOf(engine), handles.map(({ taskId }) => taskId).toReversed())
    },
  },
  {
    name: 'tasks are listed by one status or several',
    run: async (t) => {
      const engine = await t.start()
      const running = await t.occupy(engine)
      const call = t.define(engine, () => 1)
      const completed = engine.submit(call, [])
      await completed.wait()
      await engine.pause(call.name)
      const pending = engine.submit(call, [])
      const scheduled = engine.submit(vary(call, { delayMs: 60_000 }), [])
      const cancelled = engine.submit(call, [])
      cancelled.cancel()
      assert.deepEqual(await idsOf(engine, { status: 'running' }), [running.handle.taskId])
      assert.deepEqual(await idsOf(engine, { status: ['pending', 'scheduled'] }), [scheduled.taskId, pending.taskId])
      assert.deepEqual(await idsOf(engine, { status: ['completed', 'cancelled'] }), [
        cancelled.taskId,
        completed.taskId,
      ])
      assert.deepEqual(await idsOf(engine, { status: 'expired' }), [])
    },
  },
  {
    name: 'tasks are listed by name, class and tags, all of which must fit',
    run: async (t) => {
      const engine = await t.start()
      await engine.pause()
      const [mail, report] = [t.define(engine, () => 1), t.define(engine, () => 1)]
      const a = engine.submit(vary(mail, { tags: ['x', 'y'], priority: 'high' }), [])
      const b = engine.submit(vary(mail, { tags: ['x'] }), [])
      const c = engine.submit(vary(report, { tags: ['x', 'y'] }), [])
      assert.deepEqual(await idsOf(engine, { name: mail.name }), [b.taskId, a.taskId])
      assert.deepEqual(await idsOf(engine, { priority: 1 }), [a.taskId])
      assert.deepEqual(await idsOf(engine, { tags: ['x'] }), [c.taskId, b.taskId, a.taskId])
      assert.deepEqual(await idsOf(engine, { tags: ['y', 'x'] }), [c.taskId, a.taskId])
      assert.deepEqual(await idsOf(engine, { tags: ['y'], name: report.name, status: 'pending' }), [c.taskId])
      assert.deepEqual(await idsOf(engine, { name: 'nobody' }), [])
    },
  },
  {
    name: 'a page has fifty tasks unless it is asked for another number',
    run: async (t) => {
      const engine = await t.start()
      await engine.pause()
      engine.submitMany(
        t.define(engine, () => 1),
        Array.from({ length: 60 }, () => []),
      )
      assert.equal((await engine.list()).tasks.length, 50)
      assert.equal((await engine.list({ limit: 7 })).tasks.length, 7)
      assert.equal((await engine.list({ limit: 1000 })).tasks.length, 60)
    },
  },
  {
    name: 'following the cursor gives every task exactly once, though new ones come meanwhile',
    run: async (t) => {
      const engine = await t.start()
      await engine.pause()
      const call = t.define(engine, () => 1)
      const before = Array.from({ length: 25 }, () => engine.submit(call, [])).map(({ taskId }) => taskId)
      const seen: string[] = []
      let cursor: string | undefined
      let pages = 0
      do {
        const page = await engine.list(cursor === undefined ? { limit: 10 } : { limit: 10, cursor })
        seen.push(...page.tasks.map(({ taskId }) => taskId))
        engine.submit(call, [])
        cursor = page.nextCursor
      } while (cursor !== undefined && ++pages < 10)
      assert.deepEqual(seen, before.toReversed())
    },
  },
  {
    name: 'a cursor that no page has given is refused',
    run: async (t) => {
      const engine = await t.start()
      await assert.rejects(engine.list({ cursor: 'no such cursor!' }), {
        name: 'ConfigurationError',
        message: /cursor.*"no such cursor!"/,
      })
    },
  },
  {
    name: 'the last page has no cursor, also when it is full',
    run: async (t) => {
      const engine = await t.start()
      await engine.pause()
      engine.submitMany(
        t.define(engine, () => 1),
        [[], [], [], []],
      )
      const first = await engine.list({ limit: 2 })
      assert.ok(first.nextCursor !== undefined)
      const second = await engine.list({ limit: 2, cursor: first.nextCursor })
      assert.deepEqual([second.tasks.length, second.nextCursor], [2, undefined])
    },
  },
  {
    name: 'queries that make no sense are refused, naming what they got and what is accepted',
    run: async (t) => {
      const engine = await t.start()
      await expectRejection(engine.list({ limit: 0 }), 'ConfigurationError', 'limit', '0', '1..1000')
      await expectRejection(engine.list({ limit: 1001 }), 'ConfigurationError', 'limit', '1001', '1..1000')
      // what callers without types may ask
      const odd = { status: 'done' } as unknown as TaskQuery
      await expectRejection(engine.list(odd), 'ConfigurationError', 'status', 'done', 'completed')
      const unknown = { stat: 'pending' } as unknown as TaskQuery
      await expectRejection(engine.list(unknown), 'ConfigurationError', 'stat', /status/)
    },
  },
]
