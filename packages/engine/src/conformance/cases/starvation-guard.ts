// A class whose oldest task has waited longer than the class target gets at least one in every 16 starts.
import assert from 'node:assert/strict'
import type { TaskEngine } from '../../contract/task-engine.ts'
import type { TaskHandle, TaskPriority } from '../../contract/task.ts'
import type { ConformanceCase } from '../conformance-case.ts'
import type { Harness } from '../harness.ts'
import { vary } from '../harness.ts'
import { allSettled } from '../moment.ts'

interface Backlog {
  readonly engine: TaskEngine
  readonly order: TaskPriority[]
  readonly submit: (priority: TaskPriority, count: number) => void
  /** Lets everything start, one after the other, without any time passing; resolves to the classes as they started. */
  readonly run: () => Promise<TaskPriority[]>
}

async function backlog(t: Harness): Promise<Backlog> {
  const engine = await t.start({ inlineConcurrency: 1 })
  await engine.pause()
  const order: TaskPriority[] = []
  const call = t.define(engine, (priority: TaskPriority) => void order.push(priority))
  const handles: TaskHandle[] = []
  return {
    engine,
    order,
    submit: (priority, count) => {
      for (let n = 0; n < count; n++) handles.push(engine.submit(vary(call, { priority }), [priority]))
    },
    run: async () => {
      await engine.resume()
      await allSettled(handles)
      return order
    },
  }
}

/** The longest row of starts, among the first `upTo`, without one of `priority`. */
function longestWithout(order: readonly TaskPriority[], priority: TaskPriority): number {
  let [longest, current] = [0, 0]
  for (const each of order.slice(0, order.lastIndexOf(priority) + 1)) {
    current = each === priority ? 0 : current + 1
    longest = Math.max(longest, current)
  }
  return longest
}

export const starvationGuard: readonly ConformanceCase[] = [
  {
    name: 'a class within its target does not get ahead of more urgent ones',
    needs: ['virtualClock'],
    run: async (t) => {
      const { submit, run } = await backlog(t)
      submit(3, 3)
      await t.clock.advance(1000)
      submit(0, 60)
      assert.deepEqual((await run()).slice(-3), [3, 3, 3])
    },
  },
  {
    name: 'a class past its target gets at least one in every 16 starts',
    needs: ['virtualClock'],
    run: async (t) => {
      const { submit, run } = await backlog(t)
      submit(3, 5)
      await t.clock.advance(1001)
      submit(0, 200)
      const order = await run()
      assert.ok(longestWithout(order, 3) <= 15, order.join(''))
    },
  },
  {
    name: 'the guard gives no more than it has to: urgent tasks keep most of the starts',
    needs: ['virtualClock'],
    run: async (t) => {
      const { submit, run } = await backlog(t)
      submit(3, 50)
      await t.clock.advance(1001)
      submit(0, 200)
      const order = await run()
      const low = order.slice(0, 160).filter((priority) => priority === 3).length
      assert.ok(low >= 10 && low <= 20, `${low} of the first 160 starts were low`)
    },
  },
  {
    name: 'three starving classes get one in every 16 starts each',
    needs: ['virtualClock'],
    run: async (t) => {
      const { submit, run } = await backlog(t)
      for (const priority of [1, 2, 3] as const) submit(priority, 10)
      await t.clock.advance(1001)
      submit(0, 300)
      const order = await run()
      for (const priority of [1, 2, 3] as const) {
        assert.ok(longestWithout(order, priority) <= 15, `class ${priority}: ${order.join('')}`)
      }
    },
  },
  {
    name: 'each class has its own target: 1, 10, 100 and 1000 ms',
    needs: ['virtualClock'],
    run: async (t) => {
      for (const [priority, waitMs] of [
        [1, 11],
        [2, 101],
      ] as const) {
        const past = await backlog(t)
        past.submit(priority, 1)
        past.submit(3, 1)
        await t.clock.advance(waitMs)
        past.submit(0, 60)
        const order = await past.run()
        assert.ok(order.indexOf(priority) <= 15, `class ${priority} after ${waitMs} ms: ${order.join('')}`)
        assert.equal(order.indexOf(3), order.length - 1, 'the low one is within its target')
      }
    },
  },
  {
    name: 'the time a task was delayed is no waiting',
    needs: ['virtualClock'],
    run: async (t) => {
      const { engine, order, submit, run } = await backlog(t)
      const late = engine.submit(
        t.define(engine, () => void order.push(3), { priority: 'low', delayMs: 5000 }),
        [],
      )
      await t.clock.advance(5000)
      submit(0, 60)
      await run()
      await late.wait()
      assert.equal(order.indexOf(3), 60)
    },
  },
  {
    name: 'waits past the target are counted as breaches of the class',
    needs: ['virtualClock'],
    run: async (t) => {
      const { engine, submit, run } = await backlog(t)
      submit(1, 3)
      submit(3, 2)
      await t.clock.advance(11)
      await run()
      const { priorities } = engine.snapshot()
      assert.deepEqual(
        priorities.map((each) => each.breaches),
        [0, 3, 0, 0],
      )
      assert.deepEqual(
        priorities.map((each) => each.targetMs),
        [1, 10, 100, 1000],
      )
    },
  },
]
