// What must not happen while a caller waits or looks away: late copies, lost signals, foreign tasks, schedules that pile up.
import { TaskCancelledError, TaskDefinitionError, ConfigurationError, PayloadError, createTasks } from '@catzilla/api'
import { createTestTasks } from '@catzilla/api/testing'
import { HeldBody, someTurns } from '@catzilla/test-kit/gate'
import { rejectionOf, thrownBy } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { tasksForTest } from './tasks-for-test.ts'

describe('what was handed over', () => {
  test('is not seen to change in a batch', async () => {
    const tasks = tasksForTest()
    const same = tasks.task({ name: 'same' }, (text: string) => text)
    const row: [string] = ['before']
    const batch = same.batch([row])
    row[0] = 'after'
    expect(await batch.wait()).toEqual(['before'])
  })

  test('is not seen to change while enqueue waits', async () => {
    const tasks = tasksForTest({ queueSize: 1 })
    await tasks.pause()
    const read = tasks.task({ name: 'read' }, (from: { value: number }) => from.value)
    read.delay({ value: 0 })
    const payload = { value: 1 }
    const waiting = read.enqueue(payload)
    payload.value = 2
    await tasks.resume()
    expect(await (await waiting).wait()).toBe(1)
  })

  test.each([[[1]], [null], ['ab'], [[['a'], 'b']]])('batch(%j) is refused', (lists) => {
    const same = tasksForTest().task({ name: 'same' }, (text: string) => text)
    expect(thrownBy(() => same.batch(lists as never))).toBeInstanceOf(PayloadError)
  })
})

describe('enqueue at a full queue', () => {
  test('gives up when its signal aborts, and lets the next one in', async () => {
    const tasks = tasksForTest({ queueSize: 1 })
    await tasks.pause()
    const body = tasks.task({ name: 'body' }, (text: string) => text)
    body.delay('first')
    const controller = new AbortController()
    const given = body.with({ signal: controller.signal }).enqueue('given up')
    const next = body.enqueue('next')
    await someTurns()
    controller.abort()
    expect(await rejectionOf(given)).toBeInstanceOf(TaskCancelledError)
    await tasks.resume()
    expect(await (await next).wait()).toBe('next')
  })

  test('gives the task that has the key, which needs no room', async () => {
    const tasks = tasksForTest({ queueSize: 1 })
    await tasks.pause()
    const body = tasks.task({ name: 'body', uniqueKey: 'k' }, () => 1)
    const first = body.delay()
    expect((await body.enqueue()).taskId).toBe(first.taskId)
  })
})

describe('tasks of others', () => {
  test('are not run here in silence', () => {
    const [ours, theirs] = [tasksForTest(), tasksForTest()]
    const task = theirs.task({ name: 'theirs' }, () => 1)
    expect(thrownBy(() => ours.addTask(task, []))).toBeInstanceOf(TaskDefinitionError)
    expect(thrownBy(() => ours.schedule('s', { everyMs: 1000 }, task, []))).toBeInstanceOf(TaskDefinitionError)
  })

  test('that have no name share no key', () => {
    const tasks = tasksForTest()
    const error = thrownBy(() =>
      tasks.addTask(
        (
          () => () =>
            1
        )(),
        [],
        { uniqueKey: 'k' },
      ),
    )
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toContain('give { name }')
  })
})

describe('a schedule', () => {
  test('whose task finds no room does not pile up, and stops when it is removed', async () => {
    const tasks = createTestTasks({ queueSize: 1 })
    await tasks.pause()
    let ran = 0
    const tick = tasks.task({ name: 'tick' }, () => void ran++)
    tasks.addTask(() => 'takes the place')
    const schedule = tasks.schedule('s', { everyMs: 1000, misfire: 'skip' }, tick, [])
    await tasks.advance(60_000)
    tasks.unschedule('s')
    await tasks.resume()
    await tasks.advance(60_000)
    expect(ran).toBe(1)
    expect(schedule.info.submitted).toBe(1)
    await tasks.shutdown()
  })

  test('keeps the key of its task: runs do not overlap', async () => {
    const tasks = createTestTasks()
    const held = new HeldBody()
    let ran = 0
    const tick = tasks.task({ name: 'tick', uniqueKey: 'single' }, async () => {
      ran++
      await held.run()
    })
    tasks.schedule('s', { everyMs: 10 }, tick, [])
    await tasks.advance(100)
    expect(ran).toBe(1)
    held.release()
    await tasks.shutdown()
  })
})

test('mapArrays refuses callbacks that are made for one row', () => {
  const double = createTasks().task({ name: 'double' }, (a: number) => a * 2)
  const column = new Float64Array(2)
  expect(thrownBy(() => double.with({ onSuccess: () => {} }).mapArrays(column)).message).toContain('onSuccess')
  const keyed = double.with({ limits: { concurrency: 1, key: (a) => String(a) } })
  expect(thrownBy(() => keyed.mapArrays(column))).toBeInstanceOf(ConfigurationError)
})

describe('the shutdown of test tasks', () => {
  test('moves time on to what is delayed or tried again', async () => {
    const tasks = createTestTasks()
    const delayed = tasks.task({ name: 'delayed', delayMs: 5000 }, () => 'ran').delay()
    expect(await tasks.shutdown()).toMatchObject({ completed: 1 })
    expect(await delayed.wait()).toBe('ran')
  })

  test('ends with its time, whatever still runs', async () => {
    const tasks = createTestTasks()
    const stuck = tasks.task({ name: 'stuck', timeoutMs: Infinity }, () => new Promise(() => {})).delay()
    await tasks.advance(0)
    expect((await tasks.shutdown({ timeoutMs: 10 })).abandoned).toHaveLength(1)
    expect(stuck.status).toBe('cancelled')
  })
})
