// Attempts that run too long: the signal aborts, the result settles, late output is dropped.
import assert from 'node:assert/strict'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectError, rejectionOf } from '../expectations.ts'
import { nextEvent, settled, someTurns } from '../moment.ts'

export const timeouts: readonly ConformanceCase[] = [
  {
    name: 'an attempt that runs too long fails with the limit in its message',
    run: async (t) => {
      const engine = await t.start()
      const { handle } = await t.occupy(engine, { timeoutMs: 15 })
      expectError(await rejectionOf(handle.wait()), 'TaskTimeoutError', '15', 'timeoutMs', handle.name)
      assert.equal(handle.status, 'failed')
    },
  },
  {
    name: 'a timeout does not come early',
    run: async (t) => {
      const engine = await t.start()
      const before = performance.now()
      const { handle } = await t.occupy(engine, { timeoutMs: 20 })
      await settled(handle)
      assert.ok(performance.now() - before >= 20)
    },
  },
  {
    name: 'the signal of the attempt aborts with the timeout as its reason',
    run: async (t) => {
      const engine = await t.start()
      const { handle, context } = await t.occupy(engine, { timeoutMs: 10 })
      assert.equal(context.signal.aborted, false)
      const aborted = new Promise((resolve) => context.signal.addEventListener('abort', resolve))
      await Promise.all([settled(handle), aborted])
      expectError(context.signal.reason, 'TaskTimeoutError', '10')
    },
  },
  {
    name: 'what a timed-out body still gives is dropped',
    run: async (t) => {
      const engine = await t.start()
      const blocker = await t.occupy(engine, { timeoutMs: 10 })
      await settled(blocker.handle)
      const before = blocker.handle.outcome
      assert.equal(engine.snapshot().lateRuns, 1)
      blocker.release('too late')
      await someTurns()
      assert.deepEqual(blocker.handle.outcome, before)
      const { lateRuns, completedTasks, failedTasks } = engine.snapshot()
      assert.deepEqual([lateRuns, completedTasks, failedTasks], [0, 0, 1])
    },
  },
  {
    name: 'what a timed-out body still throws is dropped',
    run: async (t) => {
      const engine = await t.start()
      const blocker = await t.occupy(engine, { timeoutMs: 10 })
      await settled(blocker.handle)
      blocker.fail(new Error('too late'))
      await someTurns()
      assert.equal(engine.snapshot().failedTasks, 1)
      expectError(await rejectionOf(blocker.handle.wait()), 'TaskTimeoutError')
    },
  },
  {
    name: 'a timed-out attempt frees its slot, though its body still runs',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      await t.occupy(engine, { timeoutMs: 10 })
      assert.equal(
        await engine
          .submit(
            t.define(engine, () => 'next'),
            [],
          )
          .wait(),
        'next',
      )
    },
  },
  {
    name: 'a timed-out attempt is retried, with a time limit and a signal of its own',
    run: async (t) => {
      const engine = await t.start()
      const signals: AbortSignal[] = []
      const retry = nextEvent(engine, 'retrying')
      const second = nextEvent(engine, 'started', ({ attempt }) => attempt === 2)
      const blocker = await t.occupy(engine, { timeoutMs: 10, maxRetries: 1 })
      signals.push(blocker.context.signal)
      expectError((await retry).error, 'TaskTimeoutError')
      await second
      assert.equal(signals[0]?.aborted, true)
      expectError(await rejectionOf(blocker.handle.wait()), 'TaskTimeoutError')
      assert.equal(engine.snapshot().timeoutCount, 2)
    },
  },
  {
    name: 'the late end of the first attempt does not end the second',
    run: async (t) => {
      const engine = await t.start()
      const overs = [t.moment<string>('first attempt ends'), t.moment<string>('second attempt ends')]
      let attempts = 0
      const second = t.moment('the second attempt started')
      const body = (): Promise<string> | undefined => {
        if (attempts === 1) second.reach()
        return overs[attempts++]?.reached
      }
      const handle = engine.submit(t.define(engine, body, { timeoutMs: 200, maxRetries: 1 }), [])
      await second.reached
      overs[0]?.reach('from the first')
      await someTurns()
      assert.equal(handle.status, 'running')
      overs[1]?.reach('from the second')
      assert.equal(await handle.wait(), 'from the second')
    },
  },
  {
    name: 'a synchronous body that ran too long has failed when it returns',
    run: async (t) => {
      const engine = await t.start()
      const body = (): string => {
        const until = performance.now() + 10
        while (performance.now() < until) continue
        return 'too late'
      }
      const handle = engine.submit(t.define(engine, body, { timeoutMs: 2 }), [])
      expectError(await rejectionOf(handle.wait()), 'TaskTimeoutError', '2')
    },
  },
  {
    name: 'the time limit is exact, and starts with the attempt',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const first = await t.occupy(engine)
      const over = t.moment('never')
      const handle = engine.submit(
        t.define(engine, () => over.reached, { timeoutMs: 100 }),
        [],
      )
      await t.clock.advance(5000)
      first.release()
      await t.clock.advance(99.5)
      assert.equal(handle.status, 'running')
      await t.clock.advance(0.5)
      assert.equal(handle.status, 'failed')
    },
  },
  {
    name: 'an attempt that ends in time is left alone afterwards',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start()
      const blocker = await t.occupy(engine, { timeoutMs: 100 })
      await t.clock.advance(99)
      blocker.release('in time')
      assert.equal(await blocker.handle.wait(), 'in time')
      await t.clock.advance(1000)
      assert.equal(blocker.handle.status, 'completed')
      assert.equal(blocker.context.signal.aborted, false)
      assert.equal(engine.snapshot().timeoutCount, 0)
    },
  },
  {
    name: 'timeoutMs Infinity is no limit',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start()
      const blocker = await t.occupy(engine, { timeoutMs: Infinity })
      await t.clock.advance(10 * 365 * 86_400_000)
      assert.equal(blocker.handle.status, 'running')
      blocker.release('after ten years')
      assert.equal(await blocker.handle.wait(), 'after ten years')
    },
  },
]
