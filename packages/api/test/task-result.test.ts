// The handle of one task: waiting, callbacks, cancelling, figures.
import {
  ConfigurationError,
  EngineClosedError,
  TaskCancelledError,
  TaskDefinitionError,
  TaskExpiredError,
  WaitTimeoutError,
  currentTask,
  insideTask,
} from '@catzilla/api'
import type { TaskOutcome, TaskStatus } from '@catzilla/api'
import { createTestTasks } from '@catzilla/api/testing'
import { Gate, HeldBody, someTurns } from '@catzilla/test-kit/gate'
import { rejectionOf, thrownBy } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { nextWarning, recordWarnings } from './process-events.ts'
import { tasksForTest } from './tasks-for-test.ts'

describe('wait', () => {
  test('gives the result, as often as one asks', async () => {
    const result = tasksForTest().addTask(() => ({ a: 1 }))
    expect(result.isReady()).toBe(false)
    const value = await result.wait()
    expect(value).toEqual({ a: 1 })
    expect(result.isReady()).toBe(true)
    expect(await result.wait()).toBe(value)
    expect(await result.wait(0)).toBe(value)
    expect(await result.wait(Infinity)).toBe(value)
  })

  test('with a time gives up with WaitTimeoutError, and the task goes on', async () => {
    const tasks = createTestTasks()
    const held = new HeldBody()
    const result = tasks.addTask(held.run)
    const error = rejectionOf(result.wait(500))
    await tasks.advance(499)
    expect(result.status).toBe('running')
    await tasks.advance(1)
    expect(await error).toBeInstanceOf(WaitTimeoutError)
    expect((await error).message).toMatch(/has not settled within 500 ms; it goes on/)
    expect(result.status).toBe('running')
    held.release()
    expect(await result.wait(500)).toBe('released')
  })

  test('with a time gives the result or the failure that comes before, and leaves no alarm', async () => {
    const tasks = createTestTasks()
    const before = tasks.clock.pendingAlarms
    expect(await tasks.addTask(() => 'soon', [], { keepResultMs: 0 }).wait(500)).toBe('soon')
    const failing = tasks.addTask(
      () => {
        throw new RangeError('no')
      },
      [],
      { keepResultMs: 0, maxRetries: 0 },
    )
    expect(await rejectionOf(failing.wait(500))).toBeInstanceOf(RangeError)
    expect(tasks.clock.pendingAlarms).toBe(before)
  })

  test.each([-1, Number.NaN, '5s', null])('wait(%o) is refused', (timeoutMs) => {
    const result = tasksForTest().addTask(() => 1)
    const error = thrownBy(() => result.wait(timeoutMs as number))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toMatch(/wait: timeoutMs accepts a number of milliseconds ≥ 0, or Infinity, got/)
  })

  test('rejects with the very error of the body', async () => {
    const error = new RangeError('no')
    const result = tasksForTest().addTask(() => {
      throw error
    })
    expect(await rejectionOf(result.wait())).toBe(error)
    expect(await rejectionOf(result.wait())).toBe(error)
    expect(result.outcome).toEqual({ status: 'failed', error })
  })

  test('hands a result over by reference', async () => {
    const value = { rows: new Float64Array(4) }
    expect(
      await tasksForTest()
        .addTask(() => value)
        .wait(),
    ).toBe(value)
  })
})

describe('waitSync', () => {
  test('on the inline lane is refused before the end, and gives the result after it', async () => {
    const result = tasksForTest().addTask(() => 'done')
    const error = thrownBy(() => result.waitSync())
    expect(error).toBeInstanceOf(TaskDefinitionError)
    expect(error.message).toMatch(/inline lane.*use await wait\(\)/)
    await result.wait()
    expect(result.waitSync()).toBe('done')
  })

  test('throws the failure after the end', async () => {
    const error = new RangeError('no')
    const result = tasksForTest().addTask(() => Promise.reject(error))
    await rejectionOf(result.wait())
    expect(thrownBy(() => result.waitSync())).toBe(error)
  })
})

describe('callbacks', () => {
  test('come once, with the outcome, in their order, outside of the task', async () => {
    const tasks = tasksForTest()
    const calls: [number, TaskOutcome<string>, boolean][] = []
    const result = tasks.addTask(() => 'done')
    const chained = result
      .addCallback((outcome) => calls.push([1, outcome, insideTask()]))
      .addCallback((outcome) => calls.push([2, outcome, insideTask()]))
    expect(chained).toBe(result)
    await result.wait()
    await someTurns()
    const outcome = { status: 'completed', value: 'done' }
    expect(calls).toEqual([
      [1, outcome, false],
      [2, outcome, false],
    ])
  })

  test('come also after the end, and never at once', async () => {
    const tasks = tasksForTest()
    const result = tasks.addTask(() => Promise.reject(new RangeError('no')))
    await rejectionOf(result.wait())
    const told = new Gate<TaskOutcome<never>>()
    let calls = 0
    result.addCallback((outcome) => {
      calls++
      told.open(outcome)
    })
    expect(calls).toBe(0)
    expect(await told.opened).toMatchObject({ status: 'failed', error: expect.any(RangeError) })
    await someTurns()
    expect(calls).toBe(1)
  })

  test('never come inside cancel', async () => {
    const tasks = tasksForTest()
    await tasks.pause()
    const result = tasks.addTask(() => 1)
    const told = new Gate<TaskOutcome<number>>()
    let calls = 0
    result.addCallback((outcome) => {
      calls++
      told.open(outcome)
    })
    result.cancel()
    expect(calls).toBe(0)
    expect(await told.opened).toMatchObject({ status: 'cancelled' })
  })

  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new RangeError('bad callback')
      },
    ],
    ['rejects', () => Promise.reject(new RangeError('bad callback'))],
  ])('one that %s becomes a warning and harms nobody', async (_, callback) => {
    const tasks = tasksForTest()
    const warning = nextWarning()
    const result = tasks.addTask(() => 'done', [], { name: 'body' })
    const other = new Gate<string>()
    result.addCallback(callback)
    result.addCallback(({ status }) => other.open(status))
    expect(await warning).toMatchObject({ message: "callback of task 'body' threw RangeError: bad callback" })
    expect(await other.opened).toBe('completed')
    expect(await result.wait()).toBe('done')
    expect(await tasks.addTask(() => 'next').wait()).toBe('next')
  })
})

describe('cancel', () => {
  test('before the start: it never runs', async () => {
    const tasks = tasksForTest()
    await tasks.pause()
    let ran = false
    const result = tasks.addTask(() => (ran = true), [], { name: 'body' })
    expect(result.cancel('not wanted')).toBe(true)
    expect(result.status).toBe('cancelled')
    expect(result.cancel()).toBe(false)
    await tasks.resume()
    await someTurns()
    expect(ran).toBe(false)
    const error = await rejectionOf(result.wait())
    expect(error).toBeInstanceOf(TaskCancelledError)
    expect(error.message).toMatch(/^task 'body' \(.*\) was cancelled: not wanted$/)
  })

  test('during the run: its signal aborts, and what it still gives is dropped', async () => {
    const tasks = tasksForTest()
    const begun = new Gate()
    const aborted = new Gate<unknown>()
    const released = new Gate()
    const result = tasks.addTask(async () => {
      const { signal } = currentTask()
      signal.addEventListener('abort', () => aborted.open(signal.reason))
      begun.open()
      await released.opened
      return 'late'
    })
    await begun.opened
    expect(result.status).toBe('running')
    expect(result.cancel('enough')).toBe(true)
    expect(await aborted.opened).toBeInstanceOf(TaskCancelledError)
    expect(result.status).toBe('cancelled')
    released.open()
    await someTurns()
    expect(result.outcome).toMatchObject({ status: 'cancelled' })
    expect(tasks.getStats()).toMatchObject({ cancelledTasks: 1, completedTasks: 0, lateRuns: 0 })
  })

  test('after the end changes nothing', async () => {
    const result = tasksForTest().addTask(() => 'done')
    await result.wait()
    expect(result.cancel()).toBe(false)
    expect(await result.wait()).toBe('done')
    expect(result.status).toBe('completed')
  })

  test('by a signal', async () => {
    const controller = new AbortController()
    const tasks = tasksForTest()
    const held = new HeldBody()
    const running = tasks.addTask(held.run, [], { signal: controller.signal })
    await held.begun
    controller.abort(new Error('the request went away'))
    expect(running.status).toBe('cancelled')
    expect((await rejectionOf(running.wait())).message).toMatch(/its signal aborted: the request went away/)
    const late = tasks.addTask(() => 1, [], { signal: controller.signal })
    expect(late.status).toBe('cancelled')
    held.release()
  })
})

test('status tells each state', async () => {
  const tasks = createTestTasks()
  const held = new HeldBody()
  const seen: TaskStatus[] = []
  let attempts = 0
  const result = tasks.addTask(
    () => {
      if (++attempts === 1) throw new Error('first')
      return held.run()
    },
    [],
    { delayMs: 1000, retryJitter: 0, retryDelayMs: 1000 },
  )
  const look = (): void => void seen.push(result.status)
  look()
  await tasks.pause()
  await tasks.advance(1000)
  look()
  await tasks.resume()
  await tasks.advance(0)
  look()
  await tasks.advance(1000)
  look()
  held.release()
  await result.wait()
  look()
  expect(seen).toEqual(['scheduled', 'pending', 'retrying', 'running', 'completed'])
})

test('a task that does not start in time expires', async () => {
  const tasks = createTestTasks()
  await tasks.pause()
  const result = tasks.addTask(() => 1, [], { expireAfterMs: 100 })
  await tasks.advance(100)
  expect(result.status).toBe('expired')
  expect(await rejectionOf(result.wait())).toBeInstanceOf(TaskExpiredError)
})

test('a task that never ran because the engine closed rejects with EngineClosedError', async () => {
  const tasks = tasksForTest()
  await tasks.pause()
  const result = tasks.addTask(() => 1)
  const told = new Gate<string>()
  result.addCallback(({ status }) => told.open(status))
  await tasks.shutdown({ waitForCompletion: false })
  expect(await rejectionOf(result.wait())).toBeInstanceOf(EngineClosedError)
  expect(await told.opened).toBe('cancelled')
  expect(result.isReady()).toBe(true)
})

test('getStats gives the figures of the task, at each stage', async () => {
  const tasks = createTestTasks({ startsAt: 1_000_000 })
  const held = new HeldBody()
  await tasks.pause()
  const result = tasks.addTask(held.run, [], { name: 'body', priority: 'high' })
  await tasks.advance(250)
  const about = { taskId: result.taskId, name: 'body', priority: 1, lane: 'inline', engine: 'typescript' }
  const unknown = { memoryUsageMb: null, workerId: null, progress: null, retries: 0 }
  expect(result.getStats()).toEqual({
    ...about,
    ...unknown,
    status: 'pending',
    createdAt: 1_000_000,
    startedAt: null,
    completedAt: null,
    waitTimeMs: 250,
    executionTimeMs: null,
  })
  await tasks.resume()
  await tasks.advance(100)
  expect(result.getStats()).toMatchObject({
    status: 'running',
    startedAt: 1_000_250,
    completedAt: null,
    waitTimeMs: 250,
    executionTimeMs: 100,
  })
  held.release()
  await tasks.advance(400)
  expect(result.getStats()).toEqual({
    ...about,
    ...unknown,
    status: 'completed',
    createdAt: 1_000_000,
    startedAt: 1_000_250,
    completedAt: 1_000_350,
    waitTimeMs: 250,
    executionTimeMs: 100,
  })
})

test('nothing of this warns', async () => {
  const warnings = recordWarnings()
  const tasks = tasksForTest()
  const result = tasks.addTask(() => Promise.reject(new Error('no')))
  result.addCallback(() => {})
  await rejectionOf(result.wait())
  await someTurns()
  expect(warnings).toEqual([])
})
