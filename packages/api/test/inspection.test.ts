// Looking tasks up, listing them, and ending or repeating them by id.
import {
  ConfigurationError,
  EngineClosedError,
  TaskCancelledError,
  TaskStateError,
  UnknownTaskError,
} from '@catzilla/api'
import type { TaskListQuery } from '@catzilla/api'
import { createTestTasks } from '@catzilla/api/testing'
import { Gate, HeldBody } from '@catzilla/test-kit/gate'
import { seeded } from '@catzilla/test-kit/seed'
import { rejectionOf } from '@catzilla/test-kit/thrown'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tasksForTest } from './tasks-for-test.ts'

describe('getTask', () => {
  test('tells everything known, before and after', async () => {
    const tasks = createTestTasks({ startsAt: 1000 })
    const body = tasks.task({ name: 'body', tags: ['a'], metadata: { by: 'me' } }, (n: number) => n * 2)
    const { taskId } = body.with({ delayMs: 500 }).delay(4)
    expect(await tasks.getTask(taskId)).toMatchObject({
      taskId,
      name: 'body',
      status: 'scheduled',
      args: [4],
      tags: ['a'],
      metadata: { by: 'me' },
      createdAt: 1000,
      dueAt: 1500,
      outcome: null,
      waitingFor: null,
      retryOf: null,
    })
    await tasks.advance(500)
    expect(await tasks.getTask(taskId)).toMatchObject({
      status: 'completed',
      outcome: { status: 'completed', value: 8 },
      dueAt: null,
    })
  })

  test('says why a task waits', async () => {
    const tasks = tasksForTest({ inlineConcurrency: 1 })
    const held = new HeldBody()
    tasks.addTask(held.run)
    await held.begun
    const body = tasks.task({ name: 'body' }, () => 1)
    const [first, second] = [body.delay(), body.delay()]
    expect((await tasks.getTask(first.taskId))?.waitingFor).toMatch(/starts next/)
    expect((await tasks.getTask(second.taskId))?.waitingFor).toMatch(/1 task is ahead/)
    await tasks.pause()
    expect((await tasks.getTask(first.taskId))?.waitingFor).toMatch(/paused/)
    held.release()
  })

  test.each(['', 'no such id', '0-0-0'])('%o is unknown', async (taskId) => {
    expect(await tasksForTest().getTask(taskId)).toBeUndefined()
  })

  test('a settled task is kept for keepResultMs, and no longer', async () => {
    const tasks = createTestTasks()
    const result = tasks.addTask(() => 'kept', [], { keepResultMs: 1000 })
    await result.wait()
    await tasks.advance(999)
    expect(await tasks.getTask(result.taskId)).toMatchObject({ status: 'completed' })
    await tasks.advance(1)
    expect(await tasks.getTask(result.taskId)).toBeUndefined()
    expect(await result.wait()).toBe('kept')
  })
})

describe('listTasks', () => {
  async function mixed(): Promise<ReturnType<typeof createTestTasks>> {
    const tasks = createTestTasks({ taskDefaults: { maxRetries: 0 } })
    const send = tasks.task({ name: 'send', priority: 'high', tags: ['mail'] }, () => 1)
    const fail = tasks.task({ name: 'fail', tags: ['mail', 'bad'] }, () => Promise.reject(new Error('no')))
    send.delay()
    fail.delay()
    await tasks.advance(0)
    send.with({ delayMs: 1000, priority: 'low' }).delay()
    await tasks.pause()
    fail.delay()
    return tasks
  }

  test.each<[TaskListQuery, string[]]>([
    [{}, ['fail pending', 'send scheduled', 'fail failed', 'send completed']],
    [{ status: 'failed' }, ['fail failed']],
    [{ status: ['pending', 'scheduled'] }, ['fail pending', 'send scheduled']],
    [{ status: [] }, []],
    [{ name: 'send' }, ['send scheduled', 'send completed']],
    [{ name: 'nobody' }, []],
    [{ priority: 'high' }, ['send completed']],
    [{ priority: 1 }, ['send completed']],
    [{ priority: 'low' }, ['send scheduled']],
    [{ tags: ['mail'] }, ['fail pending', 'send scheduled', 'fail failed', 'send completed']],
    [{ tags: ['bad', 'mail'] }, ['fail pending', 'fail failed']],
    [{ tags: ['bad'], status: 'failed' }, ['fail failed']],
    [{ limit: 1 }, ['fail pending']],
  ])('%o', async (query, expected) => {
    const tasks = await mixed()
    const page = await tasks.listTasks(query)
    expect(page.tasks.map(({ name, status }) => `${name} ${status}`)).toEqual(expected)
  })

  test.each([
    [{ priority: 'urgent' }, /priority accepts .*got "urgent"/],
    [{ status: 'done' }, /status accepts one or an array of scheduled, .*got "done"/],
    [{ limit: 0 }, /limit accepts an integer 1\.\.1000, got 0/],
    [{ limit: 1001 }, /limit accepts/],
    [{ states: 'failed' }, /no option "states"; did you mean status\?/],
  ])('%o is refused', async (query, message) => {
    const error = await rejectionOf(tasksForTest().listTasks(query as object))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toMatch(message)
  })

  test('pages are 50 long by default, and the last one has no cursor', async () => {
    const tasks = tasksForTest()
    await tasks.pause()
    tasks.task({ name: 'body' }, () => 1).batch(Array.from({ length: 60 }, () => []))
    const first = await tasks.listTasks()
    expect(first.tasks).toHaveLength(50)
    const last = await tasks.listTasks({ cursor: first.nextCursor ?? '' })
    expect(last.tasks).toHaveLength(10)
    expect(last.nextCursor).toBeUndefined()
  })

  test('pages have neither gaps nor repeats, also while tasks come and go', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.boolean(), { maxLength: 10 }),
        async (count, limit, between) => {
          const tasks = createTestTasks()
          const body = tasks.task({ name: 'body' }, () => 1)
          await tasks.pause()
          const submitted = Array.from({ length: count }, () => body.delay().taskId)
          const seen: string[] = []
          let cursor: string | undefined
          do {
            const page = await tasks.listTasks({ limit, ...(cursor === undefined ? {} : { cursor }) })
            expect(page.tasks.length).toBeLessThanOrEqual(limit)
            seen.push(...page.tasks.map(({ taskId }) => taskId))
            cursor = page.nextCursor
            if (between.shift() === true) body.delay()
          } while (cursor !== undefined)
          expect(seen).toEqual(submitted.toReversed())
        },
      ),
      { ...seeded, numRuns: 50 },
    )
  })
})

describe('cancel by id', () => {
  test('ends a task that waits or runs, once', async () => {
    const tasks = tasksForTest()
    const held = new HeldBody()
    const running = tasks.addTask(held.run)
    await held.begun
    await tasks.pause()
    const waiting = tasks.addTask(() => 1)
    for (const result of [running, waiting]) {
      expect(await tasks.cancel(result.taskId, 'not wanted')).toBe(true)
      expect(await tasks.cancel(result.taskId)).toBe(false)
      const error = await rejectionOf(result.wait())
      expect(error).toBeInstanceOf(TaskCancelledError)
      expect(error.message).toMatch(/not wanted/)
    }
    held.release()
  })

  test('of nothing is false', async () => {
    const tasks = tasksForTest()
    const result = tasks.addTask(() => 1)
    await result.wait()
    expect(await tasks.cancel(result.taskId)).toBe(false)
    expect(await tasks.cancel('no such id')).toBe(false)
  })
})

describe('retry by id', () => {
  test('submits the same again as a new task', async () => {
    const tasks = createTestTasks({ taskDefaults: { maxRetries: 0 } })
    let fails = true
    const body = tasks.task({ name: 'body', priority: 'high', tags: ['a'] }, (n: number) => {
      if (fails) throw new Error('no')
      return n * 2
    })
    const failed = body.delay(4)
    await tasks.drain()
    fails = false
    const again = await tasks.retry(failed.taskId)
    expect(again.taskId).not.toBe(failed.taskId)
    expect(again.name).toBe('body')
    await tasks.drain()
    expect(await again.wait()).toBe(8)
    expect(await tasks.getTask(again.taskId)).toMatchObject({
      retryOf: failed.taskId,
      priority: 1,
      tags: ['a'],
      args: [4],
    })
    expect(failed.status).toBe('failed')
  })

  test('works for cancelled and expired tasks, and for plain functions', async () => {
    const tasks = createTestTasks()
    await tasks.pause()
    const cancelled = tasks.addTask(() => 'ran')
    cancelled.cancel()
    const expired = tasks.addTask(() => 'ran', [], { expireAfterMs: 10 })
    await tasks.advance(10)
    expect(expired.status).toBe('expired')
    const again = await Promise.all([cancelled, expired].map(({ taskId }) => tasks.retry(taskId)))
    await tasks.resume()
    expect(await Promise.all(again.map((result) => result.wait()))).toEqual(['ran', 'ran'])
  })

  test('is refused for a task that waits, runs or completed', async () => {
    const tasks = tasksForTest()
    const held = new HeldBody()
    const running = tasks.addTask(held.run)
    await held.begun
    const completed = tasks.addTask(() => 1)
    await completed.wait()
    await tasks.pause()
    const pending = tasks.addTask(() => 1)
    for (const [result, status] of [
      [running, 'running'],
      [completed, 'completed'],
      [pending, 'pending'],
    ] as const) {
      const error = await rejectionOf(tasks.retry(result.taskId))
      expect(error).toBeInstanceOf(TaskStateError)
      expect(error.message).toMatch(`is ${status}; only a failed, cancelled or expired task can be retried`)
    }
    held.release()
  })

  test('is refused for an unknown id, and after shutdown', async () => {
    const tasks = tasksForTest()
    const error = await rejectionOf(tasks.retry('no such id'))
    expect(error).toBeInstanceOf(UnknownTaskError)
    expect(error.message).toMatch(/"no such id"/)
    const failed = tasks.addTask(() => Promise.reject(new Error('no')))
    await tasks.shutdown()
    expect(failed.status).toBe('failed')
    expect(await rejectionOf(tasks.retry(failed.taskId))).toBeInstanceOf(EngineClosedError)
  })
})

test('what others changed of the arguments is not seen in the look-up', async () => {
  const tasks = tasksForTest()
  const seen = new Gate<unknown>()
  const list = [1]
  const result = tasks.addTask((numbers: number[]) => seen.open(numbers.length), [list])
  list.push(2)
  expect(await seen.opened).toBe(1)
  expect((await tasks.getTask(result.taskId))?.args).toEqual([[1]])
})
