// Bodies that fail: what arrives of the error, and that nothing else suffers.
import assert from 'node:assert/strict'
import type { ConformanceCase } from '../conformance-case.ts'
import { rejectionOf } from '../expectations.ts'
import { settled, someTurns } from '../moment.ts'

/** An error with everything on it that is to be kept. */
function richError(): Error {
  const error = new RangeError('out of reach', { cause: new Error('the ground below') })
  return Object.assign(error, { code: 'E_REACH', details: { distance: 7 } })
}

function checkRich(error: unknown): void {
  assert.ok(error instanceof Error)
  const { name, message, cause, code, details, stack } = error as Error & { code?: string; details?: unknown }
  assert.deepEqual(
    { name, message, code, details },
    {
      name: 'RangeError',
      message: 'out of reach',
      code: 'E_REACH',
      details: { distance: 7 },
    },
  )
  assert.equal((cause as Error).message, 'the ground below')
  assert.match(stack ?? '', /richError/)
}

export const failures: readonly ConformanceCase[] = [
  {
    name: 'what a synchronous body throws rejects the result, with all its fields',
    run: async (t) => {
      const engine = await t.start()
      const body = (): never => {
        throw richError()
      }
      const handle = engine.submit(t.define(engine, body), [])
      checkRich(await rejectionOf(handle.wait()))
      assert.equal(handle.status, 'failed')
    },
  },
  {
    name: 'what a promise rejects with rejects the result, with all its fields',
    run: async (t) => {
      const engine = await t.start()
      const handle = engine.submit(
        t.define(engine, () => Promise.reject(richError())),
        [],
      )
      checkRich(await rejectionOf(handle.wait()))
      assert.equal(handle.outcome?.status, 'failed')
    },
  },
  {
    name: 'thrown values that are no errors become errors that show them',
    run: async (t) => {
      const engine = await t.start()
      const body = (value: unknown): never => {
        throw value
      }
      const call = t.define(engine, body)
      for (const [value, shown] of [
        ['plain text', 'plain text'],
        [undefined, 'undefined'],
        [null, 'null'],
        [42, '42'],
      ] as const) {
        const error = await rejectionOf(engine.submit(call, [value]).wait())
        assert.ok(error instanceof Error)
        assert.ok(error.message.includes(shown), error.message)
        assert.equal(error.cause, value)
      }
    },
  },
  {
    name: 'rejections with values that are no errors become errors that show them',
    run: async (t) => {
      const engine = await t.start()
      const handle = engine.submit(
        t.define(engine, () => Promise.reject('no error')),
        [],
      )
      const error = await rejectionOf(handle.wait())
      assert.ok(error instanceof Error)
      assert.match(error.message, /no error/)
    },
  },
  {
    name: 'a result whose then cannot be read fails the task',
    run: async (t) => {
      const engine = await t.start()
      const body = (): unknown => ({
        // oxlint-disable-next-line unicorn/no-thenable -- a broken thenable is what this is about
        get then(): never {
          throw new Error('then is broken')
        },
      })
      const error = await rejectionOf(engine.submit(t.define(engine, body), []).wait())
      assert.equal((error as Error).message, 'then is broken')
    },
  },
  {
    name: 'an error that cannot be serialised still fails its task, with what can be kept',
    run: async (t) => {
      const engine = await t.start()
      const body = (): never => {
        const error = new Error('odd') as Error & { self?: unknown; act?: () => void }
        error.self = error
        error.act = () => {}
        throw error
      }
      const error = await rejectionOf(engine.submit(t.define(engine, body), []).wait())
      assert.equal((error as Error).message, 'odd')
    },
  },
  {
    name: 'a frozen error fails its task',
    run: async (t) => {
      const engine = await t.start()
      const error = await rejectionOf(
        engine
          .submit(
            t.define(engine, () => Promise.reject(Object.freeze(new Error('ice')))),
            [],
          )
          .wait(),
      )
      assert.equal((error as Error).message, 'ice')
    },
  },
  {
    name: 'a failure frees its slot and spares the tasks behind it',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const call = t.define(engine, (n: number) => {
        if (n < 5) throw new Error(`failure ${n}`)
        return n
      })
      const handles = [0, 1, 2, 3, 4, 5].map((n) => engine.submit(call, [n]))
      assert.equal(await handles[5]?.wait(), 5)
      assert.deepEqual(
        handles.map((handle) => handle.status),
        ['failed', 'failed', 'failed', 'failed', 'failed', 'completed'],
      )
    },
  },
  {
    name: 'a failure nobody looks at is no unhandled rejection',
    run: async (t) => {
      const engine = await t.start()
      const done = t.moment('the task behind the failing ones ran')
      const call = t.define(engine, async () => Promise.reject(new Error('nobody looks')))
      engine.submit(call, [])
      void engine.submit(call, []).accepted
      engine.submit(t.define(engine, done.reach), [])
      await done.reached
      await someTurns()
    },
  },
  {
    name: 'a failure seen by a listener only is no unhandled rejection',
    run: async (t) => {
      const engine = await t.start()
      const handle = engine.submit(
        t.define(engine, () => Promise.reject(new Error('told'))),
        [],
      )
      const outcome = await settled(handle)
      assert.equal(outcome.status, 'failed')
      await someTurns()
    },
  },
]
