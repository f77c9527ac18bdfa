// Holding tasks back by hand, all of them or those of one name.
import assert from 'node:assert/strict'
import type { ConformanceCase } from '../conformance-case.ts'
import { vary } from '../harness.ts'
import { allSettled, someTurns } from '../moment.ts'

export const pauseResume: readonly ConformanceCase[] = [
  {
    name: 'a paused engine takes tasks and starts none, until it is resumed',
    run: async (t) => {
      const engine = await t.start()
      await engine.pause()
      const handle = engine.submit(
        t.define(engine, () => 'ran'),
        [],
      )
      await handle.accepted
      await someTurns()
      assert.equal(handle.status, 'pending')
      await engine.resume()
      assert.equal(await handle.wait(), 'ran')
    },
  },
  {
    name: 'what runs goes on through a pause',
    run: async (t) => {
      const engine = await t.start()
      const blocker = await t.occupy(engine)
      await engine.pause()
      assert.equal(blocker.context.signal.aborted, false)
      blocker.release('went on')
      assert.equal(await blocker.handle.wait(), 'went on')
    },
  },
  {
    name: 'a slot that becomes free during a pause stays free',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const blocker = await t.occupy(engine)
      const handle = engine.submit(
        t.define(engine, () => 'ran'),
        [],
      )
      await engine.pause()
      blocker.release()
      await blocker.handle.wait()
      await someTurns()
      assert.equal(handle.status, 'pending')
      await engine.resume()
      assert.equal(await handle.wait(), 'ran')
    },
  },
  {
    name: 'pausing a name holds its tasks, and no others',
    run: async (t) => {
      const engine = await t.start()
      const held = t.define(engine, () => 'held')
      await engine.pause(held.name)
      const handles = [1, 2].map(() => engine.submit(held, []))
      assert.equal(
        await engine
          .submit(
            t.define(engine, () => 'other', { priority: 'low' }),
            [],
          )
          .wait(),
        'other',
      )
      assert.deepEqual(
        handles.map(({ status }) => status),
        ['pending', 'pending'],
      )
      await engine.resume(held.name)
      assert.deepEqual(await Promise.all(handles.map((handle) => handle.wait())), ['held', 'held'])
    },
  },
  {
    name: 'the figures name what is paused by name, on engines that tell',
    run: async (t) => {
      const engine = await t.start()
      const held = t.define(engine, () => 'held')
      await engine.pause(held.name)
      const { paused, pausedNames } = engine.snapshot()
      assert.equal(paused, false)
      if (pausedNames === undefined) return
      assert.deepEqual(pausedNames, [held.name])
      await engine.resume(held.name)
      assert.deepEqual(engine.snapshot().pausedNames, [])
    },
  },
  {
    name: 'a name may be paused before it is registered',
    run: async (t) => {
      const engine = await t.start()
      await engine.pause('not.yet')
      const handle = engine.submit(
        t.define(engine, () => 'ran', {}, 'not.yet'),
        [],
      )
      await engine
        .submit(
          t.define(engine, () => 1),
          [],
        )
        .wait()
      assert.equal(handle.status, 'pending')
      await engine.resume('not.yet')
      assert.equal(await handle.wait(), 'ran')
    },
  },
  {
    name: 'pausing and resuming are idempotent',
    run: async (t) => {
      const engine = await t.start()
      const call = t.define(engine, () => 'ran')
      for (const name of [undefined, call.name]) {
        await engine.resume(name)
        await engine.pause(name)
        await engine.pause(name)
        const handle = engine.submit(call, [])
        await engine.resume(name)
        assert.equal(await handle.wait(), 'ran')
      }
    },
  },
  {
    name: 'a pause of a name outlasts a pause of all',
    run: async (t) => {
      const engine = await t.start()
      const call = t.define(engine, () => 'ran')
      await engine.pause(call.name)
      await engine.pause()
      const handle = engine.submit(call, [])
      await engine.resume()
      await engine
        .submit(
          t.define(engine, () => 1),
          [],
        )
        .wait()
      assert.equal(handle.status, 'pending')
      await engine.resume(call.name)
      assert.equal(await handle.wait(), 'ran')
    },
  },
  {
    name: 'delays go on during a pause: what comes due then starts with the resume',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start()
      const handle = engine.submit(
        t.define(engine, () => t.clock.now(), { delayMs: 100 }),
        [],
      )
      await engine.pause()
      await t.clock.advance(500)
      assert.equal(handle.status, 'pending')
      await engine.resume()
      assert.equal(await handle.wait(), 500)
    },
  },
  {
    name: 'tasks held by a pause take their place again by when they were ready, delayed ones included',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const order: string[] = []
      const held = t.define(engine, (label: string) => void order.push(label))
      await engine.pause(held.name)
      const handles = [engine.submit(vary(held, { delayMs: 50 }), ['delayed']), engine.submit(held, ['at once'])]
      await t.clock.advance(60)
      const blocker = await t.occupy(engine)
      const other = t.define(engine, (label: string) => void order.push(label))
      handles.push(engine.submit(other, ['other']))
      await engine.resume(held.name)
      blocker.release()
      await allSettled(handles)
      assert.deepEqual(order, ['at once', 'delayed', 'other'])
    },
  },
  {
    name: 'tasks of a paused name keep their order',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const order: number[] = []
      const call = t.define(engine, (n: number) => void order.push(n))
      await engine.pause(call.name)
      const handles = [0, 1, 2].map((n) => engine.submit(call, [n]))
      await someTurns()
      await engine.resume(call.name)
      handles.push(...[3, 4].map((n) => engine.submit(call, [n])))
      await allSettled(handles)
      assert.deepEqual(order, [0, 1, 2, 3, 4])
    },
  },
  {
    name: 'a body may pause the engine: nothing starts after it',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const begun = t.moment('the first has begun')
      const other = t.moment('the other waits')
      const pausing = engine.submit(
        t.define(engine, async () => {
          begun.reach()
          await other.reached
          await engine.pause()
        }),
        [],
      )
      // tasks of two names may start in either order where a broker hands them out: this one has no place by now
      await begun.reached
      const handle = engine.submit(
        t.define(engine, () => 'ran'),
        [],
      )
      await handle.accepted
      other.reach()
      await pausing.wait()
      await someTurns()
      assert.equal(handle.status, 'pending')
      await engine.resume()
      assert.equal(await handle.wait(), 'ran')
    },
  },
  {
    name: 'find says that a task waits for the end of a pause',
    run: async (t) => {
      const engine = await t.start()
      const call = t.define(engine, () => 1)
      await engine.pause(call.name)
      const handle = engine.submit(call, [])
      await handle.accepted
      await someTurns()
      assert.match((await engine.find(handle.taskId))?.waitingFor ?? '', /task is paused/)
      await engine.pause()
      assert.match((await engine.find(handle.taskId))?.waitingFor ?? '', /paused/)
    },
  },
]
