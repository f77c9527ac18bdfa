// Waiting for room in a full queue.
import assert from 'node:assert/strict'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectRejection } from '../expectations.ts'
import { someTurns } from '../moment.ts'

export const room: readonly ConformanceCase[] = [
  {
    name: 'there is room at once while the queue is not full',
    run: async (t) => {
      const engine = await t.start({ queueSize: 1 })
      await engine.room()
    },
  },
  {
    name: 'room comes when a waiting task starts',
    run: async (t) => {
      const engine = await t.start({ queueSize: 1, inlineConcurrency: 1 })
      const blocker = await t.occupy(engine)
      const call = t.define(engine, () => 'ran')
      engine.submit(call, [])
      let came = false
      const wait = engine.room().then(() => (came = true))
      await someTurns()
      assert.equal(came, false)
      blocker.release()
      await wait
      assert.equal(await engine.submit(call, []).wait(), 'ran')
    },
  },
  {
    name: 'room comes when a waiting task is cancelled',
    run: async (t) => {
      const engine = await t.start({ queueSize: 1 })
      await engine.pause()
      const call = t.define(engine, () => 'ran')
      const handle = engine.submit(call, [])
      const wait = engine.room()
      handle.cancel()
      await wait
      engine.submit(call, [])
    },
  },
  {
    name: 'one place lets one through, first come, first served',
    run: async (t) => {
      const engine = await t.start({ queueSize: 1 })
      await engine.pause()
      const call = t.define(engine, () => 1)
      let latest = engine.submit(call, [])
      const order: number[] = []
      const waits = [1, 2, 3].map(async (n) => {
        await engine.room()
        order.push(n)
        latest = engine.submit(call, [])
      })
      for (const expected of [[1], [1, 2], [1, 2, 3]]) {
        latest.cancel()
        await someTurns()
        assert.deepEqual(order, expected)
      }
      await Promise.all(waits)
    },
  },
  {
    name: 'stopping the engine refuses those who wait for room',
    run: async (t) => {
      const engine = await t.start({ queueSize: 1 })
      await engine.pause()
      engine.submit(
        t.define(engine, () => 1),
        [],
      )
      const refused = [engine.room(), engine.room()].map((each) =>
        expectRejection(each, 'EngineClosedError', /make a new/),
      )
      await engine.stop({ waitForCompletion: false, timeoutMs: 0 })
      await Promise.all(refused)
    },
  },
]
