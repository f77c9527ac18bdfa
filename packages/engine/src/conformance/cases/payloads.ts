// Arguments: copied as a boundary would copy them, or refused with the path of what cannot travel.
import assert from 'node:assert/strict'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectThrow } from '../expectations.ts'
import type { Harness } from '../harness.ts'

/** The arguments as the body gets them. */
async function received(t: Harness, ...args: unknown[]): Promise<unknown[]> {
  const engine = await t.start()
  const seen: unknown[][] = []
  await engine
    .submit(
      t.define(engine, (...each: unknown[]) => void seen.push(each)),
      args,
    )
    .wait()
  return seen[0] ?? assert.fail('the body did not run')
}

class Account {
  readonly owner = 'Ada'
  greet(): string {
    return `hello ${this.owner}`
  }
}

export const payloads: readonly ConformanceCase[] = [
  {
    name: 'what the caller changes after submitting is not seen by the body',
    run: async (t) => {
      const engine = await t.start()
      await engine.pause()
      const user = { name: 'Ada', tags: ['a'], at: new Date(5), map: new Map([['k', { deep: 1 }]]) }
      const handle = engine.submit(
        t.define(engine, (given: typeof user) => given),
        [user],
      )
      user.name = 'changed'
      user.tags.push('b')
      user.at.setTime(0)
      user.map.set('other', { deep: 2 })
      await engine.resume()
      assert.deepEqual(await handle.wait(), {
        name: 'Ada',
        tags: ['a'],
        at: new Date(5),
        map: new Map([['k', { deep: 1 }]]),
      })
    },
  },
  {
    name: 'what the body changes is not seen by the caller',
    run: async (t) => {
      const engine = await t.start()
      const user = { name: 'Ada', tags: ['a'] }
      const body = (given: typeof user): void => {
        given.name = 'changed'
        given.tags.push('b')
      }
      await engine.submit(t.define(engine, body), [user]).wait()
      assert.deepEqual(user, { name: 'Ada', tags: ['a'] })
    },
  },
  {
    name: 'plain values of every kind arrive as they are',
    run: async (t) => {
      const args = [
        0,
        -0,
        Number.NaN,
        Infinity,
        '',
        'ü🎈',
        true,
        null,
        undefined,
        12n ** 20n,
        [],
        {},
        [[[]]],
        { a: { b: undefined } },
      ]
      const found = await received(t, ...args)
      assert.deepEqual(found, args)
      assert.ok(Object.is(found[1], -0))
    },
  },
  {
    name: 'dates, maps, sets, expressions and binary data keep their kind',
    run: async (t) => {
      const args = [
        new Date(86_400_000),
        new Map<unknown, unknown>([
          ['key', { deep: [1] }],
          [{ object: 'key' }, 2],
        ]),
        new Set(['a', 1]),
        /pattern/giu,
        new Uint8Array([1, 2, 3]),
        new Float64Array([0.5, -1]),
        new ArrayBuffer(8),
      ]
      assert.deepEqual(await received(t, ...args), args)
    },
  },
  {
    name: 'bytes are copied too',
    run: async (t) => {
      const engine = await t.start()
      await engine.pause()
      const bytes = new Uint8Array([1, 2, 3])
      const handle = engine.submit(
        t.define(engine, (given: Uint8Array) => [...given]),
        [bytes],
      )
      bytes[0] = 99
      await engine.resume()
      assert.deepEqual(await handle.wait(), [1, 2, 3])
    },
  },
  {
    name: 'cycles and shared parts stay cycles and shared parts',
    run: async (t) => {
      const ring: { self?: unknown; name: string } = { name: 'ring' }
      ring.self = ring
      const shared = { n: 1 }
      const [gotRing, pair] = (await received(t, ring, { left: shared, right: shared })) as [
        typeof ring,
        { left: unknown; right: unknown },
      ]
      assert.notEqual(gotRing, ring)
      assert.equal(gotRing.self, gotRing)
      assert.equal(pair.left, pair.right)
      assert.notEqual(pair.left, shared)
    },
  },
  {
    name: 'an object of a class arrives with its fields, without its class',
    run: async (t) => {
      const [given] = await received(t, new Account())
      assert.deepEqual(given, { owner: 'Ada' })
      assert.equal(Object.getPrototypeOf(given), Object.prototype)
    },
  },
  {
    name: 'errors arrive with their name, message and cause',
    run: async (t) => {
      const [given] = await received(t, new RangeError('too far', { cause: 'wind' }))
      assert.ok(given instanceof Error)
      assert.deepEqual([given.name, given.message, given.cause], ['RangeError', 'too far', 'wind'])
    },
  },
  {
    name: 'a field called __proto__ stays a field',
    run: async (t) => {
      const hostile: unknown = JSON.parse('{"__proto__": {"admin": true}, "plain": 1}')
      const [given] = (await received(t, hostile)) as [{ admin?: boolean; plain: number }]
      assert.equal(given.admin, undefined)
      assert.equal(given.plain, 1)
      assert.ok(Object.hasOwn(given, '__proto__'))
      assert.equal(Object.getPrototypeOf(given), Object.prototype)
    },
  },
  {
    name: 'functions, symbols, promises and weak collections are refused with their path',
    run: async (t) => {
      const engine = await t.start()
      const call = t.define(engine, () => 1)
      const strangers = [() => 1, Symbol('s'), Promise.resolve(1), new WeakMap(), new WeakSet(), new WeakRef({})]
      for (const stranger of strangers) {
        const args = [1, { user: { callback: [stranger] } }]
        expectThrow(() => engine.submit(call, args), 'PayloadError', 'callback', call.name, /plain data/)
        try {
          engine.submit(call, args)
        } catch (error) {
          const [issue] = (error as { issues: { path: unknown; message: string }[] }).issues
          assert.deepEqual(issue?.path, [1, 'user', 'callback', 0])
          assert.ok((issue?.message ?? '').length > 0)
        }
      }
    },
  },
  {
    name: 'a refused payload takes no place and leaves no task',
    run: async (t) => {
      const engine = await t.start({ queueSize: 1 })
      const call = t.define(engine, () => 'ran')
      for (let n = 0; n < 3; n++) expectThrow(() => engine.submit(call, [() => 1]), 'PayloadError')
      const { totalQueued, submittedTasks } = engine.snapshot()
      assert.deepEqual([totalQueued, submittedTasks], [0, 0])
      assert.equal(await engine.submit(call, []).wait(), 'ran')
    },
  },
  {
    name: 'a refused payload does not replace the task that has its unique key',
    run: async (t) => {
      const engine = await t.start()
      await engine.pause()
      const call = t.define(engine, () => 'ran', { uniqueKey: 'one', onConflict: 'replace' })
      const first = engine.submit(call, [])
      expectThrow(() => engine.submit(call, [() => 1]), 'PayloadError')
      assert.equal(first.status, 'pending')
    },
  },
]
