// Failed attempts that are tried again: how often, what ends them, and what the task is meanwhile.
import assert from 'node:assert/strict'
import { NonRetryableError } from '../../contract/errors.ts'
import { currentTask } from '../../lanes/task-context.ts'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectError, rejectionOf } from '../expectations.ts'
import type { Harness } from '../harness.ts'
import { nextEvent, recordEvents, settled, someTurns } from '../moment.ts'

/** A body that fails `failures` times, noting its attempts. */
function flaky(failures: number): { attempts: number[]; body: () => string } {
  const attempts: number[] = []
  const body = (): string => {
    const attempt = currentTask()?.attempt ?? 0
    attempts.push(attempt)
    if (attempts.length <= failures) throw new Error(`failure ${attempts.length}`)
    return 'worked'
  }
  return { attempts, body }
}

/** A task that is between two attempts, and stays there. */
async function retrying(
  t: Harness,
): Promise<{ engine: Awaited<ReturnType<Harness['start']>>; handle: ReturnType<typeof engine.submit> }> {
  const engine = await t.start({ inlineConcurrency: 1 })
  const waiting = nextEvent(engine, 'retrying')
  const handle = engine.submit(t.define(engine, flaky(9).body, { maxRetries: 9, retryDelayMs: 60_000 }), [])
  await waiting
  return { engine, handle }
}

export const retries: readonly ConformanceCase[] = [
  {
    name: 'attempts that were followed by another are told with the task, on engines that keep them',
    run: async (t) => {
      const engine = await t.start()
      const { body } = flaky(2)
      const handle = engine.submit(t.define(engine, body, { maxRetries: 5, retryDelayMs: 1 }), [])
      await handle.wait()
      const info = await engine.find(handle.taskId)
      if (info?.pastAttempts === undefined) return
      const told = info.pastAttempts.map(({ attempt, error }) => [attempt, error.message])
      assert.deepEqual(told, [
        [1, 'failure 1'],
        [2, 'failure 2'],
      ])
      const times = info.pastAttempts.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt])
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      )
      assert.ok((info.startedAt ?? 0) >= (times.at(-1) ?? Infinity))
      assert.ok(info.pastAttempts.every(({ delayMs, waitTimeMs }) => delayMs >= 0 && waitTimeMs >= 0))
    },
  },
  {
    name: 'a failing body is tried again until it works',
    run: async (t) => {
      const engine = await t.start()
      const { attempts, body } = flaky(2)
      const handle = engine.submit(t.define(engine, body, { maxRetries: 5 }), [])
      assert.equal(await handle.wait(), 'worked')
      assert.deepEqual(attempts, [1, 2, 3])
      assert.equal(handle.stats().retries, 2)
    },
  },
  {
    name: 'maxRetries counts the retries after the first run; the last error is the outcome',
    run: async (t) => {
      const engine = await t.start()
      const { attempts, body } = flaky(9)
      const handle = engine.submit(t.define(engine, body, { maxRetries: 2 }), [])
      assert.equal(((await rejectionOf(handle.wait())) as Error).message, 'failure 3')
      await someTurns()
      assert.deepEqual(attempts, [1, 2, 3])
    },
  },
  {
    name: 'with maxRetries 0 a failing body runs once',
    run: async (t) => {
      const engine = await t.start()
      const { attempts, body } = flaky(9)
      await rejectionOf(engine.submit(t.define(engine, body, { maxRetries: 0 }), []).wait())
      await someTurns()
      assert.deepEqual(attempts, [1])
    },
  },
  {
    name: 'asynchronous failures are retried like synchronous ones',
    run: async (t) => {
      const engine = await t.start()
      const { attempts, body } = flaky(1)
      const handle = engine.submit(
        t.define(engine, async () => body(), { maxRetries: 1 }),
        [],
      )
      assert.equal(await handle.wait(), 'worked')
      assert.deepEqual(attempts, [1, 2])
    },
  },
  {
    name: 'each attempt gets the same arguments',
    run: async (t) => {
      const engine = await t.start()
      const seen: unknown[] = []
      const body = (a: number, b: string): void => {
        seen.push([a, b])
        if (seen.length < 3) throw new Error('again')
      }
      await engine.submit(t.define(engine, body, { maxRetries: 2 }), [1, 'b']).wait()
      assert.deepEqual(seen, [
        [1, 'b'],
        [1, 'b'],
        [1, 'b'],
      ])
    },
  },
  {
    name: 'a NonRetryableError ends the task at once',
    run: async (t) => {
      const engine = await t.start()
      let runs = 0
      const body = (): never => {
        runs++
        throw new NonRetryableError('no use')
      }
      const handle = engine.submit(t.define(engine, body, { maxRetries: 5 }), [])
      expectError(await rejectionOf(handle.wait()), 'NonRetryableError', 'no use')
      assert.equal(runs, 1)
    },
  },
  {
    name: 'an error with the code of NonRetryableError counts as one, whatever its class',
    run: async (t) => {
      const engine = await t.start()
      let runs = 0
      const body = async (): Promise<never> => {
        runs++
        throw Object.assign(new Error('from another copy'), { code: 'ERR_CATZILLA_NON_RETRYABLE' })
      }
      await rejectionOf(engine.submit(t.define(engine, body, { maxRetries: 5 }), []).wait())
      assert.equal(runs, 1)
    },
  },
  {
    name: 'between two attempts the task is retrying and tells when it comes due',
    run: async (t) => {
      const { engine, handle } = await retrying(t)
      assert.equal(handle.status, 'retrying')
      assert.equal(handle.outcome, undefined)
      const info = await engine.find(handle.taskId)
      assert.ok((info?.dueAt ?? 0) > Date.now() + 30_000)
    },
  },
  {
    name: 'a task between two attempts takes up no slot',
    run: async (t) => {
      const { engine } = await retrying(t)
      assert.equal(
        await engine
          .submit(
            t.define(engine, () => 'free'),
            [],
          )
          .wait(),
        'free',
      )
    },
  },
  {
    name: 'a task between two attempts can be cancelled',
    run: async (t) => {
      const { handle } = await retrying(t)
      assert.equal(handle.cancel('enough'), true)
      expectError(await rejectionOf(handle.wait()), 'TaskCancelledError', 'enough')
      assert.equal(handle.status, 'cancelled')
    },
  },
  {
    name: 'the retrying event says the attempt, the error and the pause',
    run: async (t) => {
      const engine = await t.start()
      const events = recordEvents(engine, ['retrying', 'failed'])
      const options = { maxRetries: 1, retryDelayMs: 3 }
      await settled(engine.submit(t.define(engine, flaky(9).body, options), []))
      const [retry, failed] = events
      assert.ok(retry?.type === 'retrying' && failed?.type === 'failed')
      assert.deepEqual([retry.attempt, retry.error.message, retry.delayMs], [1, 'failure 1', 3])
      assert.deepEqual([failed.attempt, failed.error.message], [2, 'failure 2'])
    },
  },
  {
    name: 'a thousand retries are made, one after the other',
    needs: ['virtualClock'],
    run: async (t) => {
      const engine = await t.start()
      const { attempts, body } = flaky(1000)
      const handle = engine.submit(t.define(engine, body, { maxRetries: 1000, retryBackoff: 'none' }), [])
      while (handle.outcome === undefined && (await t.clock.advanceToNext())) continue
      assert.equal(await handle.wait(), 'worked')
      assert.equal(attempts.at(-1), 1001)
    },
  },
]
