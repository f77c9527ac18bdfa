// How it ends: what is run, what is given up, and what is refused afterwards.
import { ConfigurationError, EngineClosedError, createTasks, currentTask } from '@catzilla/api'
import { createTestTasks } from '@catzilla/api/testing'
import { Gate, HeldBody, someTurns } from '@catzilla/test-kit/gate'
import { rejectionOf, thrownBy } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { tasksForTest } from './tasks-for-test.ts'

describe('by default', () => {
  test('what there is runs to its end, and the report counts it', async () => {
    const tasks = tasksForTest({ inlineConcurrency: 1 })
    const held = new HeldBody()
    const results = [
      tasks.addTask(held.run),
      tasks.addTask(() => 'queued'),
      tasks.addTask(() => 'later', [], { delayMs: 10 }),
      tasks.addTask(() => Promise.reject(new Error('no'))),
    ]
    await held.begun
    const closed = tasks.shutdown()
    held.release()
    expect(await closed).toEqual({ completed: 4, cancelled: 0, requeued: 0, abandoned: [] })
    expect(results.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed', 'failed'])
  })

  test('what comes due only after the time is over is cancelled at once', async () => {
    const tasks = createTasks({ engine: 'typescript', shutdownTimeoutMs: 1000 })
    const late = tasks.addTask(() => 1, [], { delayMs: 60_000 })
    expect(await tasks.shutdown()).toMatchObject({ completed: 0, cancelled: 1 })
    expect(await rejectionOf(late.wait())).toBeInstanceOf(EngineClosedError)
  })

  test('a body that submits meanwhile is refused', async () => {
    const tasks = tasksForTest()
    const held = new HeldBody()
    const result = tasks.addTask(async () => {
      await held.run()
      return thrownBy(() => tasks.addTask(() => 1))
    })
    await held.begun
    const closed = tasks.shutdown()
    held.release()
    expect(await result.wait()).toBeInstanceOf(EngineClosedError)
    expect(await closed).toMatchObject({ completed: 1 })
  })
})

describe('the time', () => {
  test('is shutdownTimeoutMs of createTasks, and what still runs then is abandoned', async () => {
    const tasks = createTestTasks({ shutdownTimeoutMs: 500 })
    const reasons: unknown[] = []
    const result = tasks.addTask(
      () => {
        const { signal } = currentTask()
        return new Promise<void>(() => signal.addEventListener('abort', () => reasons.push(signal.reason)))
      },
      [],
      { name: 'stuck' },
    )
    await tasks.advance(0)
    const closed = tasks.shutdown()
    await tasks.advance(499)
    expect(result.status).toBe('running')
    await tasks.advance(1)
    expect(await closed).toMatchObject({
      completed: 0,
      cancelled: 0,
      abandoned: [{ taskId: result.taskId, name: 'stuck', status: 'running' }],
    })
    expect(await rejectionOf(result.wait())).toBeInstanceOf(EngineClosedError)
    expect(reasons).toEqual([expect.any(EngineClosedError)])
  })

  test('may be given to shutdown', async () => {
    const tasks = createTestTasks()
    tasks.addTask(() => new Promise(() => {}))
    await tasks.advance(0)
    const closed = tasks.shutdown({ timeoutMs: 100 })
    await tasks.advance(100)
    expect((await closed).abandoned).toHaveLength(1)
  })

  test('of zero abandons at once', async () => {
    const tasks = tasksForTest()
    const held = new HeldBody()
    tasks.addTask(held.run)
    await held.begun
    expect((await tasks.shutdown({ timeoutMs: 0 })).abandoned).toHaveLength(1)
    held.release()
  })
})

test('waitForCompletion: false cancels what waits and abandons what runs', async () => {
  const tasks = tasksForTest({ inlineConcurrency: 1 })
  const held = new HeldBody()
  const running = tasks.addTask(held.run)
  await held.begun
  const waiting = [tasks.addTask(() => 1), tasks.addTask(() => 1, [], { delayMs: 60_000 })]
  const report = await tasks.shutdown({ waitForCompletion: false })
  expect(report).toMatchObject({ completed: 0, cancelled: 2, requeued: 0, abandoned: [{ taskId: running.taskId }] })
  for (const result of [running, ...waiting]) {
    expect(result.isReady()).toBe(true)
    expect(await rejectionOf(result.wait())).toBeInstanceOf(EngineClosedError)
  }
  held.release()
  await someTurns()
})

test('is idempotent: later calls give the first report', async () => {
  const tasks = tasksForTest()
  const result = tasks.addTask(() => 1)
  const [first, second] = await Promise.all([tasks.shutdown(), tasks.shutdown({ waitForCompletion: false })])
  expect(first).toMatchObject({ completed: 1, cancelled: 0 })
  expect(second).toBe(first)
  expect(await tasks.shutdown()).toBe(first)
  expect(result.status).toBe('completed')
})

test('Symbol.asyncDispose is shutdown', async () => {
  const tasks = tasksForTest()
  const result = tasks.addTask(() => 1)
  await tasks[Symbol.asyncDispose]()
  expect(result.status).toBe('completed')
  expect(() => tasks.addTask(() => 1)).toThrow(EngineClosedError)
})

test('afterwards tasks are refused, and what was can still be looked at', async () => {
  const tasks = tasksForTest()
  const body = tasks.task({ name: 'body' }, (n: number) => n)
  const result = body.delay(1)
  await tasks.shutdown()
  for (const submit of [() => body.delay(1), () => body.batch([[1]]), () => body.mapArrays(new Float64Array(1))]) {
    const error = thrownBy(submit)
    expect(error).toBeInstanceOf(EngineClosedError)
    expect(error.message).toMatch(/stopped; make a new engine/)
  }
  expect(await rejectionOf(body.enqueue(1))).toBeInstanceOf(EngineClosedError)
  expect(await result.wait()).toBe(1)
  expect(await tasks.getTask(result.taskId)).toMatchObject({ status: 'completed' })
  expect(tasks.getStats()).toMatchObject({ completedTasks: 1, totalQueued: 0 })
  await tasks.drain()
})

test.each([
  [{ timeoutMs: -1 }, /timeoutMs accepts a number of milliseconds ≥ 0, or Infinity, got -1/],
  [{ waitForCompletion: 'no' }, /waitForCompletion accepts true or false, got "no"/],
  [{ timeout: 30 }, /there is no option "timeout"/],
])('%o is refused, and nothing is ended', async (options, message) => {
  const tasks = tasksForTest()
  const body = tasks.task({ name: 'body' }, () => 1)
  tasks.schedule('tick', { everyMs: 60_000 }, body, [])
  const error = await rejectionOf(tasks.shutdown(options as object))
  expect(error).toBeInstanceOf(ConfigurationError)
  expect(error.message).toMatch(message)
  expect(await body.delay().wait()).toBe(1)
  expect(tasks.schedules).toMatchObject([{ id: 'tick', paused: false, nextRunAt: expect.any(Number) }])
})

test('an undefined option is not given', async () => {
  const tasks = tasksForTest()
  const result = tasks.addTask(() => 1)
  await tasks.shutdown({ waitForCompletion: undefined, timeoutMs: undefined } as object)
  expect(result.status).toBe('completed')
})

test('callbacks of what was cancelled come before shutdown resolves', async () => {
  const tasks = tasksForTest()
  await tasks.pause()
  const told = new Gate<string>()
  let heard = ''
  tasks
    .addTask(() => 1)
    .addCallback(({ status }) => {
      heard = status
      told.open(status)
    })
  await tasks.shutdown({ waitForCompletion: false })
  await told.opened
  expect(heard).toBe('cancelled')
})
