// A full queue: delay refuses, enqueue waits for its turn, and nothing is lost.
import { EngineClosedError, PayloadError, QueueFullError } from '@catzilla/api'
import { describe, expect, test } from 'vitest'
import { HeldBody, someTurns } from './gate.ts'
import { tasksForTest } from './tasks-for-test.ts'
import { rejectionOf, thrownBy } from './thrown.ts'

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
