// The `signal` option: an AbortSignal of the caller that cancels the task.
import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectError, rejectionOf } from '../expectations.ts'
import { allSettled, settled } from '../moment.ts'

export const abortSignal: readonly ConformanceCase[] = [
  {
    name: 'a task whose signal aborted before is cancelled and never runs',
    run: async (t) => {
      const engine = await t.start()
      let ran = false
      const signal = AbortSignal.abort(new Error('gone already'))
      const handle = engine.submit(
        t.define(engine, () => (ran = true), { signal }),
        [],
      )
      expectError(await rejectionOf(handle.wait()), 'TaskCancelledError', 'gone already')
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
    name: 'the signal cancels a waiting task, with its reason in the message',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      await t.occupy(engine)
      const controller = new AbortController()
      const handle = engine.submit(
        t.define(engine, () => 1, { signal: controller.signal }),
        [],
      )
      controller.abort('client went away')
      expectError(await rejectionOf(handle.wait()), 'TaskCancelledError', 'client went away')
    },
  },
  {
    name: 'the signal cancels a running task and aborts the signal of its body',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      const controller = new AbortController()
      const { handle, context } = await t.occupy(engine, { signal: controller.signal })
      const next = engine.submit(
        t.define(engine, () => 'next'),
        [],
      )
      controller.abort(new Error('client went away'))
      assert.equal(context.signal.aborted, true)
      expectError(await rejectionOf(handle.wait()), 'TaskCancelledError', 'client went away')
      assert.equal(await next.wait(), 'next', 'the slot is free again')
    },
  },
  {
    name: 'the signal cancels a scheduled task',
    run: async (t) => {
      const engine = await t.start()
      const controller = new AbortController()
      const handle = engine.submit(
        t.define(engine, () => 1, { signal: controller.signal, delayMs: 60_000 }),
        [],
      )
      controller.abort()
      expectError(await rejectionOf(handle.wait()), 'TaskCancelledError')
    },
  },
  {
    name: 'a signal that aborts after the end changes nothing, and is not listened to any more',
    run: async (t) => {
      const engine = await t.start()
      const controller = new AbortController()
      const handle = engine.submit(
        t.define(engine, () => 'end', { signal: controller.signal }),
        [],
      )
      await settled(handle)
      assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
      controller.abort()
      assert.equal(handle.status, 'completed')
    },
  },
  {
    name: 'one signal may cancel many tasks, without warnings about listeners',
    run: async (t) => {
      const engine = await t.start({ inlineConcurrency: 1 })
      await t.occupy(engine)
      const controller = new AbortController()
      const call = t.define(engine, () => 1, { signal: controller.signal })
      const handles = Array.from({ length: 50 }, () => engine.submit(call, []))
      controller.abort('all of them')
      const outcomes = await allSettled(handles)
      assert.ok(outcomes.every(({ status }) => status === 'cancelled'))
      assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
    },
  },
]
