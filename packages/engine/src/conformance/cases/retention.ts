// How long settled tasks can still be looked up.
import assert from 'node:assert/strict'
import type { ConformanceCase } from '../conformance-case.ts'
import { vary } from '../harness.ts'
import { allSettled } from '../moment.ts'

const DAY_MS = 86_400_000

export const retention: readonly ConformanceCase[] = [
  {
    name: 'a settled task is kept for keepResultMs, and forgotten then though nothing else happens',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start()
      const handle = engine.submit(
        t.define(engine, () => 1, { keepResultMs: DAY_MS }),
        [],
      )
      await handle.wait()
      await t.clock.advance(DAY_MS - 1)
      assert.equal((await engine.find(handle.taskId))?.status, 'completed')
      assert.equal(engine.snapshot().retainedTasks, 1)
      await t.clock.advance(1)
      assert.equal(await engine.find(handle.taskId), undefined)
      assert.deepEqual((await engine.list()).tasks, [])
      assert.equal(engine.snapshot().retainedTasks, 0)
    },
  },
  {
    name: 'the time counts from the end of the task, not from its submission',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start()
      const blocker = await t.occupy(engine, { keepResultMs: 100, timeoutMs: Infinity })
      await t.clock.advance(5000)
      assert.equal((await engine.find(blocker.handle.taskId))?.status, 'running')
      blocker.release()
      await t.clock.advance(99)
      assert.equal((await engine.find(blocker.handle.taskId))?.status, 'completed')
      await t.clock.advance(1)
      assert.equal(await engine.find(blocker.handle.taskId), undefined)
    },
  },
  {
    name: 'tasks with different keepResultMs are forgotten each at its own time',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start()
      const call = t.define(engine, () => 1)
      const handles = [300, 100, 200].map((keepResultMs) => engine.submit(vary(call, { keepResultMs }), []))
      await allSettled(handles)
      const kept = async (): Promise<boolean[]> =>
        Promise.all(handles.map(async ({ taskId }) => (await engine.find(taskId)) !== undefined))
      await t.clock.advance(100)
      assert.deepEqual(await kept(), [true, false, true])
      await t.clock.advance(100)
      assert.deepEqual(await kept(), [true, false, false])
      await t.clock.advance(100)
      assert.deepEqual(await kept(), [false, false, false])
    },
  },
  {
    name: 'keepResultMs 0 forgets the task as soon as it settles; its handle still knows',
    run: async (t) => {
      const engine = await t.start()
      const handle = engine.submit(
        t.define(engine, () => 'end', { keepResultMs: 0 }),
        [],
      )
      const { taskId } = handle
      assert.equal(await handle.wait(), 'end')
      assert.equal(await engine.find(taskId), undefined)
      assert.equal(handle.taskId, taskId)
      assert.deepEqual(handle.outcome, { status: 'completed', value: 'end' })
      assert.equal(handle.stats().status, 'completed')
      assert.equal(handle.cancel(), false)
    },
  },
  {
    name: 'keepResults bounds the number: the oldest go first',
    run: async (t) => {
      const engine = await t.start({ keepResults: 3, inlineConcurrency: 1 })
      const call = t.define(engine, () => 1)
      const handles = [1, 2, 3, 4, 5].map(() => engine.submit(call, []))
      await allSettled(handles)
      const found = await Promise.all(handles.map(async ({ taskId }) => (await engine.find(taskId)) !== undefined))
      assert.deepEqual(found, [false, false, true, true, true])
      assert.equal(engine.snapshot().retainedTasks, 3)
    },
  },
  {
    name: 'keepResults 0 keeps none',
    run: async (t) => {
      const engine = await t.start({ keepResults: 0 })
      const handle = engine.submit(
        t.define(engine, () => 'end'),
        [],
      )
      assert.equal(await handle.wait(), 'end')
      assert.equal(await engine.find(handle.taskId), undefined)
    },
  },
  {
    name: 'unsettled tasks are never forgotten',
    run: async (t) => {
      const engine = await t.start({ keepResults: 1 })
      const { handle } = await t.occupy(engine, { keepResultMs: 0 })
      const call = t.define(engine, () => 1)
      await allSettled(Array.from({ length: 10 }, () => engine.submit(call, [])))
      assert.equal((await engine.find(handle.taskId))?.status, 'running')
    },
  },
  {
    name: 'the id of a forgotten task never finds a later one',
    run: async (t) => {
      const engine = await t.start({ keepResults: 0 })
      const call = t.define(engine, () => 1)
      const forgotten = Array.from({ length: 20 }, () => engine.submit(call, []))
      const ids = forgotten.map(({ taskId }) => taskId)
      await allSettled(forgotten)
      await engine.pause()
      for (let n = 0; n < 20; n++) engine.submit(call, [])
      for (const id of ids) assert.equal(await engine.find(id), undefined)
    },
  },
]
