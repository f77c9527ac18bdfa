// Pausing, draining, scaling and listening.
import { ConfigurationError, UnknownTaskError, UnsupportedByEngineError, currentTask } from '@catzilla/api'
import type { EngineEventType } from '@catzilla/api'
import { createTestTasks } from '@catzilla/api/testing'
import { engineEventTypes } from '@catzilla/engine'
import { HeldBody, someTurns } from '@catzilla/test-kit/gate'
import { rejectionOf, thrownBy } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { nextWarning } from './process-events.ts'
import { tasksForTest } from './tasks-for-test.ts'

describe('pause and resume', () => {
  test('of all: nothing more starts, what runs goes on', async () => {
    const tasks = tasksForTest()
    const held = new HeldBody()
    const running = tasks.addTask(held.run)
    await held.begun
    await tasks.pause()
    await tasks.pause()
    const waiting = tasks.addTask(() => 'ran')
    held.release()
    expect(await running.wait()).toBe('released')
    await someTurns()
    expect(waiting.status).toBe('pending')
    await tasks.resume()
    expect(await waiting.wait()).toBe('ran')
  })

  test('of one: the others start', async () => {
    const tasks = tasksForTest()
    const [a, b] = ['a', 'b'].map((name) => tasks.task({ name }, () => name))
    await tasks.pause('a')
    const [waiting, other] = [a?.delay(), b?.delay()]
    expect(await other?.wait()).toBe('b')
    await someTurns()
    expect(waiting?.status).toBe('pending')
    await tasks.resume('b')
    await someTurns()
    expect(waiting?.status).toBe('pending')
    await tasks.resume('a')
    expect(await waiting?.wait()).toBe('a')
  })

  test('of an unknown name is refused, with the one that was meant', async () => {
    const tasks = tasksForTest()
    tasks.task({ name: 'email.send' }, () => 1)
    for (const call of [tasks.pause('email.sent'), tasks.resume('email.sent')]) {
      const error = await rejectionOf(call)
      expect(error).toBeInstanceOf(UnknownTaskError)
      expect(error.message).toMatch(/did you mean 'email\.send'\?/)
    }
  })
})

describe('drain', () => {
  test('with nothing to do settles', async () => {
    await expect(tasksForTest().drain()).resolves.toBeUndefined()
  })

  test('waits for what runs, when nothing else is there', async () => {
    const tasks = tasksForTest()
    const held = new HeldBody()
    const result = tasks.addTask(held.run)
    await held.begun
    let drained = false
    const drain = tasks.drain().then(() => (drained = true))
    await someTurns()
    expect(drained).toBe(false)
    held.release()
    await drain
    expect(result.status).toBe('completed')
  })

  test('waits for what is queued, scheduled, retrying and running', async () => {
    const tasks = tasksForTest()
    const held = new HeldBody()
    let attempts = 0
    const results = [
      tasks.addTask(held.run),
      tasks.addTask(() => 1, [], { delayMs: 20 }),
      tasks.addTask(
        () => {
          if (++attempts < 3) throw new Error('again')
        },
        [],
        { maxRetries: 5, retryDelayMs: 5, retryBackoff: 'fixed' },
      ),
    ]
    let drained = false
    const drain = tasks.drain().then(() => (drained = true))
    await results[1]?.wait()
    await results[2]?.wait()
    await someTurns()
    expect(drained).toBe(false)
    held.release()
    await drain
    expect(results.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed'])
  })

  test('does not take the end of earlier tasks for the end of later ones', async () => {
    const tasks = tasksForTest()
    tasks.on('drained', () => {})
    const held = new HeldBody()
    await tasks.addTask(() => 1).wait()
    const later = tasks.addTask(held.run)
    let drained = false
    const drain = tasks.drain().then(() => (drained = true))
    await held.begun
    await someTurns()
    expect(drained).toBe(false)
    held.release()
    await drain
    expect(later.status).toBe('completed')
  })

  test('may be called by many, again and again', async () => {
    const tasks = tasksForTest()
    for (const round of [1, 2, 3]) {
      const result = tasks.addTask(async () => round)
      await Promise.all([tasks.drain(), tasks.drain()])
      expect(result.status).toBe('completed')
    }
  })
})

describe('scale', () => {
  test('changes the slots while tasks run, and tells', async () => {
    const tasks = tasksForTest({ inlineConcurrency: 1 })
    const events: unknown[] = []
    tasks.on('scaled', ({ what, from, to, reason }) => events.push([what, from, to, reason]))
    const [first, second] = [new HeldBody(), new HeldBody()]
    tasks.addTask(first.run)
    const waiting = tasks.addTask(second.run)
    await first.begun
    expect(waiting.status).toBe('pending')
    await tasks.scale({ inlineConcurrency: 2, reason: 'rush hour' })
    await second.begun
    expect(tasks.getStats().lanes.inline).toEqual({ slots: 2, active: 2, queued: 0 })
    await someTurns()
    expect(events).toEqual([['inlineConcurrency', 1, 2, 'rush hour']])
    first.release()
    second.release()
  })

  test('of what the engine does not have is refused', async () => {
    const tasks = tasksForTest({ engine: 'typescript' })
    expect(await rejectionOf(tasks.scale({ workers: 4 }))).toBeInstanceOf(UnsupportedByEngineError)
  })

  test.each<[object, RegExp]>([
    [{ inlineConcurrency: 0 }, /inlineConcurrency accepts an integer ≥ 1, got 0/],
    [{}, /give inlineConcurrency or workers/],
    [{ slots: 5 }, /no option "slots"/],
  ])('%o is refused', async (target, message) => {
    const error = await rejectionOf(tasksForTest().scale(target))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toMatch(message)
  })
})

describe('on', () => {
  test('tells each event of a task, in order, with its figures', async () => {
    const tasks = createTestTasks({ startsAt: 5000, taskDefaults: { maxRetries: 1, retryJitter: 0 } })
    const events: object[] = []
    for (const type of engineEventTypes) tasks.on(type, (event) => events.push(event))
    const result = tasks.addTask(
      () => {
        currentTask().progress(0.5, 'half')
        if (currentTask().attempt === 1) throw new Error('again')
        return 'done'
      },
      [],
      { name: 'body', delayMs: 100 },
    )
    await tasks.drain()
    const about = { taskId: result.taskId, name: 'body', priority: 2 }
    const error = expect.objectContaining({ message: 'again' })
    expect(events).toMatchObject([
      { type: 'scheduled', ...about, at: 5000, dueAt: 5100 },
      { type: 'queued', ...about, at: 5100 },
      { type: 'started', ...about, attempt: 1, lane: 'inline', waitTimeMs: 0 },
      { type: 'progress', ...about, ratio: 0.5, message: 'half' },
      { type: 'retrying', ...about, attempt: 1, error, delayMs: 1000 },
      { type: 'queued', ...about },
      { type: 'started', ...about, attempt: 2 },
      { type: 'progress', ...about, ratio: 0.5 },
      { type: 'completed', ...about, attempt: 2, outcome: { status: 'completed', value: 'done' } },
      { type: 'drained' },
    ])
  })

  test('tells other ends too', async () => {
    const tasks = createTestTasks({ taskDefaults: { maxRetries: 0 } })
    const seen: string[] = []
    for (const type of ['failed', 'cancelled', 'expired'] as const) {
      tasks.on(type, (event) => seen.push(`${event.type} ${event.name}: ${event.error.name}`))
    }
    tasks.addTask(() => Promise.reject(new RangeError('no')), [], { name: 'a' })
    await tasks.advance(0)
    await tasks.pause()
    tasks.addTask(() => 1, [], { name: 'b' }).cancel()
    tasks.addTask(() => 1, [], { name: 'c', expireAfterMs: 10 })
    await tasks.advance(10)
    expect(seen).toEqual(['failed a: RangeError', 'cancelled b: TaskCancelledError', 'expired c: TaskExpiredError'])
  })

  test('until it is told to stop', async () => {
    const tasks = tasksForTest()
    let heard = 0
    const off = tasks.on('completed', () => heard++)
    await tasks.addTask(() => 1).wait()
    await someTurns()
    off()
    off()
    await tasks.addTask(() => 1).wait()
    await someTurns()
    expect(heard).toBe(1)
  })

  test('a listener that throws becomes a warning and harms nobody', async () => {
    const tasks = tasksForTest()
    const warning = nextWarning()
    const heard: string[] = []
    tasks.on('completed', () => {
      throw new Error('listener')
    })
    tasks.on('completed', ({ name }) => heard.push(name))
    expect(await tasks.addTask(() => 1, [], { name: 'body' }).wait()).toBe(1)
    expect((await warning).message).toBe("listener of 'completed' threw Error: listener")
    expect(heard).toEqual(['body'])
  })

  test('an unknown event is refused', () => {
    const error = thrownBy(() => tasksForTest().on('done' as EngineEventType, () => {}))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toMatch(/there is no event "done"; known are scheduled, queued, /)
  })
})
