// Values that bodies give, synchronously and later.
import assert from 'node:assert/strict'
import type { ConformanceCase } from '../conformance-case.ts'
import { allSettled } from '../moment.ts'

export const results: readonly ConformanceCase[] = [
  {
    name: 'the value of a synchronous body is the result',
    run: async (t) => {
      const engine = await t.start()
      assert.equal(
        await engine
          .submit(
            t.define(engine, () => 'value'),
            [],
          )
          .wait(),
        'value',
      )
    },
  },
  {
    name: 'the value a promise resolves to is the result',
    run: async (t) => {
      const engine = await t.start()
      const over = t.moment<string>('the promise resolves')
      const handle = engine.submit(
        t.define(engine, () => over.reached),
        [],
      )
      over.reach('resolved')
      assert.equal(await handle.wait(), 'resolved')
    },
  },
  {
    name: 'any thenable is followed',
    run: async (t) => {
      const engine = await t.start()
      // oxlint-disable-next-line unicorn/no-thenable -- a thenable that is no promise is what this is about
      const body = (): unknown => ({ then: (resolve: (value: string) => void) => resolve('from a thenable') })
      assert.equal(await engine.submit(t.define(engine, body), []).wait(), 'from a thenable')
    },
  },
  {
    name: 'falsy results stay what they are',
    run: async (t) => {
      const engine = await t.start()
      const call = t.define(engine, (value: unknown) => value)
      for (const value of [undefined, null, 0, -0, '', false, Number.NaN, 0n]) {
        const handle = engine.submit(call, [value])
        assert.ok(Object.is(await handle.wait(), value), `expected ${String(value)}`)
        assert.deepEqual(handle.outcome, { status: 'completed', value })
      }
    },
  },
  {
    name: 'a result that is an Error is no failure',
    run: async (t) => {
      const engine = await t.start()
      const handle = engine.submit(
        t.define(engine, () => new Error('only a value')),
        [],
      )
      const value = await handle.wait()
      assert.ok(value instanceof Error)
      assert.equal(value.message, 'only a value')
      assert.equal(handle.status, 'completed')
    },
  },
  {
    name: 'results go to the handles they belong to, however late they come',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 3 })
      const over = [t.moment<string>('first'), t.moment<string>('second'), t.moment<string>('third')]
      const call = t.define(engine, (n: number) => over[n]?.reached)
      const handles = [0, 1, 2].map((n) => engine.submit(call, [n]))
      over[2]?.reach('c')
      assert.equal(await handles[2]?.wait(), 'c')
      assert.equal(handles[0]?.outcome, undefined)
      over[0]?.reach('a')
      over[1]?.reach('b')
      assert.deepEqual(await Promise.all(handles.map((handle) => handle.wait())), ['a', 'b', 'c'])
    },
  },
  {
    name: 'a thousand results all arrive, each with its task',
    run: async (t) => {
      const engine = await t.start()
      const call = t.define(engine, async (n: number) => n * n)
      const handles = Array.from({ length: 1000 }, (_, n) => engine.submit(call, [n]))
      const outcomes = await allSettled(handles)
      for (const [n, outcome] of outcomes.entries()) assert.deepEqual(outcome, { status: 'completed', value: n * n })
    },
  },
  {
    name: 'large and nested results arrive whole',
    run: async (t) => {
      const engine = await t.start()
      const make = (): unknown => ({
        rows: Array.from({ length: 5000 }, (_, id) => ({ id, tags: ['a', { deep: id }] })),
      })
      assert.deepEqual(await engine.submit(t.define(engine, make), []).wait(), make())
    },
  },
]
