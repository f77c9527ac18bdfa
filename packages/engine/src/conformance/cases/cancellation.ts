// Ending tasks before their end, by handle and by id.
import assert from 'node:assert/strict'
import { currentTask } from '../../lanes/task-context.ts'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectError, rejectionOf } from '../expectations.ts'
import { settled, someTurns } from '../moment.ts'

export const cancellation: readonly ConformanceCase[] = [
  {
    name: 'a waiting task is cancelled with the reason in its message, and never runs',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const blocker = await t.occupy(engine)
      let ran = false
      const handle = engine.submit(
        t.define(engine, () => (ran = true)),
        [],
      )
      assert.equal(handle.cancel('changed my mind'), true)
      assert.equal(handle.status, 'cancelled')
      expectError(await rejectionOf(handle.wait()), 'TaskCancelledError', 'changed my mind', handle.taskId)
      blocker.release()
      await engine
        .submit(
          t.define(engine, () => 1),
          [],
        )
        .wait()
      assert.equal(ran, false)
    },
  },
  {
    name: 'a running task is cancelled at once and its signal aborts',
    run: async (t) => {
      const engine = await t.start()
      const { handle, context } = await t.occupy(engine)
      assert.equal(handle.cancel('stop it'), true)
      assert.equal(handle.status, 'cancelled')
      assert.equal(context.signal.aborted, true)
      expectError(context.signal.reason, 'TaskCancelledError', 'stop it')
      expectError(await rejectionOf(handle.wait()), 'TaskCancelledError', 'stop it')
    },
  },
  {
    name: 'cancelling a running task frees its slot',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const { handle } = await t.occupy(engine)
      const next = engine.submit(
        t.define(engine, () => 'next'),
        [],
      )
      handle.cancel()
      assert.equal(await next.wait(), 'next')
    },
  },
  {
    name: 'what a cancelled body still gives or throws is dropped',
    run: async (t) => {
      const engine = await t.start()
      const [one, two] = [await t.occupy(engine), await t.occupy(engine)]
      one.handle.cancel()
      two.handle.cancel()
      assert.equal(engine.snapshot().lateRuns, 2)
      one.release('too late')
      two.fail(new Error('too late'))
      await someTurns()
      assert.deepEqual([one.handle.status, two.handle.status], ['cancelled', 'cancelled'])
      const { lateRuns, completedTasks, failedTasks, cancelledTasks } = engine.snapshot()
      assert.deepEqual([lateRuns, completedTasks, failedTasks, cancelledTasks], [0, 0, 0, 2])
    },
  },
  {
    name: 'a cancelled task is not retried',
    run: async (t) => {
      const engine = await t.start()
      const blocker = await t.occupy(engine, { maxRetries: 5 })
      blocker.handle.cancel()
      blocker.fail(new Error('because it was aborted'))
      await someTurns()
      assert.equal(blocker.handle.status, 'cancelled')
      assert.equal(engine.snapshot().retryCount, 0)
    },
  },
  {
    name: 'only the call that ends the task answers true',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const blocker = await t.occupy(engine)
      const handle = engine.submit(
        t.define(engine, () => 1),
        [],
      )
      assert.deepEqual([handle.cancel(), handle.cancel()], [true, false])
      assert.equal(await engine.cancel(handle.taskId), false)
      blocker.release()
      await settled(blocker.handle)
      assert.equal(blocker.handle.cancel('too late'), false)
      assert.equal(blocker.handle.status, 'completed')
    },
  },
  {
    name: 'a task can be cancelled by its id',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const blocker = await t.occupy(engine)
      const waiting = engine.submit(
        t.define(engine, () => 1),
        [],
      )
      assert.equal(await engine.cancel(waiting.taskId, 'by id'), true)
      assert.equal(await engine.cancel(blocker.handle.taskId, 'by id too'), true)
      expectError(await rejectionOf(waiting.wait()), 'TaskCancelledError', 'by id')
      expectError(await rejectionOf(blocker.handle.wait()), 'TaskCancelledError', 'by id too')
    },
  },
  {
    name: 'cancelling an id that nobody has answers false',
    run: async (t) => {
      const engine = await t.start()
      const other = await t.start()
      const { handle } = await t.occupy(other)
      for (const id of ['', 'no-such-task', '-', '__proto__', handle.taskId])
        assert.equal(await engine.cancel(id), false, id)
      assert.equal(handle.status, 'running')
    },
  },
  {
    name: 'a cancelled waiting task gives its place in the queue back',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1, queueSize: 1 })
      const blocker = await t.occupy(engine)
      const call = t.define(engine, () => 'ran')
      engine.submit(call, []).cancel()
      const next = engine.submit(call, [])
      blocker.release()
      assert.equal(await next.wait(), 'ran')
    },
  },
  {
    name: 'a task may cancel itself',
    run: async (t) => {
      const engine = await t.start()
      const sync = t.define(engine, () => void engine.cancel(currentTask()?.taskId ?? '', 'myself'))
      const never = t.moment('never')
      const later = t.define(engine, async () => {
        await engine.cancel(currentTask()?.taskId ?? '', 'myself')
        await never.reached
      })
      const handle = engine.submit(later, [])
      expectError(await rejectionOf(handle.wait()), 'TaskCancelledError', 'myself')
      // a synchronous body is over before anything can be cancelled, or is cancelled: it settles either way
      assert.match((await settled(engine.submit(sync, []))).status, /completed|cancelled/)
    },
  },
  {
    name: 'a body that cancels its own handle while it runs synchronously is cancelled',
    run: async (t) => {
      const engine = await t.start()
      const handles: { cancel(): boolean }[] = []
      const handle = engine.submit(
        t.define(engine, () => handles[0]?.cancel()),
        [],
      )
      handles.push(handle)
      const outcome = await settled(handle)
      assert.equal(outcome.status, 'cancelled')
      assert.equal(engine.snapshot().activeWorkers, 0)
    },
  },
  {
    name: 'cancelling one of many waiting tasks leaves the order of the others',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const order: number[] = []
      const blocker = await t.occupy(engine)
      const call = t.define(engine, (n: number) => void order.push(n))
      const handles = [0, 1, 2, 3, 4, 5].map((n) => engine.submit(call, [n]))
      for (const n of [0, 3, 5]) handles[n]?.cancel()
      blocker.release()
      await Promise.allSettled(handles.map((handle) => handle.wait()))
      assert.deepEqual(order, [1, 2, 4])
    },
  },
]
