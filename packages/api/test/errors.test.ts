// What a task throws is what its submitter gets: class, message, stack, cause, code and own fields.
import {
  CatzillaError,
  ConfigurationError,
  EngineClosedError,
  NonRetryableError,
  PayloadError,
  QueueFullError,
  TaskTimeoutError,
} from '@catzilla/api'
import * as api from '@catzilla/api'
import { createTestTasks } from '@catzilla/api/testing'
import { errorTable } from '@catzilla/engine'
import type { ErrorName } from '@catzilla/engine'
import { rejectionOf, thrownBy } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { tasksForTest } from './tasks-for-test.ts'

class PaymentError extends Error {
  override readonly name = 'PaymentError'
  readonly code = 'E_CARD'
  readonly status: number
  readonly #secret = 'inside'

  constructor(message: string, status: number, options?: ErrorOptions) {
    super(message, options)
    this.status = status
  }

  get secret(): string {
    return this.#secret
  }
}

describe("the body's own error", () => {
  test('is the same through retries and wait()', async () => {
    const tasks = createTestTasks()
    const cause = new TypeError('underneath')
    const thrown: PaymentError[] = []
    const pay = tasks.task({ name: 'pay', maxRetries: 2 }, (amount: number) => {
      const error = new PaymentError(`card refused ${amount}`, 402, { cause })
      thrown.push(error)
      throw error
    })
    const result = pay.delay(5)
    const caught = rejectionOf(result.wait())
    await tasks.drain()
    const error = (await caught) as PaymentError
    expect(thrown).toHaveLength(3)
    expect(error).toBe(thrown[2])
    expect(error).toBeInstanceOf(PaymentError)
    expect(error).toMatchObject({ name: 'PaymentError', message: 'card refused 5', code: 'E_CARD', status: 402, cause })
    expect(error.secret).toBe('inside')
    expect(error.stack).toMatch(/errors\.test\.ts/)
  })

  test('is the same for every way of looking', async () => {
    const tasks = tasksForTest()
    const error = new PaymentError('no', 402)
    const result = tasks.addTask(() => Promise.reject(error))
    expect(await rejectionOf(result.wait())).toBe(error)
    expect(await rejectionOf(result.future())).toBe(error)
    expect(result.outcome).toEqual({ status: 'failed', error })
    expect((await tasks.getTask(result.taskId))?.outcome).toEqual({ status: 'failed', error })
  })

  test('an AggregateError keeps its errors', async () => {
    const result = tasksForTest().addTask(() => Promise.any(['a', 'b'].map((text) => Promise.reject(new Error(text)))))
    expect(await rejectionOf(result.wait())).toMatchObject({ errors: [{ message: 'a' }, { message: 'b' }] })
  })

  test.each<[unknown]>([['a text'], [undefined], [null], [404], [{ status: 404 }]])(
    '%o thrown becomes the cause of one',
    async (thrown) => {
      const result = tasksForTest().addTask(() => Promise.reject(thrown as Error), [], { name: 'odd' })
      const error = await rejectionOf(result.wait())
      expect(error).toBeInstanceOf(Error)
      expect(error.message).toMatch(/a value that is no Error was thrown: /)
      expect(error.cause).toEqual(thrown)
    },
  )
})

describe("the product's errors", () => {
  const names = Object.keys(errorTable) as ErrorName[]

  test.each(names)('%s is a class of this door, with its code', (name) => {
    const Class = (api as Partial<Record<string, unknown>>)[name] as new (message: string) => CatzillaError
    const error = new Class('what')
    expect(error).toBeInstanceOf(CatzillaError)
    expect(error).toMatchObject({ name, code: errorTable[name].code, message: 'what' })
  })

  test('thrown by a body comes through as it is', async () => {
    const error = new EngineClosedError('some other engine')
    expect(
      await rejectionOf(
        tasksForTest()
          .addTask(() => Promise.reject(error))
          .wait(),
      ),
    ).toBe(error)
  })

  test('codes tell them apart where classes cannot', async () => {
    const tasks = tasksForTest({ queueSize: 1 })
    await tasks.pause()
    const body = (value: unknown): unknown => value
    expect(thrownBy(() => tasks.addTask(body, [Symbol.iterator]))).toMatchObject({ code: 'ERR_CATZILLA_PAYLOAD' })
    tasks.addTask(body, [1])
    expect(thrownBy(() => tasks.addTask(body, [1]))).toMatchObject({ code: 'ERR_CATZILLA_QUEUE_FULL' })
    expect(thrownBy(() => tasks.addTask(body, [1]))).toBeInstanceOf(QueueFullError)
  })

  test('an argument that cannot be copied is named by its path', () => {
    const tasks = tasksForTest()
    const body = tasks.task({ name: 'body' }, (first: unknown, second: unknown) => [first, second])
    const error = thrownBy(() => body.delay(1, { user: { onClick: () => 1 } }))
    expect(error).toBeInstanceOf(PayloadError)
    expect(error.message).toMatch(/^task 'body': args\[1\]\.user\.onClick: a function cannot be copied/)
    expect(error).toMatchObject({ issues: [{ path: [1, 'user', 'onClick'] }] })
  })

  test('a time limit is a TaskTimeoutError, after the signal aborted with it', async () => {
    const tasks = createTestTasks()
    const reasons: unknown[] = []
    const result = tasks.addTask(
      () =>
        new Promise<void>((resolve) => {
          const { signal } = api.currentTask()
          signal.addEventListener('abort', () => {
            reasons.push(signal.reason)
            resolve()
          })
        }),
      [],
      { timeoutMs: 100, maxRetries: 0, name: 'slow' },
    )
    const caught = rejectionOf(result.wait())
    await tasks.advance(100)
    expect(await caught).toBeInstanceOf(TaskTimeoutError)
    expect((await caught).message).toBe("task 'slow' ran longer than its timeoutMs of 100 ms")
    expect(reasons).toEqual([await caught])
    expect(tasks.getStats()).toMatchObject({ timeoutCount: 1, failedTasks: 1 })
  })

  test('NonRetryableError may carry the cause', async () => {
    const cause = new Error('gone')
    const tasks = tasksForTest({ taskDefaults: { maxRetries: 5 } })
    const result = tasks.addTask(() => Promise.reject(new NonRetryableError('no use', { cause })))
    expect(await rejectionOf(result.wait())).toMatchObject({ message: 'no use', cause })
    expect(result.getStats().retries).toBe(0)
  })

  test('ConfigurationError of a backoff that gives nothing keeps what the body threw', async () => {
    const thrown = new Error('body')
    const result = tasksForTest().addTask(() => Promise.reject(thrown), [], {
      maxRetries: 1,
      retryBackoff: () => 'soon' as never,
    })
    const error = await rejectionOf(result.wait())
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.cause).toBe(thrown)
  })
})
