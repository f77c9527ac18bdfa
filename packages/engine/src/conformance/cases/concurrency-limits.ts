// Limits on how many tasks of one name run at once.
import assert from 'node:assert/strict'
import type { TaskOptions } from '../../options/task-options.ts'
import type { ConformanceCase } from '../conformance-case.ts'
import type { Harness } from '../harness.ts'
import { vary } from '../harness.ts'
import { allSettled, someTurns } from '../moment.ts'

/** The most that ran at once of twelve, the first of which wait for each other until so many of them run. */
async function mostAtOnce(t: Harness, expected: number, asked: TaskOptions): Promise<number> {
  const engine = await t.start({ inlineConcurrency: 8 })
  const together = t.moment(`${expected} run at once`)
  let [running, most] = [0, 0]
  const body = async (): Promise<void> => {
    most = Math.max(most, ++running)
    if (running === expected) together.reach()
    await together.reached
    await someTurns(2)
    running--
  }
  const call = t.define(engine, body, asked)
  await allSettled(Array.from({ length: 12 }, () => engine.submit(call, [])))
  return most
}

export const concurrencyLimits: readonly ConformanceCase[] = [
  {
    name: 'concurrency limits how many of a name run at once, and allows so many',
    run: async (t) => {
      assert.equal(await mostAtOnce(t, 3, { concurrency: 3 }), 3)
    },
  },
  {
    name: 'limits.concurrency does the same, and the smaller of the two holds',
    run: async (t) => {
      assert.equal(await mostAtOnce(t, 2, { limits: { concurrency: 2 } }), 2)
      assert.equal(await mostAtOnce(t, 2, { limits: { concurrency: 4 }, concurrency: 2 }), 2)
    },
  },
  {
    name: 'tasks held back by their limit do not hold up others',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 2 })
      const blocker = await t.occupy(engine, { concurrency: 1, priority: 'critical' }, 'limited')
      const { options } = t.define(engine, () => 1, { concurrency: 1, priority: 'critical' })
      const held = [1, 2, 3].map(() => engine.submit({ name: 'limited', options }, []))
      assert.equal(
        await engine
          .submit(
            t.define(engine, () => 'past', { priority: 'low' }),
            [],
          )
          .wait(),
        'past',
      )
      assert.deepEqual(
        held.map(({ status }) => status),
        ['pending', 'pending', 'pending'],
      )
      blocker.release('all of them')
      await allSettled(held)
    },
  },
  {
    name: 'tasks held back start by class, then first in, first out',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 8 })
      const order: string[] = []
      const over = t.moment('the first may end')
      const body = (label: string): Promise<void> | undefined => {
        order.push(label)
        return label === 'first' ? over.reached : undefined
      }
      const call = t.define(engine, body, { concurrency: 1 })
      const labels = ['first', 'normal 1', 'low', 'normal 2', 'critical'] as const
      const classes = ['normal', 'normal', 'low', 'normal', 'critical'] as const
      const handles = labels.slice(0, 1).map((label) => engine.submit(call, [label]))
      await t.clock.advance(0)
      for (const [n, priority] of classes.entries()) {
        if (n > 0) handles.push(engine.submit(vary(call, { priority }), [labels[n]]))
      }
      await t.clock.advance(0)
      over.reach()
      await allSettled(handles)
      assert.deepEqual(order, ['first', 'critical', 'normal 1', 'normal 2', 'low'])
    },
  },
  {
    name: 'a task that fails, times out or is cancelled gives its place to the next',
    run: async (t) => {
      const engine = await t.start()
      const first = await t.occupy(engine, { concurrency: 1 }, 'failing')
      const second = engine.submit(
        { name: 'failing', options: t.define(engine, () => 1, { concurrency: 1, timeoutMs: 10 }).options },
        [],
      )
      const third = engine.submit(
        { name: 'failing', options: t.define(engine, () => 1, { concurrency: 1 }).options },
        [],
      )
      first.handle.cancel()
      assert.match((await allSettled([second]))[0]?.status ?? '', /failed/)
      first.release('the body that all three share ends')
      assert.equal(await third.wait(), 'the body that all three share ends')
    },
  },
  {
    name: 'cancelling a task that is held back lets the one behind it go',
    run: async (t) => {
      const engine = await t.start()
      const blocker = await t.occupy(engine, { concurrency: 1 }, 'narrow')
      const { options } = t.define(engine, () => 1, { concurrency: 1 })
      const [held, behind] = [
        engine.submit({ name: 'narrow', options }, []),
        engine.submit({ name: 'narrow', options }, []),
      ]
      await someTurns()
      assert.equal(held.cancel(), true)
      blocker.release('end')
      assert.equal(await behind.wait(), 'end')
    },
  },
  {
    name: 'a task that pauses for a retry does not count as running',
    run: async (t) => {
      const engine = await t.start()
      const starts: string[] = []
      const body = (label: string): void => {
        starts.push(label)
        if (label === 'fails' && starts.length === 1) throw new Error('again')
      }
      // long beside what a broker takes to hand over the other one
      const call = t.define(engine, body, { concurrency: 1, maxRetries: 1, retryDelayMs: 500 })
      await allSettled([engine.submit(call, ['fails']), engine.submit(call, ['other'])])
      assert.deepEqual(starts, ['fails', 'other', 'fails'])
    },
  },
  {
    name: 'find says that a task waits for its concurrency limit',
    run: async (t) => {
      const engine = await t.start()
      await t.occupy(engine, { concurrency: 1 }, 'narrow')
      const { options } = t.define(engine, () => 1, { concurrency: 1 })
      const held = engine.submit({ name: 'narrow', options }, [])
      await someTurns()
      assert.match((await engine.find(held.taskId))?.waitingFor ?? '', /concurrency.*1/)
    },
  },
]
