// Strict priority between the classes, first-in first-out inside a class, and no more at once than there are slots.
import assert from 'node:assert/strict'
import type { ConformanceCase } from '../conformance-case.ts'
import { vary } from '../harness.ts'
import { allSettled, someTurns } from '../moment.ts'

const classNames = ['critical', 'high', 'normal', 'low'] as const

export const priorityOrder: readonly ConformanceCase[] = [
  {
    name: 'a more urgent task that comes later starts earlier',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const order: string[] = []
      const blocker = await t.occupy(engine)
      const call = t.define(engine, (label: string) => void order.push(label))
      const handles = [
        engine.submit(vary(call, { priority: 'low' }), ['low']),
        engine.submit(vary(call, { priority: 'critical' }), ['critical']),
      ]
      await Promise.all(handles.map((handle) => handle.accepted))
      blocker.release()
      await allSettled(handles)
      assert.deepEqual(order, ['critical', 'low'])
    },
  },
  {
    name: 'all four classes start in their order',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const order: string[] = []
      const call = t.define(engine, (label: string) => void order.push(label))
      const handles = [...classNames]
        .toReversed()
        .map((priority) => engine.submit(vary(call, { priority }), [priority]))
      await allSettled(handles)
      assert.deepEqual(order, classNames)
    },
  },
  {
    name: 'inside a class the first in is the first out',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const order: number[] = []
      const call = t.define(engine, (n: number) => void order.push(n))
      const numbers = Array.from({ length: 100 }, (_, n) => n)
      await allSettled(numbers.map((n) => engine.submit(call, [n])))
      assert.deepEqual(order, numbers)
    },
  },
  {
    name: 'first in, first out holds across tasks of different names',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const order: number[] = []
      const blocker = await t.occupy(engine)
      const calls = [1, 2, 3].map(() => t.define(engine, (n: number) => void order.push(n)))
      const handles = [0, 1, 2, 3, 4, 5].flatMap((n) =>
        calls.slice(n % 3, (n % 3) + 1).map((call) => engine.submit(call, [n])),
      )
      blocker.release()
      await allSettled(handles)
      assert.deepEqual(order, [0, 1, 2, 3, 4, 5])
    },
  },
  {
    name: 'random submissions start sorted by class, then by submission',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const order: [number, number][] = []
      const call = t.define(engine, (priority: number, n: number) => void order.push([priority, n]))
      const submitted = Array.from({ length: 300 }, (_, n): [0 | 1 | 2 | 3, number] => [
        [2, 0, 3, 1, 3, 3, 0][n % 7] as 0,
        n,
      ])
      await allSettled(submitted.map(([priority, n]) => engine.submit(vary(call, { priority }), [priority, n])))
      assert.deepEqual(
        order,
        submitted.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]),
      )
    },
  },
  {
    name: 'a task submitted while others start takes its place by class',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const order: string[] = []
      const plain = t.define(engine, (label: string) => void order.push(label))
      const submitting = t.define(engine, () => {
        order.push('submits')
        engine.submit(vary(plain, { priority: 'high' }), ['high'])
        engine.submit(vary(plain, { priority: 'low' }), ['low'])
      })
      const last = engine.submit(submitting, [])
      await allSettled([last, engine.submit(plain, ['normal'])])
      await t.clock.advance(0)
      assert.deepEqual(order, ['submits', 'high', 'normal', 'low'])
    },
  },
  {
    name: 'what runs is not interrupted by more urgent tasks',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const blocker = await t.occupy(engine, { priority: 'low' })
      const urgent = engine.submit(
        t.define(engine, () => 1, { priority: 'critical' }),
        [],
      )
      await urgent.accepted
      await someTurns()
      assert.deepEqual([blocker.handle.status, urgent.status], ['running', 'pending'])
      blocker.release('whole')
      assert.equal(await blocker.handle.wait(), 'whole')
      assert.equal(await urgent.wait(), 1)
    },
  },
  {
    name: 'never more run at once than inlineConcurrency, and so many do',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 3 })
      let running = 0
      let most = 0
      const full = t.moment('three run at once')
      const over = t.moment('all may end')
      const body = async (): Promise<void> => {
        most = Math.max(most, ++running)
        if (running === 3) full.reach()
        await over.reached
        running--
      }
      const call = t.define(engine, body)
      const handles = Array.from({ length: 10 }, () => engine.submit(call, []))
      await full.reached
      await someTurns()
      assert.equal(handles.filter((handle) => handle.status === 'running').length, 3)
      over.reach()
      await allSettled(handles)
      assert.equal(most, 3)
    },
  },
  {
    name: 'long queues of synchronous bodies leave the event loop its turns',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      let turnCame = false
      let turnCameInTime = false
      const call = t.define(engine, () => {
        const until = performance.now() + 5
        while (performance.now() < until) continue
        turnCameInTime ||= turnCame
      })
      const handles = Array.from({ length: 40 }, () => engine.submit(call, []))
      setTimeout(() => (turnCame = true), 1)
      await allSettled(handles)
      assert.ok(turnCameInTime, 'a timer of 1 ms had to wait for 200 ms of tasks')
    },
  },
]
