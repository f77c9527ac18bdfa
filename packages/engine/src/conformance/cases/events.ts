// What listeners are told of tasks: each change once, in order, after it happened.
import assert from 'node:assert/strict'
import { engineEventTypes } from '../../contract/events.ts'
import type { EngineEventType } from '../../contract/events.ts'
import type { TaskHandle } from '../../contract/task.ts'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectThrow } from '../expectations.ts'
import { allSettled, nextEvent, recordEvents, settled, someTurns } from '../moment.ts'

export const events: readonly ConformanceCase[] = [
  {
    name: 'a task is queued, started and completed, once each, with its figures',
    run: async (t) => {
      const engine = await t.start()
      const heard = recordEvents(engine, ['queued', 'started', 'completed', 'failed', 'scheduled'])
      const handle = engine.submit(
        t.define(engine, () => 'value', { priority: 'high' }),
        [],
      )
      await handle.wait()
      await someTurns()
      assert.deepEqual(
        heard.map(({ type }) => type),
        ['queued', 'started', 'completed'],
      )
      const [, started, completed] = heard
      assert.ok(started?.type === 'started' && completed?.type === 'completed')
      assert.deepEqual([started.taskId, started.name, started.priority], [handle.taskId, handle.name, 1])
      assert.deepEqual([started.attempt, started.lane], [1, 'inline'])
      assert.deepEqual([completed.attempt, completed.outcome], [1, { status: 'completed', value: 'value' }])
      assert.ok(started.waitTimeMs >= 0 && completed.executionTimeMs >= 0 && started.at <= completed.at)
    },
  },
  {
    name: 'a retried task tells each attempt',
    run: async (t) => {
      const engine = await t.start()
      const heard = recordEvents(engine, ['queued', 'started', 'retrying', 'failed', 'completed'])
      const body = (): never => {
        throw new Error('again')
      }
      await settled(engine.submit(t.define(engine, body, { maxRetries: 1 }), []))
      await someTurns()
      assert.deepEqual(
        heard.map(({ type }) => type),
        ['queued', 'started', 'retrying', 'queued', 'started', 'failed'],
      )
    },
  },
  {
    name: 'cancelled and expired tasks are told with their error',
    run: async (t) => {
      const engine = await t.start()
      await engine.pause()
      const heard = recordEvents(engine, ['cancelled', 'expired'])
      const cancelled = engine.submit(
        t.define(engine, () => 1),
        [],
      )
      cancelled.cancel('reason given')
      const expired = engine.submit(
        t.define(engine, () => 1, { expireAfterMs: 5 }),
        [],
      )
      await settled(expired)
      await someTurns()
      assert.deepEqual(
        heard.map(({ type, taskId }) => [type, taskId]),
        [
          ['cancelled', cancelled.taskId],
          ['expired', expired.taskId],
        ],
      )
      assert.match(heard[0]?.error.message ?? '', /reason given/)
      assert.equal(heard[1]?.error.name, 'TaskExpiredError')
    },
  },
  {
    name: 'a failure says whether anybody looks at the result',
    run: async (t) => {
      const engine = await t.start()
      await engine.pause()
      const heard = recordEvents(engine, ['failed'])
      const body = (): never => {
        throw new Error('bad end')
      }
      const call = t.define(engine, body)
      const [watched, unwatched] = [engine.submit(call, []), engine.submit(call, [])]
      const over = settled(watched)
      const both = nextEvent(engine, 'failed', (event) => event.taskId === unwatched.taskId)
      await engine.resume()
      await Promise.all([over, both])
      const told = new Map(heard.map(({ taskId, observed }) => [taskId, observed]))
      assert.deepEqual([told.get(watched.taskId), told.get(unwatched.taskId), told.size], [true, false, 2])
    },
  },
  {
    name: 'listeners hear only the types they asked for, until they unsubscribe',
    run: async (t) => {
      const engine = await t.start()
      const heard: string[] = []
      const unsubscribe = engine.subscribe(['completed'], ({ type }) => heard.push(type))
      const call = t.define(engine, () => 1)
      const first = nextEvent(engine, 'completed')
      engine.submit(call, [])
      await first
      unsubscribe()
      unsubscribe()
      const second = nextEvent(engine, 'completed')
      engine.submit(call, [])
      await second
      assert.deepEqual(heard, ['completed'])
    },
  },
  {
    name: 'the same listener subscribed twice is told twice, and each unsubscribes for itself',
    run: async (t) => {
      const engine = await t.start()
      const heard: string[] = []
      const listener = ({ type }: { type: string }): void => void heard.push(type)
      const one = engine.subscribe(['completed'], listener)
      engine.subscribe(['completed'], listener)
      const call = t.define(engine, () => 1)
      await allSettled([engine.submit(call, [])])
      await someTurns()
      one()
      await allSettled([engine.submit(call, [])])
      await someTurns()
      assert.equal(heard.length, 3)
    },
  },
  {
    name: 'an event is told after the change it speaks of',
    run: async (t) => {
      const engine = await t.start()
      const handle = engine.submit(
        t.define(engine, () => 1),
        [],
      )
      const status = new Promise((resolve) => engine.subscribe(['completed'], () => resolve(handle.status)))
      assert.equal(await status, 'completed')
    },
  },
  {
    name: 'events are not told inside the call that causes them',
    run: async (t) => {
      const engine = await t.start()
      const heard = recordEvents(engine, ['queued', 'cancelled'])
      await engine.pause()
      const handle = engine.submit(
        t.define(engine, () => 1),
        [],
      )
      assert.deepEqual(heard, [])
      await someTurns()
      assert.equal(heard.length, 1)
      handle.cancel()
      assert.equal(heard.length, 1)
      await someTurns()
      assert.equal(heard.length, 2)
    },
  },
  {
    name: 'a listener that throws is a warning: the task, the other listeners and the engine go on',
    run: async (t) => {
      const engine = await t.start()
      const warning = t.expectWarning()
      const unsubscribe = engine.subscribe(['completed'], () => {
        throw new Error('listener broke')
      })
      const other = nextEvent(engine, 'completed')
      const call = t.define(engine, () => 'fine')
      assert.equal(await engine.submit(call, []).wait(), 'fine')
      await other
      assert.match((await warning).message, /listener broke/)
      unsubscribe()
      assert.equal(await engine.submit(call, []).wait(), 'fine')
    },
  },
  {
    name: 'a listener may submit tasks',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const follow = t.define(engine, () => 'followed')
      const first = engine.submit(
        t.define(engine, () => 1),
        [],
      )
      const followed = new Promise((resolve) => {
        engine.subscribe(['completed'], ({ taskId }) => {
          if (taskId === first.taskId) resolve(engine.submit(follow, []).wait())
        })
      })
      assert.equal(await followed, 'followed')
    },
  },
  {
    name: 'drained is told when nothing is left to do, and not before',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const drained = recordEvents(engine, ['drained'])
      const blocker = await t.occupy(engine)
      const later = engine.submit(
        t.define(engine, () => 1, { delayMs: 600_000 }),
        [],
      )
      blocker.release()
      await settled(blocker.handle)
      await someTurns()
      assert.equal(drained.length, 0)
      const empty = nextEvent(engine, 'drained')
      later.cancel()
      await settled(later)
      await empty
      assert.equal(drained.length, 1)
    },
  },
  {
    name: 'drain() settles when nothing is left to do, and not before',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      await engine.drain()
      const blocker = await t.occupy(engine)
      const follow = t.define(engine, () => 'follow')
      const late = { drained: false }
      const drained = engine.drain().then(() => (late.drained = true))
      const over = t.moment('the last task may end')
      const later = engine.submit(
        t.define(engine, () => over.reached, { delayMs: 10 }),
        [],
      )
      // submitted as the last one ends, it keeps the engine from being idle
      const followed = new Promise<TaskHandle>((resolve) => {
        later.onSettled(() => resolve(engine.submit(follow, [])))
      })
      blocker.release()
      await settled(blocker.handle)
      await someTurns()
      assert.equal(late.drained, false)
      over.reach()
      await drained
      const handles = [later, await followed]
      assert.deepEqual(
        handles.map(({ status }) => status),
        ['completed', 'completed'],
      )
      assert.equal(engine.snapshot().totalQueued, 0)
    },
  },
  {
    name: 'an event that does not exist is refused, and the existing ones named',
    run: async (t) => {
      const engine = await t.start()
      // what a caller without types may ask for
      const unknown = 'exploded' as EngineEventType
      expectThrow(() => engine.subscribe([unknown], () => {}), 'ConfigurationError', 'exploded', ...engineEventTypes)
    },
  },
]
