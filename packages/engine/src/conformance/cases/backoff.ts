// How long a failed task pauses before it is tried again.
import assert from 'node:assert/strict'
import type { EngineOptions } from '../../options/engine-options.ts'
import type { TaskOptions } from '../../options/task-options.ts'
import type { ConformanceCase } from '../conformance-case.ts'
import { expectError, rejectionOf } from '../expectations.ts'
import type { Harness } from '../harness.ts'
import { settled } from '../moment.ts'

/** The pauses between the attempts of a body that always fails. */
async function pauses(t: Harness, asked: TaskOptions, options: EngineOptions = {}): Promise<number[]> {
  const engine = await t.start(options)
  const starts: number[] = []
  const body = (): never => {
    starts.push(t.clock.now())
    throw new Error(`failure ${starts.length}`)
  }
  const handle = engine.submit(t.define(engine, body, asked), [])
  const over = settled(handle)
  while (handle.outcome === undefined && (await t.clock.advanceToNext())) continue
  await over
  return starts.slice(1).map((at, index) => at - (starts[index] ?? 0))
}

export const backoff: readonly ConformanceCase[] = [
  {
    name: "'fixed' pauses the same each time",
    needs: ['virtualClock'],
    run: async (t) => {
      assert.deepEqual(await pauses(t, { maxRetries: 3, retryBackoff: 'fixed', retryDelayMs: 70 }), [70, 70, 70])
    },
  },
  {
    name: "'linear' grows by the first pause",
    needs: ['virtualClock'],
    run: async (t) => {
      assert.deepEqual(
        await pauses(t, { maxRetries: 4, retryBackoff: 'linear', retryDelayMs: 70 }),
        [70, 140, 210, 280],
      )
    },
  },
  {
    name: "'exponential' doubles",
    needs: ['virtualClock'],
    run: async (t) => {
      const found = await pauses(t, { maxRetries: 4, retryBackoff: 'exponential', retryDelayMs: 70 })
      assert.deepEqual(found, [70, 140, 280, 560])
    },
  },
  {
    name: "'none' does not pause",
    needs: ['virtualClock'],
    run: async (t) => {
      assert.deepEqual(await pauses(t, { maxRetries: 3, retryBackoff: 'none', retryDelayMs: 70 }), [0, 0, 0])
    },
  },
  {
    name: 'a function is asked with the attempt and its error',
    needs: ['virtualClock'],
    run: async (t) => {
      const asked: [number, string][] = []
      const retryBackoff = (attempt: number, error: Error): number => {
        asked.push([attempt, error.message])
        return attempt * 11
      }
      assert.deepEqual(await pauses(t, { maxRetries: 2, retryBackoff }), [11, 22])
      assert.deepEqual(asked, [
        [1, 'failure 1'],
        [2, 'failure 2'],
      ])
    },
  },
  {
    name: 'no pause is longer than retryMaxDelayMs, whatever the kind',
    needs: ['virtualClock'],
    run: async (t) => {
      const bounds = { maxRetries: 3, retryDelayMs: 70, retryMaxDelayMs: 100 }
      assert.deepEqual(await pauses(t, { ...bounds, retryBackoff: 'exponential' }), [70, 100, 100])
      assert.deepEqual(await pauses(t, { ...bounds, retryBackoff: () => 1e9 }), [100, 100, 100])
    },
  },
  {
    name: 'two thousand doublings end at the longest pause',
    needs: ['virtualClock'],
    run: async (t) => {
      const found = await pauses(t, {
        maxRetries: 1100,
        retryBackoff: 'exponential',
        retryDelayMs: 1,
        retryMaxDelayMs: 10,
      })
      assert.equal(found.at(-1), 10)
    },
  },
  {
    name: 'jitter spreads the pause evenly over ± its share',
    needs: ['virtualClock'],
    run: async (t) => {
      const asked: TaskOptions = { maxRetries: 1, retryDelayMs: 100, retryJitter: 0.2 }
      assert.deepEqual(await pauses(t, asked, { random: () => 0 }), [80])
      assert.deepEqual(await pauses(t, asked, { random: () => 0.5 }), [100])
      assert.deepEqual(await pauses(t, asked, { random: () => 0.75 }), [110])
    },
  },
  {
    name: 'jitter does not exceed the longest pause',
    needs: ['virtualClock'],
    run: async (t) => {
      const asked: TaskOptions = { maxRetries: 1, retryDelayMs: 100, retryMaxDelayMs: 100, retryJitter: 1 }
      assert.deepEqual(await pauses(t, asked, { random: () => 0.999 }), [100])
    },
  },
  {
    name: 'a function that answers with no number of milliseconds fails the task and says so',
    run: async (t) => {
      const engine = await t.start()
      for (const answer of [Number.NaN, -1, 'soon']) {
        const body = (): never => {
          throw new Error('the first failure')
        }
        // what a function without types may answer
        const retryBackoff = (): number => answer as number
        const error = await rejectionOf(
          engine.submit(t.define(engine, body, { maxRetries: 1, retryBackoff }), []).wait(),
        )
        expectError(error, 'ConfigurationError', 'retryBackoff', String(answer), 'milliseconds')
        assert.equal(((error as Error).cause as Error).message, 'the first failure')
      }
    },
  },
  {
    name: 'a retry does not come early',
    run: async (t) => {
      const engine = await t.start()
      const starts: number[] = []
      const body = (): void => {
        starts.push(performance.now())
        if (starts.length < 3) throw new Error('again')
      }
      await engine.submit(t.define(engine, body, { maxRetries: 2, retryDelayMs: 15 }), []).wait()
      const [first = 0, second = 0, third = 0] = starts
      assert.ok(second - first >= 15 && third - second >= 15, `paused ${second - first} and ${third - second} ms`)
    },
  },
]
