// Tasks that are no use any more when they start too late.
import assert from 'node:assert/strict'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectError, rejectionOf } from '../expectations.ts'
import { settled } from '../moment.ts'

export const expiry: readonly ConformanceCase[] = [
  {
    name: 'a task that has not started in time expires, and says how long it had',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      await t.occupy(engine)
      const handle = engine.submit(
        t.define(engine, () => 1, { expireAfterMs: 15 }),
        [],
      )
      expectError(await rejectionOf(handle.wait()), 'TaskExpiredError', '15', handle.name)
      assert.equal(handle.status, 'expired')
      assert.equal(handle.outcome?.status, 'expired')
    },
  },
  {
    name: 'an expired task never runs',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const blocker = await t.occupy(engine)
      let ran = false
      const handle = engine.submit(
        t.define(engine, () => (ran = true), { expireAfterMs: 5 }),
        [],
      )
      await settled(handle)
      blocker.release()
      await engine
        .submit(
          t.define(engine, () => 1),
          [],
        )
        .wait()
      assert.equal(ran, false)
      assert.equal(handle.stats().startedAt, null)
    },
  },
  {
    name: 'a task that started in time does not expire while it runs or pauses for a retry',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start()
      const blocker = await t.occupy(engine, { expireAfterMs: 50, maxRetries: 1, retryDelayMs: 1000 })
      await t.clock.advance(100)
      assert.equal(blocker.handle.status, 'running')
      blocker.fail(new Error('again'))
      await t.clock.advance(100)
      assert.equal(blocker.handle.status, 'retrying')
    },
  },
  {
    name: 'expiry is exact and counted from the submission, delays included',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start()
      const handle = engine.submit(
        t.define(engine, () => 1, { delayMs: 500, expireAfterMs: 100 }),
        [],
      )
      await t.clock.advance(99)
      assert.equal(handle.status, 'scheduled')
      await t.clock.advance(1)
      assert.equal(handle.status, 'expired')
    },
  },
  {
    name: 'an expired task gives its place in the queue back',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1, queueSize: 1 })
      const blocker = await t.occupy(engine)
      await settled(
        engine.submit(
          t.define(engine, () => 1, { expireAfterMs: 5 }),
          [],
        ),
      )
      const next = engine.submit(
        t.define(engine, () => 'has room'),
        [],
      )
      blocker.release()
      assert.equal(await next.wait(), 'has room')
    },
  },
  {
    name: 'tasks expire while their engine or their name is paused',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start()
      await engine.pause('held')
      const handle = engine.submit(
        t.define(engine, () => 1, { expireAfterMs: 100 }, 'held'),
        [],
      )
      await engine.pause()
      const other = engine.submit(
        t.define(engine, () => 1, { expireAfterMs: 100 }),
        [],
      )
      await t.clock.advance(100)
      assert.deepEqual([handle.status, other.status], ['expired', 'expired'])
    },
  },
]
