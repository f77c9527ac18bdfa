// Limits per key: each key has its own.
import assert from 'node:assert/strict'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectThrow } from '../expectations.ts'
import { vary } from '../harness.ts'
import { allSettled, someTurns } from '../moment.ts'

export const keyedLimits: readonly ConformanceCase[] = [
  {
    name: 'a key computed from the arguments has limits of its own',
    run: async (t) => {
      const engine = await t.start()
      const running = new Map<string, number>()
      let [most, mostTogether] = [0, 0]
      const body = async (user: string): Promise<void> => {
        running.set(user, (running.get(user) ?? 0) + 1)
        most = Math.max(most, ...running.values())
        mostTogether = Math.max(
          mostTogether,
          [...running.values()].reduce((sum, each) => sum + each, 0),
        )
        await someTurns(2)
        running.set(user, (running.get(user) ?? 0) - 1)
      }
      const call = t.define(engine, body, { limits: { concurrency: 1, key: (user: string) => user } })
      await allSettled(['a', 'a', 'b', 'c', 'a', 'b'].map((user) => engine.submit(call, [user])))
      assert.deepEqual([most, mostTogether], [1, 3])
    },
  },
  {
    name: 'a fixed key is shared by the calls that give it, and by no others',
    run: async (t) => {
      const engine = await t.start()
      const over = t.moment('all may end')
      const call = t.define(engine, () => over.reached)
      const keyed = (key: string): typeof call => vary(call, { limits: { concurrency: 1, key } })
      const handles = [keyed('x'), keyed('x'), keyed('y'), call].map((each) => engine.submit(each, []))
      await someTurns()
      assert.deepEqual(
        handles.map(({ status }) => status),
        ['running', 'pending', 'running', 'running'],
      )
      over.reach()
      await allSettled(handles)
    },
  },
  {
    name: 'the limit of a key and that of the name hold together',
    run: async (t) => {
      const engine = await t.start()
      const over = t.moment('all may end')
      const limits = { concurrency: 1, key: (user: string) => user }
      const call = t.define(engine, () => over.reached, { limits, concurrency: 2 })
      const handles = ['a', 'a', 'b', 'c'].map((user) => engine.submit(call, [user]))
      await someTurns()
      assert.deepEqual(
        handles.map(({ status }) => status),
        ['running', 'pending', 'running', 'pending'],
      )
      over.reach()
      await allSettled(handles)
    },
  },
  {
    name: 'rates are kept per key',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start()
      const starts: [string, number][] = []
      const limits = { rate: { max: 1, perMs: 100 }, key: (user: string) => user }
      const call = t.define(engine, (user: string) => void starts.push([user, t.clock.now()]), { limits })
      for (const user of ['a', 'a', 'b']) engine.submit(call, [user])
      await t.clock.advance(1000)
      assert.deepEqual(starts, [
        ['a', 0],
        ['b', 0],
        ['a', 100],
      ])
    },
  },
  {
    name: 'a rate is remembered while its key has no task',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start()
      const starts: number[] = []
      const limits = { rate: { max: 1, perMs: 100 }, key: 'fixed' }
      const call = t.define(engine, () => void starts.push(t.clock.now()), { limits })
      await engine.submit(call, []).wait()
      await t.clock.advance(60)
      const second = engine.submit(call, [])
      await t.clock.advance(39)
      assert.equal(second.status, 'pending')
      await t.clock.advance(1)
      assert.deepEqual(starts, [0, 100])
    },
  },
  {
    name: 'the key is computed once, at submission',
    run: async (t) => {
      const engine = await t.start()
      let asked = 0
      const key = (): string => `key ${++asked}`
      const body = (n: number): void => {
        if (n > 0) throw new Error('again')
      }
      const call = t.define(engine, body, { limits: { concurrency: 1, key }, maxRetries: 2 })
      await allSettled([engine.submit(call, [1])])
      assert.equal(asked, 1)
    },
  },
  {
    name: 'a key function that throws or gives no text refuses the task, and nothing was taken',
    run: async (t) => {
      const engine = await t.start()
      const broken = (): string => {
        throw new Error('no such user')
      }
      // what a function without types may answer
      const numeric = (): string => 42 as unknown as string
      for (const [key, said] of [
        [broken, 'no such user'],
        [numeric, '42'],
      ] as const) {
        const call = t.define(engine, () => 1, { limits: { concurrency: 1, key } })
        expectThrow(() => engine.submit(call, []), 'TaskDefinitionError', 'limits.key', said)
      }
      assert.equal(engine.snapshot().submittedTasks, 0)
    },
  },
  {
    name: 'ten thousand keys leave nothing behind',
    run: async (t) => {
      const engine = await t.start()
      const call = t.define(engine, (n: number) => n, { limits: { concurrency: 1, key: (n: number) => `user ${n}` } })
      const outcomes = await allSettled(Array.from({ length: 10_000 }, (_, n) => engine.submit(call, [n])))
      assert.ok(outcomes.every(({ status }) => status === 'completed'))
      assert.equal(engine.snapshot().totalQueued, 0)
    },
  },
]
