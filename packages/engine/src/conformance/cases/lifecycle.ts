// Starting and stopping: what is legal when, and what is said when it is not.
import assert from 'node:assert/strict'
import type { StopOptions } from '../../contract/task-engine.ts'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectRejection, expectThrow } from '../expectations.ts'
import { someTurns } from '../moment.ts'
import { referencedTimers } from '../process-watch.ts'

const atOnce: StopOptions = { waitForCompletion: false, timeoutMs: 0 }

export const lifecycle: readonly ConformanceCase[] = [
  {
    name: 'nothing is taken before the engine is started, and the message says what to do',
    run: async (t) => {
      const engine = await t.make()
      const call = t.define(engine, () => 1)
      expectThrow(() => engine.submit(call, []), 'EngineClosedError', engine.name, 'start()')
      expectThrow(() => engine.submitMany(call, [[]]), 'EngineClosedError', 'start()')
      await expectRejection(engine.room(), 'EngineClosedError', 'start()')
      await expectRejection(engine.retry('any'), 'EngineClosedError', 'start()')
    },
  },
  {
    name: 'submitting is legal as soon as start was called',
    run: async (t) => {
      const engine = await t.make()
      const call = t.define(engine, () => 'early')
      const started = engine.start()
      const handle = engine.submit(call, [])
      await started
      assert.equal(await handle.wait(), 'early')
    },
  },
  {
    name: 'starting twice is refused',
    run: async (t) => {
      const engine = await t.start()
      await expectRejection(engine.start(), 'ConfigurationError', engine.name, /already.*once/)
    },
  },
  {
    name: 'nothing is taken after stop, and the message says what to do',
    run: async (t) => {
      const engine = await t.start()
      const call = t.define(engine, () => 1)
      await engine.stop(atOnce)
      expectThrow(() => engine.submit(call, []), 'EngineClosedError', engine.name, 'stopped', /new engine/)
      expectThrow(() => engine.submitMany(call, [[]]), 'EngineClosedError', /new engine/)
      await expectRejection(engine.room(), 'EngineClosedError', /new engine/)
      await expectRejection(engine.start(), 'EngineClosedError', /new engine/)
    },
  },
  {
    name: 'nothing is taken while the engine is stopping',
    run: async (t) => {
      const engine = await t.start()
      const blocker = await t.occupy(engine)
      const call = t.define(engine, () => 1)
      const stopped = engine.stop({ waitForCompletion: true, timeoutMs: 10_000 })
      await Promise.resolve()
      expectThrow(() => engine.submit(call, []), 'EngineClosedError', 'stopping', /new engine/)
      blocker.release()
      await stopped
    },
  },
  {
    name: 'every call of stop answers with the first report',
    run: async (t) => {
      const engine = await t.start()
      await engine.pause()
      engine.submit(
        t.define(engine, () => 1),
        [],
      )
      const reports = await Promise.all([engine.stop(atOnce), engine.stop({ waitForCompletion: true, timeoutMs: 5 })])
      reports.push(await engine.stop(atOnce))
      for (const report of reports) assert.deepEqual(report, reports[0])
      assert.equal((reports[0]?.cancelled ?? 0) + (reports[0]?.requeued ?? 0), 1)
    },
  },
  {
    name: 'an engine that was never started stops with an empty report, and cannot be started then',
    run: async (t) => {
      const engine = await t.make()
      const report = await engine.stop({ waitForCompletion: true, timeoutMs: 1000 })
      assert.deepEqual(report, { completed: 0, cancelled: 0, requeued: 0, abandoned: [] })
      await expectRejection(engine.start(), 'EngineClosedError', /new engine/)
    },
  },
  {
    name: 'stop options that make no sense are refused and stop nothing',
    run: async (t) => {
      const engine = await t.start()
      for (const timeoutMs of [-1, Number.NaN]) {
        const refused = engine.stop({ waitForCompletion: true, timeoutMs })
        await expectRejection(refused, 'ConfigurationError', 'timeoutMs', String(timeoutMs))
      }
      assert.equal(
        await engine
          .submit(
            t.define(engine, () => 'still on'),
            [],
          )
          .wait(),
        'still on',
      )
    },
  },
  {
    name: 'settled tasks and figures can be read after stop',
    run: async (t) => {
      const engine = await t.start()
      const handle = engine.submit(
        t.define(engine, () => 'end'),
        [],
      )
      await handle.wait()
      await engine.stop(atOnce)
      assert.deepEqual((await engine.find(handle.taskId))?.outcome, { status: 'completed', value: 'end' })
      assert.equal((await engine.list()).tasks.length, 1)
      assert.equal(engine.snapshot().completedTasks, 1)
      assert.equal(await engine.cancel(handle.taskId), false)
    },
  },
  {
    name: 'an idle engine holds no timer that keeps the process alive',
    run: async (t) => {
      const engine = await t.make()
      const before = referencedTimers()
      await engine.start()
      assert.equal(
        await engine
          .submit(
            t.define(engine, () => 'end', { keepResultMs: 60_000 }),
            [],
          )
          .wait(),
        'end',
      )
      await someTurns(20)
      assert.ok(referencedTimers() <= before, `${referencedTimers() - before} timers more than before`)
    },
  },
  {
    name: 'engines can be started and stopped any number of times over',
    run: async (t) => {
      for (let n = 0; n < 20; n++) {
        const engine = await t.start()
        assert.equal(
          await engine
            .submit(
              t.define(engine, () => n),
              [],
            )
            .wait(),
          n,
        )
        await engine.stop({ waitForCompletion: true, timeoutMs: 1000 })
      }
    },
  },
]
