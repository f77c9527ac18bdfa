// The callbacks of a task: onSuccess, onFailure, onRetry.
import assert from 'node:assert/strict'
import type { TaskStats } from '../../contract/task.ts'
import type { ConformanceCase } from '../conformance-case.ts'
import { settled, someTurns } from '../moment.ts'

export const callbacks: readonly ConformanceCase[] = [
  {
    name: 'onSuccess is called once, with the value and the figures',
    run: async (t) => {
      const engine = await t.start()
      const heard: [unknown, TaskStats][] = []
      const onSuccess = (value: string, stats: TaskStats): void => void heard.push([value, stats])
      const onFailure = (): void => assert.fail('onFailure is not for success')
      const handle = engine.submit(
        t.define(engine, () => 'value', { onSuccess, onFailure }),
        [],
      )
      await handle.wait()
      await someTurns()
      assert.equal(heard.length, 1)
      const [value, stats] = heard[0] ?? assert.fail()
      assert.deepEqual([value, stats.taskId, stats.status], ['value', handle.taskId, 'completed'])
    },
  },
  {
    name: 'onFailure is called once, after the last attempt, and onRetry before each retry',
    run: async (t) => {
      const engine = await t.start()
      const heard: unknown[] = []
      let runs = 0
      const body = (): never => {
        throw new Error(`failure ${++runs}`)
      }
      const call = t.define(engine, body, {
        maxRetries: 2,
        retryDelayMs: 2,
        onRetry: (attempt, error, delayMs) => void heard.push(['retry', attempt, error.message, delayMs]),
        onFailure: (error, stats) => void heard.push(['failure', error.message, stats.status, stats.retries]),
        onSuccess: () => assert.fail('onSuccess is not for failure'),
      })
      await settled(engine.submit(call, []))
      await someTurns()
      assert.deepEqual(heard, [
        ['retry', 1, 'failure 1', 2],
        ['retry', 2, 'failure 2', 2],
        ['failure', 'failure 3', 'failed', 2],
      ])
    },
  },
  {
    name: 'a cancelled or expired task calls neither onSuccess nor onFailure',
    run: async (t) => {
      const engine = await t.start()
      await engine.pause()
      const heard: string[] = []
      const asked = { onSuccess: () => void heard.push('success'), onFailure: () => void heard.push('failure') }
      engine
        .submit(
          t.define(engine, () => 1, asked),
          [],
        )
        .cancel()
      await settled(
        engine.submit(
          t.define(engine, () => 1, { ...asked, expireAfterMs: 5 }),
          [],
        ),
      )
      await someTurns()
      assert.deepEqual(heard, [])
    },
  },
  {
    name: 'callbacks are not called inside the body, but after the task settled',
    run: async (t) => {
      const engine = await t.start()
      const status = t.moment<string>('onSuccess was called')
      const call = t.define(engine, () => 1, { onSuccess: () => status.reach(handle.status) })
      const handle = engine.submit(call, [])
      assert.equal(await status.reached, 'completed')
    },
  },
  {
    name: 'a callback that throws is a warning, not a failure',
    run: async (t) => {
      const engine = await t.start()
      const warning = t.expectWarning()
      const onSuccess = (): never => {
        throw new Error('callback broke')
      }
      const handle = engine.submit(
        t.define(engine, () => 'fine', { onSuccess }),
        [],
      )
      assert.equal(await handle.wait(), 'fine')
      assert.match((await warning).message, /onSuccess.*callback broke/)
      assert.equal(handle.status, 'completed')
    },
  },
  {
    name: 'an asynchronous callback that rejects is a warning, not an unhandled rejection',
    run: async (t) => {
      const engine = await t.start()
      const warning = t.expectWarning()
      const body = (): never => {
        throw new Error('bad end')
      }
      const onFailure = async (): Promise<void> => Promise.reject(new Error('callback broke later'))
      // oxlint-disable-next-line typescript/no-misused-promises -- users do pass async callbacks
      await settled(engine.submit(t.define(engine, body, { onFailure }), []))
      assert.match((await warning).message, /onFailure.*callback broke later/)
    },
  },
]
