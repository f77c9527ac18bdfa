// Tasks for a moment of the wall clock.
import assert from 'node:assert/strict'
import { VirtualClock } from '../../support/virtual-clock.ts'
import type { ConformanceCase } from '../conformance-case.ts'

/** A virtual clock whose wall time can be set, as people and time servers do. */
class SettableClock extends VirtualClock {
  #setBy = 0

  setWallClock(byMs: number): void {
    this.#setBy += byMs
  }

  override epochMs(): number {
    return super.epochMs() + this.#setBy
  }
}

export const runAt: readonly ConformanceCase[] = [
  {
    name: 'a moment in the past is now',
    run: async (t) => {
      const engine = await t.start()
      const handle = engine.submit(
        t.define(engine, () => 'ran', { runAt: 1000 }),
        [],
      )
      assert.equal(handle.status, 'pending')
      assert.equal(await handle.wait(), 'ran')
    },
  },
  {
    name: 'a task for a moment starts at it, and is scheduled until then',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start()
      const moment = t.clock.epochMs() + 86_400_000
      const handle = engine.submit(
        t.define(engine, () => t.clock.epochMs(), { runAt: moment }),
        [],
      )
      assert.equal((await engine.find(handle.taskId))?.dueAt, moment)
      await t.clock.advance(86_400_000 - 1)
      assert.equal(handle.status, 'scheduled')
      await t.clock.advance(1)
      assert.equal(await handle.wait(), moment)
    },
  },
  {
    name: 'a Date is taken too, and not started before it',
    run: async (t) => {
      const engine = await t.start()
      const due = new Date(Date.now() + 200)
      const handle = engine.submit(
        t.define(engine, () => 1, { runAt: due }),
        [],
      )
      assert.equal(handle.status, 'scheduled')
      await handle.wait()
      const { createdAt, startedAt } = handle.stats()
      assert.ok((startedAt ?? 0) > createdAt + 100, 'it waited for its moment')
    },
  },
  {
    name: 'the wall clock set back puts the moment off',
    needs: ['virtualClock'],
    run: async (t) => {
      const clock = new SettableClock()
      const engine = await t.start({ clock })
      const handle = engine.submit(
        t.define(engine, () => clock.now(), { runAt: clock.epochMs() + 1000 }),
        [],
      )
      await clock.advance(500)
      clock.setWallClock(-400)
      await clock.advance(899)
      assert.equal(handle.status, 'scheduled')
      await clock.advance(1)
      assert.equal(await handle.wait(), 1400)
    },
  },
  {
    name: 'a delay does not care about the wall clock',
    needs: ['virtualClock'],
    run: async (t) => {
      const clock = new SettableClock()
      const engine = await t.start({ clock })
      const handle = engine.submit(
        t.define(engine, () => clock.now(), { delayMs: 1000 }),
        [],
      )
      clock.setWallClock(-3_600_000)
      await clock.advance(1000)
      assert.equal(await handle.wait(), 1000)
    },
  },
]
