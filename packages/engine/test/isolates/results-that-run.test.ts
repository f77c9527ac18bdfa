// Results whose reading runs code of the body: getters, and `then`. What happens there happens to the task, in its one run.
import { rejectionOf } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { MemoryLimitError, TaskCrashedError, TaskTimeoutError } from '../../src/contract/errors.ts'
import type { TaskCall, TaskHandler } from '../../src/contract/task.ts'
import { resolveTaskOptions } from '../../src/options/task-options.ts'
import type { TaskOptions } from '../../src/options/task-options.ts'
import { engineKinds, startWith } from './thread/thread-engines.ts'

const lanes = ['thread', 'process'] as const

describe.each(engineKinds.flatMap(([name, make]) => lanes.map((lane) => [lane, name, make] as const)))(
  'on the %s lane of the %s engine',
  (lane, _, make) => {
    const call = (name: string, handler: TaskHandler, options: TaskOptions = {}): TaskCall =>
      Object.freeze({ name, handler, options: resolveTaskOptions({ lane, maxRetries: 0, ...options }) })
    const one = call('one', () => 1)

    test.each<readonly [string, TaskHandler, TaskOptions, new (message: string) => Error]>([
      [
        'exits',
        () => ({
          get x() {
            return process.exit(1)
          },
        }),
        {},
        TaskCrashedError,
      ],
      [
        'never ends',
        () => ({
          get x() {
            for (;;);
          },
        }),
        { timeoutMs: 100 },
        TaskTimeoutError,
      ],
    ])('a getter of the result that %s fails the task, and the next one runs', async (__, body, options, expected) => {
      const engine = await startWith(make, { maxThreads: 1, maxProcesses: 1 })
      const handle = engine.submit(call('getter', body, options), [])
      expect(await rejectionOf(handle.wait())).toBeInstanceOf(expected)
      expect(handle.stats().retries).toBe(0)
      expect(await engine.submit(one, []).wait()).toBe(1)
    })

    test('a getter of `then` that throws fails the task with what it threw', async () => {
      const engine = await startWith(make, { maxThreads: 1, maxProcesses: 1 })
      const body = (): object => ({
        // oxlint-disable-next-line no-thenable -- that is what it tries
        get then() {
          throw new RangeError('not then')
        },
      })
      const handle = engine.submit(call('then', body), [])
      const error = await rejectionOf(handle.wait())
      expect(error).toBeInstanceOf(RangeError)
      expect(error.message).toBe('not then')
      const next = engine.submit(one, [])
      await next.wait()
      // it did not cost the thread or the process
      expect(next.stats().workerId).toBe(handle.stats().workerId)
    })
  },
)

test.each(engineKinds)(
  'a task whose result takes too much memory to read runs once, on the %s engine',
  async (_, make) => {
    const engine = await startWith(make, { maxThreads: 1 })
    const runs = new Int32Array(new SharedArrayBuffer(4))
    const body = (words: Int32Array): object => {
      Atomics.add(words, 0, 1)
      return {
        get hoard() {
          const kept: unknown[] = []
          for (;;) kept.push(Array.from({ length: 1000 }, (__, n) => n))
        },
      }
    }
    const options = resolveTaskOptions({ lane: 'thread', maxRetries: 0, memoryLimitMb: 30 })
    const handle = engine.submit({ name: 'hoard', handler: body, options }, [runs])
    expect(await rejectionOf(handle.wait())).toBeInstanceOf(MemoryLimitError)
    expect(runs[0]).toBe(1)
  },
)
