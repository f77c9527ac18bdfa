// Taking tasks: names, handlers, ids, and the promise that the engine holds them.
import assert from 'node:assert/strict'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectThrow } from '../expectations.ts'
import { adHoc } from '../harness.ts'
import { allSettled } from '../moment.ts'

export const submission: readonly ConformanceCase[] = [
  {
    name: 'a body gets the arguments in their order',
    run: async (t) => {
      const engine = await t.start()
      const call = t.define(engine, (...args: unknown[]) => args)
      assert.deepEqual(await engine.submit(call, [1, 'two', null, undefined, true]).wait(), [
        1,
        'two',
        null,
        undefined,
        true,
      ])
    },
  },
  {
    name: 'submitting returns before the body runs',
    run: async (t) => {
      const engine = await t.start()
      let runs = 0
      const handle = engine.submit(
        t.define(engine, () => runs++),
        [],
      )
      assert.equal(runs, 0)
      await handle.wait()
      assert.equal(runs, 1)
    },
  },
  {
    name: 'each body runs exactly once per submission',
    run: async (t) => {
      const engine = await t.start()
      const runs = new Map<number, number>()
      const call = t.define(engine, (n: number) => void runs.set(n, (runs.get(n) ?? 0) + 1))
      const handles = Array.from({ length: 200 }, (_, n) => engine.submit(call, [n]))
      await allSettled(handles)
      assert.equal(runs.size, 200)
      assert.ok([...runs.values()].every((count) => count === 1))
    },
  },
  {
    name: 'every task has an id of its own, which stays',
    run: async (t) => {
      const engine = await t.start()
      const call = t.define(engine, () => 1)
      const handles = Array.from({ length: 200 }, () => engine.submit(call, []))
      const before = handles.map((handle) => handle.taskId)
      await allSettled(handles)
      assert.equal(new Set(before).size, 200)
      assert.deepEqual(
        before,
        handles.map((handle) => handle.taskId),
      )
      assert.ok(before.every((id) => typeof id === 'string' && id.length > 0))
    },
  },
  {
    name: 'two engines never give the same id',
    run: async (t) => {
      const [one, other] = [await t.start(), await t.start()]
      const idOf = (engine: typeof one): string =>
        engine.submit(
          t.define(engine, () => 1),
          [],
        ).taskId
      assert.notEqual(idOf(one), idOf(other))
    },
  },
  {
    name: 'the handle says the name of its task',
    run: async (t) => {
      const engine = await t.start()
      const handle = engine.submit(
        t.define(engine, () => 1, {}, 'email.send'),
        [],
      )
      assert.equal(handle.name, 'email.send')
    },
  },
  {
    name: 'an unknown name is refused and named',
    run: async (t) => {
      const engine = await t.start()
      const { options } = t.define(engine, () => 1)
      expectThrow(
        () => engine.submit({ name: 'nobody.knows', options }, []),
        'UnknownTaskError',
        'nobody.knows',
        /define|register/,
      )
      expectThrow(() => engine.submitMany({ name: 'nobody.knows', options }, [[]]), 'UnknownTaskError', 'nobody.knows')
    },
  },
  {
    name: 'a name known only to Object.prototype is unknown',
    run: async (t) => {
      const engine = await t.start()
      const { options } = t.define(engine, () => 1)
      for (const name of ['constructor', '__proto__', 'toString']) {
        expectThrow(() => engine.submit({ name, options }, []), 'UnknownTaskError', name)
      }
    },
  },
  {
    name: 'a name refused once works after it was registered',
    run: async (t) => {
      const engine = await t.start()
      const { options } = t.define(engine, () => 1)
      const call = Object.freeze({ name: 'late.comer', options })
      expectThrow(() => engine.submit(call, []), 'UnknownTaskError')
      t.define(engine, () => 'here now', {}, 'late.comer')
      assert.equal(await engine.submit(call, []).wait(), 'here now')
    },
  },
  {
    name: 'registering the same handler again is allowed',
    run: async (t) => {
      const engine = await t.start()
      const handler = (): string => 'same'
      t.define(engine, handler, {}, 'twice')
      const call = t.define(engine, handler, {}, 'twice')
      assert.equal(await engine.submit(call, []).wait(), 'same')
    },
  },
  {
    name: 'registering another handler under a taken name is refused',
    run: async (t) => {
      const engine = await t.start()
      const call = t.define(engine, () => 'first', {}, 'taken')
      expectThrow(() => t.define(engine, () => 'second', {}, 'taken'), 'TaskDefinitionError', 'taken', /another name/)
      assert.equal(await engine.submit(call, []).wait(), 'first')
    },
  },
  {
    name: 'a definition without a name or a function is refused',
    run: async (t) => {
      const engine = await t.start()
      expectThrow(() => t.define(engine, () => 1, {}, ''), 'TaskDefinitionError', 'name', '""')
      // what a caller without types may pass
      const notAFunction = 42 as unknown as () => void
      expectThrow(() => t.define(engine, notAFunction, {}, 'odd'), 'TaskDefinitionError', 'odd', '42', 'function')
    },
  },
  {
    name: 'a task may be registered before the engine starts',
    run: async (t) => {
      const engine = await t.make()
      const call = t.define(engine, () => 'early')
      await engine.start()
      assert.equal(await engine.submit(call, []).wait(), 'early')
    },
  },
  {
    name: 'a call may bring its handler',
    needs: ['adHocTasks'],
    run: async (t) => {
      const engine = await t.start()
      const call = adHoc('ad.hoc', (n: number) => n + 1)
      assert.equal(await engine.submit(call, [41]).wait(), 42)
    },
  },
  {
    name: 'calls of one name may bring different handlers',
    needs: ['adHocTasks'],
    run: async (t) => {
      const engine = await t.start()
      const one = engine.submit(
        adHoc('ad.hoc', () => 'one'),
        [],
      )
      const two = engine.submit(
        adHoc('ad.hoc', () => 'two'),
        [],
      )
      assert.deepEqual([await one.wait(), await two.wait()], ['one', 'two'])
    },
  },
  {
    name: 'accepted does not wait for the task to run',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const blocker = await t.occupy(engine)
      const handle = engine.submit(
        t.define(engine, () => 'later'),
        [],
      )
      await handle.accepted
      assert.equal(handle.status, 'pending')
      blocker.release()
      assert.equal(await handle.wait(), 'later')
    },
  },
  {
    name: 'a task submitted by a running task runs, even when that one waits for it',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 2 })
      const inner = t.define(engine, (n: number) => n * 2)
      const outer = t.define(engine, () => engine.submit(inner, [21]).wait())
      assert.equal(await engine.submit(outer, []).wait(), 42)
    },
  },
]
