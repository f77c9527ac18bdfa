// Tasks that are to start later: never early, in the order in which they come due, without taking up a slot.
import assert from 'node:assert/strict'
import type { ConformanceCase } from '../conformance-case.ts'
import { vary } from '../harness.ts'
import { allSettled, nextEvent, recordEvents, someTurns } from '../moment.ts'

const LONGEST_TIMEOUT_MS = 2 ** 31 - 1

export const delays: readonly ConformanceCase[] = [
  {
    name: 'a delayed task does not start early',
    run: async (t) => {
      const engine = await t.start()
      const call = t.define(engine, () => performance.now(), { delayMs: 25 })
      for (let n = 0; n < 6; n++) {
        const submittedAt = performance.now()
        const handle = engine.submit(call, [])
        assert.equal(handle.status, 'scheduled')
        const waited = ((await handle.wait()) as number) - submittedAt
        assert.ok(waited >= 25, `started ${25 - waited} ms early`)
      }
    },
  },
  {
    name: 'a delayed task starts at its moment, and not a fraction before',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start()
      const handle = engine.submit(
        t.define(engine, () => t.clock.now(), { delayMs: 1500.5 }),
        [],
      )
      await t.clock.advance(1500)
      assert.equal(handle.status, 'scheduled')
      await t.clock.advance(100)
      assert.equal(await handle.wait(), 1500.5)
    },
  },
  {
    name: 'a delay beyond 2^31 ms is kept',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start()
      const delayMs = LONGEST_TIMEOUT_MS * 3
      const handle = engine.submit(
        t.define(engine, () => t.clock.now(), { delayMs }),
        [],
      )
      await t.clock.advance(delayMs - 1)
      assert.equal(handle.status, 'scheduled')
      await t.clock.advance(1)
      assert.equal(await handle.wait(), delayMs)
    },
  },
  {
    name: 'a delay beyond 2^31 ms does not come due at once',
    run: async (t) => {
      const engine = await t.start()
      const far = engine.submit(
        t.define(engine, () => 1, { delayMs: LONGEST_TIMEOUT_MS + 1000 }),
        [],
      )
      await engine
        .submit(
          t.define(engine, () => 1, { delayMs: 10 }),
          [],
        )
        .wait()
      assert.equal(far.status, 'scheduled')
    },
  },
  {
    name: 'the shorter delay starts first, whichever came first',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const order: number[] = []
      const call = t.define(engine, (n: number) => void order.push(n))
      const handles = [300, 100, 400, 200, 50].map((delayMs) => engine.submit(vary(call, { delayMs }), [delayMs]))
      await t.clock.advance(400)
      await allSettled(handles)
      assert.deepEqual(order, [50, 100, 200, 300, 400])
    },
  },
  {
    name: 'tasks that come due together start by class',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const order: string[] = []
      const call = t.define(engine, (label: string) => void order.push(label), { delayMs: 100 })
      const classes = ['low', 'high', 'critical', 'normal'] as const
      const handles = classes.map((priority) => engine.submit(vary(call, { priority }), [priority]))
      await t.clock.advance(100)
      await allSettled(handles)
      assert.deepEqual(order, ['critical', 'high', 'normal', 'low'])
    },
  },
  {
    name: 'a scheduled task takes up no slot',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const call = t.define(engine, (label: string) => label)
      const later = engine.submit(vary(call, { delayMs: 3_600_000 }), ['later'])
      assert.equal(await engine.submit(call, ['now']).wait(), 'now')
      assert.equal(later.status, 'scheduled')
      later.cancel()
      await allSettled([later])
    },
  },
  {
    name: 'a scheduled task can be cancelled, and never runs',
    run: async (t) => {
      const engine = await t.start()
      let ran = false
      const handle = engine.submit(
        t.define(engine, () => (ran = true), { delayMs: 5 }),
        [],
      )
      assert.equal(handle.cancel('not wanted'), true)
      assert.equal(handle.status, 'cancelled')
      await engine
        .submit(
          t.define(engine, () => 1, { delayMs: 15 }),
          [],
        )
        .wait()
      assert.equal(ran, false)
    },
  },
  {
    name: 'when it comes due is told by the event and by find',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start()
      const scheduled = nextEvent(engine, 'scheduled')
      const dueAt = t.clock.epochMs() + 750
      const handle = engine.submit(
        t.define(engine, () => 1, { delayMs: 750 }),
        [],
      )
      assert.equal((await scheduled).dueAt, dueAt)
      assert.equal((await engine.find(handle.taskId))?.dueAt, dueAt)
    },
  },
  {
    name: 'a delayed task is scheduled, queued and started, once each',
    run: async (t) => {
      const engine = await t.start()
      const events = recordEvents(engine, ['scheduled', 'queued', 'started', 'completed'])
      await engine
        .submit(
          t.define(engine, () => 1, { delayMs: 5 }),
          [],
        )
        .wait()
      await someTurns()
      assert.deepEqual(
        events.map(({ type }) => type),
        ['scheduled', 'queued', 'started', 'completed'],
      )
    },
  },
  {
    name: 'tasks of one class that come due together start first in, first out',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const order: number[] = []
      const call = t.define(engine, (n: number) => void order.push(n), { delayMs: 100 })
      const numbers = Array.from({ length: 50 }, (_, n) => n)
      const handles = numbers.map((n) => engine.submit(call, [n]))
      await t.clock.advance(100)
      await allSettled(handles)
      assert.deepEqual(order, numbers)
    },
  },
  {
    name: 'a thousand delays come due in their order',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const order: number[] = []
      const call = t.define(engine, (n: number) => void order.push(n))
      const delaysMs = Array.from({ length: 1000 }, (_, n) => ((n * 7919) % 1009) + 1)
      const handles = delaysMs.map((delayMs) => engine.submit(vary(call, { delayMs }), [delayMs]))
      handles.filter((_, n) => n % 3 === 0).forEach((handle) => handle.cancel())
      await t.clock.advance(2000)
      await allSettled(handles)
      const expected = delaysMs.filter((_, n) => n % 3 !== 0).toSorted((a, b) => a - b)
      assert.deepEqual(order, expected)
    },
  },
]
