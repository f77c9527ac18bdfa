// A full queue: delay refuses, enqueue waits for its turn, and nothing is lost.
import { EngineClosedError, PayloadError, QueueFullError, TaskCancelledError, TaskExpiredError } from '@catzilla/api'
import { createTestTasks } from '@catzilla/api/testing'
import type { TestTasks, TestTasksOptions } from '@catzilla/api/testing'
import { HeldBody, someTurns } from '@catzilla/test-kit/gate'
import { rejectionOf, thrownBy } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { tasksForTest } from './tasks-for-test.ts'

describe('delay on a full queue', () => {
  test('throws, and loses neither those that wait nor a place', async () => {
    const tasks = tasksForTest({ queueSize: 2 })
    const body = tasks.task({ name: 'body' }, (n: number) => n)
    await tasks.pause()
    const results = [body.delay(1), body.delay(2)]
    const error = thrownBy(() => body.delay(3))
    expect(error).toBeInstanceOf(QueueFullError)
    expect(error.message).toMatch(/queueSize 2 .* wait with enqueue\(\) or raise queueSize/)
    expect(tasks.getStats()).toMatchObject({ totalQueued: 2, submittedTasks: 2, rejectedTasks: 1, queuePressure: 1 })
    await tasks.resume()
    expect(await Promise.all(results.map((result) => result.wait()))).toEqual([1, 2])
    expect(await body.delay(4).wait()).toBe(4)
  })

  test('scheduled tasks count', () => {
    const tasks = tasksForTest({ queueSize: 1 })
    const body = tasks.task({ name: 'body', delayMs: 60_000 }, () => 1)
    body.delay()
    expect(() => body.delay()).toThrow(QueueFullError)
  })
})

describe('enqueue', () => {
  test('with room resolves once the engine holds the task', async () => {
    const tasks = tasksForTest()
    await tasks.pause()
    const result = await tasks.task({ name: 'body' }, (n: number) => n).enqueue(1)
    expect(result.status).toBe('pending')
    await result.accepted
    await tasks.resume()
    expect(await result.wait()).toBe(1)
  })

  test('waits for room', async () => {
    const tasks = tasksForTest({ queueSize: 1 })
    const body = tasks.task({ name: 'body' }, (n: number) => n)
    await tasks.pause()
    const first = body.delay(1)
    let in2 = false
    const second = body.enqueue(2).then((result) => {
      in2 = true
      return result
    })
    await someTurns()
    expect(in2).toBe(false)
    await tasks.resume()
    expect(await first.wait()).toBe(1)
    expect(await (await second).wait()).toBe(2)
  })

  test.each([
    { queueSize: 1, inlineConcurrency: 1 },
    { queueSize: 1, inlineConcurrency: 64 },
    { queueSize: 3, inlineConcurrency: 2 },
    { queueSize: 7, inlineConcurrency: 64 },
  ])('first come, first served, and nothing lost: %o', async (options) => {
    const tasks = tasksForTest(options)
    const order: number[] = []
    const body = tasks.task({ name: 'body' }, (n: number) => void order.push(n))
    const numbers = Array.from({ length: 100 }, (_, n) => n)
    const results = await Promise.all(numbers.map((n) => body.enqueue(n)))
    await Promise.all(results.map((result) => result.wait()))
    expect(order).toEqual(numbers)
    expect(tasks.getStats().submittedTasks).toBe(100)
  })

  test('those who call delay between do not make anybody lose a place or a turn', async () => {
    const tasks = tasksForTest({ queueSize: 2, inlineConcurrency: 1 })
    const order: number[] = []
    let refused = 0
    const body = tasks.task({ name: 'body' }, async (n: number) => {
      order.push(n)
      await someTurns(1)
    })
    const intruder = tasks.task({ name: 'intruder' }, () => {})
    tasks.on('started', ({ name }) => {
      try {
        if (name === 'body') intruder.delay()
      } catch (error) {
        if (error instanceof QueueFullError) refused++
      }
    })
    const numbers = Array.from({ length: 40 }, (_, n) => n)
    const results = await Promise.all(numbers.map((n) => body.enqueue(n)))
    await Promise.all(results.map((result) => result.wait()))
    expect(order).toEqual(numbers)
    expect(refused + tasks.getStats().submittedTasks).toBe(80)
  })

  test('one that cannot be taken does not hold up the next', async () => {
    const tasks = tasksForTest({ queueSize: 1 })
    const body = tasks.task({ name: 'body' }, (value: unknown) => typeof value)
    await tasks.pause()
    const first = body.delay(1)
    const refused = rejectionOf(body.enqueue(() => 1))
    const next = body.enqueue('x')
    await tasks.resume()
    await first.wait()
    expect(await refused).toBeInstanceOf(PayloadError)
    expect(await (await next).wait()).toBe('string')
  })

  describe('counts the wait for room in expireAfterMs', () => {
    const fullQueue = async (options: TestTasksOptions = {}): Promise<TestTasks> => {
      const tasks = createTestTasks({ queueSize: 1, ...options })
      await tasks.pause()
      tasks.addTask(() => {})
      return tasks
    }

    test('and gives up when it is over, also behind others', async () => {
      const tasks = await fullQueue()
      const body = tasks.task({ name: 'body' }, (n: number) => n)
      const first = body.enqueue(1)
      const behind = body.with({ expireAfterMs: 100 }).enqueue(2)
      const last = body.enqueue(3)
      let settled = false
      const refused = rejectionOf(behind).finally(() => (settled = true))
      await tasks.advance(99)
      expect(settled).toBe(false)
      await tasks.advance(1)
      const error = await refused
      expect(error).toBeInstanceOf(TaskExpiredError)
      expect(error.message).toMatch(/task 'body' had not started 100 ms after enqueue\(\): there was no room/)
      await tasks.resume()
      expect(await Promise.all([first, last].map(async (result) => (await result).wait()))).toEqual([1, 3])
      expect(tasks.getStats().submittedTasks).toBe(3)
    })

    test('so that a task that found room expires when it would have without the wait', async () => {
      const tasks = await fullQueue({ inlineConcurrency: 1 })
      const body = tasks.task({ name: 'body', expireAfterMs: 100 }, (n: number) => n)
      const waiting = body.enqueue(1)
      await tasks.advance(60)
      for (const { taskId } of (await tasks.listTasks()).tasks) await tasks.cancel(taskId)
      const result = await waiting
      await tasks.advance(39)
      expect(result.status).toBe('pending')
      await tasks.advance(1)
      expect(result.status).toBe('expired')
    })
  })

  test('a large buffer for a thread arrives as it was, in memory of its own', async () => {
    const tasks = tasksForTest({ queueSize: 1, maxThreads: 1 })
    const sum = tasks.task({ name: 'sum', lane: 'thread', maxRetries: 1 }, (bytes: Uint8Array) => [
      bytes.reduce((total, byte) => total + byte, 0),
      bytes.buffer instanceof ArrayBuffer,
    ])
    await tasks.pause()
    const first = sum.delay(new Uint8Array(1))
    const bytes = new Uint8Array(100_000).fill(1)
    const waiting = sum.enqueue(bytes)
    bytes.fill(9)
    await tasks.resume()
    const result = await waiting
    expect(await Promise.all([first.wait(), result.wait()])).toEqual([
      [0, true],
      [100_000, true],
    ])
  })

  test('an abort is heard behind others as well', async () => {
    const tasks = tasksForTest({ queueSize: 1 })
    const body = tasks.task({ name: 'body' }, (n: number) => n)
    await tasks.pause()
    body.delay(1)
    const first = body.enqueue(2)
    const controller = new AbortController()
    const behind = rejectionOf(body.with({ signal: controller.signal }).enqueue(3))
    controller.abort()
    expect(await behind).toBeInstanceOf(TaskCancelledError)
    await tasks.resume()
    expect(await (await first).wait()).toBe(2)
  })

  test('those who wait when the engine closes are refused', async () => {
    const tasks = tasksForTest({ queueSize: 1, inlineConcurrency: 1 })
    const held = new HeldBody()
    tasks.addTask(held.run)
    await held.begun
    const body = tasks.task({ name: 'body' }, (n: number) => n)
    const last = body.delay(1)
    const waiting = [body.enqueue(2), body.enqueue(3)].map(rejectionOf)
    await someTurns()
    const closed = tasks.shutdown()
    held.release()
    expect(await closed).toMatchObject({ completed: 2, cancelled: 0 })
    expect(await last.wait()).toBe(1)
    for (const error of await Promise.all(waiting)) expect(error).toBeInstanceOf(EngineClosedError)
    expect(await rejectionOf(body.enqueue(4))).toBeInstanceOf(EngineClosedError)
  })
})
