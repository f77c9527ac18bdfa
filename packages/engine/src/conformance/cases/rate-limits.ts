// Limits on how many tasks of one name start in any window of time.
import assert from 'node:assert/strict'
import type { TaskCall } from '../../contract/task.ts'
import type { TaskEngine } from '../../contract/task-engine.ts'
import type { TaskOptions } from '../../options/task-options.ts'
import type { ConformanceCase } from '../conformance-case.ts'
import type { Harness } from '../harness.ts'
import { allSettled } from '../moment.ts'

interface Limited {
  readonly engine: TaskEngine
  readonly call: TaskCall
  /** Virtual times of the starts. */
  readonly starts: number[]
}

async function limited(t: Harness, max: number, perMs: number, more: TaskOptions = {}): Promise<Limited> {
  const engine = await t.start()
  const starts: number[] = []
  const call = t.define(engine, () => void starts.push(t.clock.now()), { limits: { rate: { max, perMs } }, ...more })
  return { engine, call, starts }
}

export const rateLimits: readonly ConformanceCase[] = [
  {
    name: 'at most max start in a window, and the next at the moment when it opens',
    needs: ['virtualClock'],
    run: async (t) => {
      const { engine, call, starts } = await limited(t, 2, 1000)
      const handles = Array.from({ length: 6 }, () => engine.submit(call, []))
      await t.clock.advance(10_000)
      await allSettled(handles)
      assert.deepEqual(starts, [0, 0, 1000, 1000, 2000, 2000])
    },
  },
  {
    name: 'the window slides: no span of perMs has more than max starts',
    needs: ['virtualClock'],
    run: async (t) => {
      const { engine, call, starts } = await limited(t, 2, 1000)
      engine.submit(call, [])
      await t.clock.advance(900)
      for (let n = 0; n < 4; n++) engine.submit(call, [])
      await t.clock.advance(10_000)
      assert.deepEqual(starts, [0, 900, 1000, 1900, 2000])
    },
  },
  {
    name: 'whatever the pattern of submissions, no window has more than max starts',
    needs: ['virtualClock'],
    run: async (t) => {
      const { engine, call, starts } = await limited(t, 5, 100)
      for (let n = 0; n < 60; n++) {
        for (let count = (n * 7) % 4; count > 0; count--) engine.submit(call, [])
        await t.clock.advance((n * 13) % 29)
      }
      await t.clock.advance(100_000)
      assert.equal(starts.length, 90)
      for (const [n, at] of starts.entries()) {
        const sixth = starts[n + 5]
        assert.ok(sixth === undefined || sixth - at >= 100, `six starts within ${(sixth ?? 0) - at} ms`)
      }
    },
  },
  {
    name: 'unused allowance is not saved up',
    needs: ['virtualClock'],
    run: async (t) => {
      const { engine, call, starts } = await limited(t, 1, 100)
      await t.clock.advance(10_000)
      for (let n = 0; n < 3; n++) engine.submit(call, [])
      await t.clock.advance(10_000)
      assert.deepEqual(starts, [10_000, 10_100, 10_200])
    },
  },
  {
    name: 'tasks held back by their rate do not hold up others',
    needs: ['virtualClock'],
    run: async (t) => {
      const { engine, call } = await limited(t, 1, 60_000, { priority: 'critical' })
      for (let n = 0; n < 3; n++) engine.submit(call, [])
      assert.equal(
        await engine
          .submit(
            t.define(engine, () => 'past', { priority: 'low' }),
            [],
          )
          .wait(),
        'past',
      )
    },
  },
  {
    name: 'tasks cancelled while they are held back use nothing up',
    needs: ['virtualClock'],
    run: async (t) => {
      const { engine, call, starts } = await limited(t, 1, 1000)
      const handles = Array.from({ length: 5 }, () => engine.submit(call, []))
      await t.clock.advance(0)
      for (const handle of handles.slice(1, 4)) handle.cancel()
      await t.clock.advance(1000)
      assert.deepEqual(starts, [0, 1000])
      assert.equal(handles[4]?.status, 'completed')
    },
  },
  {
    name: 'each attempt is a start',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start()
      const starts: number[] = []
      const body = (): never => {
        starts.push(t.clock.now())
        throw new Error('again')
      }
      const call = t.define(engine, body, {
        limits: { rate: { max: 1, perMs: 1000 } },
        maxRetries: 2,
        retryDelayMs: 10,
      })
      const handle = engine.submit(call, [])
      await t.clock.advance(10_000)
      assert.equal(handle.status, 'failed')
      assert.deepEqual(starts, [0, 1000, 2000])
    },
  },
  {
    name: 'find says that a task waits for its rate limit, and how long',
    needs: ['virtualClock'],
    run: async (t) => {
      const { engine, call } = await limited(t, 1, 1000)
      engine.submit(call, [])
      const held = engine.submit(call, [])
      await t.clock.advance(300)
      assert.match((await engine.find(held.taskId))?.waitingFor ?? '', /rate limit.*700/)
    },
  },
]
