// Retries and the callbacks of tasks, on a clock that stands still until it is told.
import { NonRetryableError, PayloadError } from '@catzilla/api'
import type { TaskConfig, TaskStats } from '@catzilla/api'
import { createTestTasks } from '@catzilla/api/testing'
import { someTurns } from '@catzilla/test-kit/gate'
import { rejectionOf } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { recordWarnings } from './process-events.ts'

/** When each attempt began, in milliseconds from the submission. */
async function attemptsOf(options: TaskConfig, random = 0.5): Promise<number[]> {
  const tasks = createTestTasks({ random: () => random })
  const from = tasks.clock.now()
  const starts: number[] = []
  const result = tasks.addTask(
    () => {
      starts.push(tasks.clock.now() - from)
      throw new Error('again')
    },
    [],
    options,
  )
  const failure = rejectionOf(result.wait())
  await tasks.advance(10 * 60_000)
  expect((await failure).message).toBe('again')
  expect(result.getStats().retries).toBe(starts.length - 1)
  return starts
}

describe('backoff', () => {
  test.each<[string, TaskConfig, number[]]>([
    ['by default: three retries, doubling', {}, [0, 1000, 3000, 7000]],
    ['exponential', { retryBackoff: 'exponential', retryDelayMs: 100, maxRetries: 4 }, [0, 100, 300, 700, 1500]],
    ['linear', { retryBackoff: 'linear', retryDelayMs: 100 }, [0, 100, 300, 600]],
    ['fixed', { retryBackoff: 'fixed', retryDelayMs: 100 }, [0, 100, 200, 300]],
    ['none', { retryBackoff: 'none' }, [0, 0, 0, 0]],
    ['bounded', { retryDelayMs: 100, retryMaxDelayMs: 150 }, [0, 100, 250, 400]],
    ['no retries', { maxRetries: 0 }, [0]],
    ['a function', { retryBackoff: (attempt) => attempt * 10 }, [0, 10, 30, 60]],
  ])('%s', async (_, options, starts) => {
    expect(await attemptsOf(options)).toEqual(starts)
  })

  test('is spread by the jitter, both ways', async () => {
    const options: TaskConfig = { maxRetries: 1, retryDelayMs: 1000, retryJitter: 0.2 }
    expect(await attemptsOf(options, 0)).toEqual([0, 800])
    expect((await attemptsOf(options, 0.999_999_9))[1]).toBeCloseTo(1200, 1)
    expect(await attemptsOf({ ...options, retryJitter: 0 }, 0)).toEqual([0, 1000])
  })

  test('a function gets the attempt that failed and its error', async () => {
    const asked: [number, string][] = []
    await attemptsOf({ retryBackoff: (attempt, error) => asked.push([attempt, error.message]) })
    expect(asked).toEqual([
      [1, 'again'],
      [2, 'again'],
      [3, 'again'],
    ])
  })
})

describe('what ends retries', () => {
  test('a success', async () => {
    const tasks = createTestTasks()
    let attempts = 0
    const result = tasks.addTask(async () => {
      if (++attempts < 3) throw new Error('not yet')
      return attempts
    })
    await tasks.drain()
    expect(await result.wait()).toBe(3)
    expect(result.getStats().retries).toBe(2)
    expect(tasks.getStats()).toMatchObject({ retryCount: 2, failedTasks: 0, completedTasks: 1 })
  })

  test.each([
    ['NonRetryableError', new NonRetryableError('stop')],
    ['PayloadError', new PayloadError('stop')],
    [
      'an error with the code of NonRetryableError',
      Object.assign(new Error('stop'), { code: 'ERR_CATZILLA_NON_RETRYABLE' }),
    ],
  ])('%s', async (_, error) => {
    const tasks = createTestTasks()
    let attempts = 0
    const result = tasks.addTask(() => {
      attempts++
      return Promise.reject(error)
    })
    await tasks.drain()
    expect(await rejectionOf(result.wait())).toBe(error)
    expect(attempts).toBe(1)
  })

  test('a cancel while it waits for its retry', async () => {
    const tasks = createTestTasks()
    let attempts = 0
    const result = tasks.addTask(() => {
      attempts++
      return Promise.reject(new Error('no'))
    })
    await tasks.advance(0)
    expect(result.status).toBe('retrying')
    expect(result.cancel()).toBe(true)
    await tasks.advance(60_000)
    expect(attempts).toBe(1)
    expect(result.status).toBe('cancelled')
  })
})

describe('callbacks', () => {
  test('onRetry before each retry, then onFailure, with the figures', async () => {
    const tasks = createTestTasks()
    const calls: unknown[] = []
    const result = tasks.addTask(() => Promise.reject(new RangeError('no')), [], {
      maxRetries: 2,
      retryJitter: 0,
      onSuccess: () => calls.push('success'),
      onFailure: (error, stats) =>
        calls.push([error.message, stats.status, stats.retries, stats.taskId === result.taskId]),
      onRetry: (attempt, error, delayMs) => calls.push([attempt, error.message, delayMs]),
    })
    await tasks.drain()
    expect(calls).toEqual([
      [1, 'no', 1000],
      [2, 'no', 2000],
      ['no', 'failed', 2, true],
    ])
  })

  test('onSuccess once, with the value and the figures', async () => {
    const tasks = createTestTasks()
    const calls: [number, TaskStats][] = []
    const add = tasks.task(
      {
        name: 'add',
        onSuccess: (value: number, stats) => calls.push([value, stats]),
        onFailure: () => expect.unreachable(),
      },
      (a: number, b: number) => a + b,
    )
    const result = add.delay(1, 2)
    await tasks.drain()
    await someTurns()
    expect(calls).toEqual([[3, result.getStats()]])
    expect(calls[0]?.[1].status).toBe('completed')
  })

  test('the callback of a call takes the place of that of the task', async () => {
    const tasks = createTestTasks()
    const calls: string[] = []
    const body = tasks.task({ name: 'body', onSuccess: () => calls.push('task') }, () => 1)
    body.delay()
    body.with({ onSuccess: () => calls.push('call') }).delay()
    await tasks.drain()
    expect(calls).toEqual(['task', 'call'])
  })

  test('none of them comes for a cancelled task, and a direct call calls none', async () => {
    const tasks = createTestTasks()
    const wrong = (): never => expect.unreachable()
    const body = tasks.task({ name: 'body', onSuccess: wrong, onFailure: wrong, onRetry: wrong }, () => 1)
    body.delay().cancel()
    expect(body()).toBe(1)
    await tasks.drain()
    expect(tasks.getStats().cancelledTasks).toBe(1)
  })

  test('one that throws becomes a warning that names it, and harms nobody', async () => {
    const warnings = recordWarnings()
    const tasks = createTestTasks()
    const fail = (): never => {
      throw new Error('callback')
    }
    const body = tasks.task({ name: 'body', onSuccess: fail }, (n: number) => n)
    const batch = body.batch([[1], [2]])
    await tasks.drain()
    expect(await batch.wait()).toEqual([1, 2])
    await someTurns()
    expect(warnings.map(({ message }) => message)).toEqual(
      Array.from({ length: 2 }, () => "onSuccess of task 'body' threw Error: callback"),
    )
  })
})
