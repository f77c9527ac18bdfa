// The door for tests of applications.
import { PayloadError, TaskTimeoutError } from '@catzilla/api'
import { TestTasks, VirtualClock, createTestTasks } from '@catzilla/api/testing'
import { AssertionError } from 'node:assert'
import { readFile } from 'node:fs/promises'
import { rejectionOf, thrownBy } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'

const DAY = 24 * 3600_000

describe('advance', () => {
  test('lets happen what comes due on the way, in its order and at its moment', async () => {
    const tasks = createTestTasks({ startsAt: 0 })
    const ran: [string, number][] = []
    const body = tasks.task({ name: 'body' }, (what: string) => void ran.push([what, tasks.clock.epochMs()]))
    body.with({ delayMs: 300 }).delay('c')
    body.with({ delayMs: 100 }).delay('a')
    body.with({ runAt: 200 }).delay('b')
    body.with({ delayMs: 1000 }).delay('late')
    await tasks.advance(300)
    expect(ran).toEqual([
      ['a', 100],
      ['b', 200],
      ['c', 300],
    ])
    expect(tasks.clock.epochMs()).toBe(300)
  })

  test('of nothing lets happen what can happen now', async () => {
    const tasks = createTestTasks()
    const result = tasks.addTask(async () => 'done')
    await tasks.advance(0)
    expect(result.status).toBe('completed')
  })

  test('time stands still otherwise', async () => {
    const tasks = createTestTasks({ startsAt: 5000 })
    await tasks.addTask(() => readFile(import.meta.filename)).wait()
    expect(tasks.clock.now()).toBe(0)
    expect(tasks.clock.epochMs()).toBe(5000)
  })
})

describe('drain', () => {
  test('goes through delays and retries, and stops where there is nothing more', async () => {
    const tasks = createTestTasks({ random: () => 0.5 })
    let attempts = 0
    const reminder = tasks.addTask(() => 'reminded', [], { delayMs: DAY })
    const flaky = tasks.addTask(() => {
      if (++attempts < 4) throw new Error('again')
      return attempts
    })
    await tasks.drain()
    expect(await flaky.wait()).toBe(4)
    expect(await reminder.wait()).toBe('reminded')
    expect(tasks.clock.now()).toBe(DAY)
  })

  test('runs what tasks submit', async () => {
    const tasks = createTestTasks()
    const ran: number[] = []
    const body = tasks.task({ name: 'body' }, (n: number): void => {
      ran.push(n)
      if (n > 0) body.with({ delayMs: 1000 }).delay(n - 1)
    })
    body.delay(3)
    await tasks.drain()
    expect(ran).toEqual([3, 2, 1, 0])
  })

  test('goes through rate and concurrency limits', async () => {
    const tasks = createTestTasks({ startsAt: 0 })
    const starts: number[] = []
    const limits = { rate: { max: 2, perMs: 1000 }, concurrency: 1 }
    const body = tasks.task({ name: 'body', limits }, () => void starts.push(tasks.clock.epochMs()))
    body.batch([[], [], [], [], []])
    await tasks.drain()
    expect(starts).toEqual([0, 0, 1000, 1000, 2000])
  })

  test('gives real I/O its time: no timeout is reached meanwhile', async () => {
    const tasks = createTestTasks()
    const read = tasks.task({ name: 'read', timeoutMs: 100, maxRetries: 0 }, async (path: string) => {
      for (const _ of [1, 2, 3, 4, 5]) await readFile(path)
      return (await readFile(path, 'utf8')).length
    })
    const tomorrow = read.with({ delayMs: DAY })
    const results = [
      read.delay(import.meta.filename),
      tomorrow.delay(import.meta.filename),
      tomorrow.delay(import.meta.filename),
    ]
    await tasks.drain()
    for (const result of results) expect(await result.wait()).toBeGreaterThan(1000)
    expect(tasks.getStats().timeoutCount).toBe(0)
  })

  test('a body may wait for a task that comes later', async () => {
    const tasks = createTestTasks()
    const later = tasks.task({ name: 'later', delayMs: 5000 }, () => 'later')
    const result = tasks.addTask(async () => `${await later.delay().wait()} and more`)
    await tasks.drain()
    expect(await result.wait()).toBe('later and more')
  })

  test('of what is paused says so instead of waiting for ever', async () => {
    const tasks = createTestTasks()
    const body = tasks.task({ name: 'body' }, () => 1)
    await tasks.pause('body')
    body.delay()
    const error = await rejectionOf(tasks.drain())
    expect(error).toBeInstanceOf(AssertionError)
    expect(error.message).toMatch(/1 tasks wait and are paused; resume\(\) first/)
    await tasks.pause()
    await tasks.resume('body')
    expect(await rejectionOf(tasks.drain())).toBeInstanceOf(AssertionError)
    await tasks.resume()
    await tasks.drain()
    expect(tasks.getStats().completedTasks).toBe(1)
  })

  test('of nothing settles', async () => {
    await expect(createTestTasks().drain()).resolves.toBeUndefined()
  })

  test('advance does reach timeouts', async () => {
    const tasks = createTestTasks()
    const failure = rejectionOf(tasks.addTask(() => new Promise(() => {}), [], { maxRetries: 0 }).wait())
    await tasks.advance(30_000)
    expect(await failure).toBeInstanceOf(TaskTimeoutError)
  })
})

describe('assertEnqueued', () => {
  test('is content when the task waits: scheduled, pending or retrying', async () => {
    const tasks = createTestTasks()
    const body = tasks.task({ name: 'body' }, (n: number, more: object) => [n, more])
    const fail = tasks.task({ name: 'fail' }, () => Promise.reject(new Error('no')))
    fail.delay()
    await tasks.advance(0)
    await tasks.pause()
    body.delay(1, { a: [1] })
    body.with({ delayMs: DAY }).delay(2, {})
    await tasks.assertEnqueued(body)
    await tasks.assertEnqueued(body, [1, { a: [1] }])
    await tasks.assertEnqueued(body, [2, {}])
    await tasks.assertEnqueued(fail, [])
    expect(await tasks.enqueued()).toHaveLength(3)
  })

  test('says what does wait when it does not', async () => {
    const tasks = createTestTasks()
    const body = tasks.task({ name: 'body' }, (n: number) => n)
    const other = tasks.task({ name: 'other' }, (n: number) => n)
    await body.delay(0).wait()
    await tasks.pause()
    other.delay(3)
    const nothing = await rejectionOf(tasks.assertEnqueued(body))
    expect(nothing).toBeInstanceOf(AssertionError)
    expect(nothing.message).toBe("no task 'body' is enqueued; of that name there is: nothing")
    body.delay(1)
    body.delay(2)
    const wrong = await rejectionOf(tasks.assertEnqueued(body, [3]))
    expect(wrong.message).toBe("no task 'body' with [ 3 ] is enqueued; of that name there is: [ 1 ], [ 2 ]")
  })

  test('shows whatever the arguments are', async () => {
    const tasks = createTestTasks()
    const body = tasks.task({ name: 'body' }, (value: unknown) => value)
    await tasks.pause()
    const circular: Record<string, unknown> = { big: 1n, map: new Map([[1, 'x']]) }
    circular['self'] = circular
    body.delay(circular)
    await tasks.assertEnqueued(body, [circular])
    expect((await rejectionOf(tasks.assertEnqueued(body, [2n]))).message).toMatch(/with \[ 2n \].*big: 1n.*1 => 'x'/)
  })
})

describe('enqueued', () => {
  test('are the tasks that wait, oldest first, of one name or of all', async () => {
    const tasks = createTestTasks()
    const body = tasks.task({ name: 'body' }, (n: number) => n)
    const other = tasks.task({ name: 'other' }, () => 1)
    await tasks.pause()
    body.delay(1)
    other.delay()
    body.with({ delayMs: 5 }).delay(2)
    const names = async (task?: Parameters<TestTasks['enqueued']>[0]): Promise<string[]> =>
      (await tasks.enqueued(task)).map(({ name, args }) => [name, ...args].join(' '))
    expect(await names()).toEqual(['body 1', 'other', 'body 2'])
    expect(await names(body)).toEqual(['body 1', 'body 2'])
    expect(await names('other')).toEqual(['other'])
  })

  test('are all, also when there are more than a page', async () => {
    const tasks = createTestTasks()
    const body = tasks.task({ name: 'body' }, (n: number) => n)
    await tasks.pause()
    body.batch(Array.from({ length: 2500 }, (_, n) => [n]))
    expect((await tasks.enqueued()).map(({ args }) => args[0])).toEqual(Array.from({ length: 2500 }, (_, n) => n))
    await tasks.assertEnqueued(body, [0])
  })
})

describe('payloads and results go through a boundary', () => {
  class User {
    readonly name: string

    constructor(name: string) {
      this.name = name
    }
  }

  test('an instance loses its class on the way in and out, and keeps its fields', async () => {
    const tasks = createTestTasks()
    const seen: unknown[] = []
    const body = tasks.task({ name: 'body' }, (user: User) => {
      seen.push(user)
      return new User(`${user.name}!`)
    })
    const result = await body.delay(new User('Ada')).wait()
    const [batched] = await body.batch([[new User('Ada')]]).wait()
    for (const value of [seen[0], result, batched]) expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect([seen[0], result]).toEqual([{ name: 'Ada' }, { name: 'Ada!' }])
  })

  test('what structured clone keeps is kept', async () => {
    const value = {
      at: new Date(5),
      map: new Map([[1, new Set(['x'])]]),
      bytes: Uint8Array.of(1),
      big: 5n,
      none: undefined,
    }
    const tasks = createTestTasks()
    const result = await tasks.addTask((v: typeof value) => v, [value]).wait()
    expect(result).toEqual(value)
    expect(result).not.toBe(value)
  })

  test.each<[string, () => unknown]>([
    ['at once', () => ({ rows: [{ run: () => 1 }] })],
    ['later', async () => ({ rows: [{ run: () => 1 }] })],
  ])('a result that cannot travel, given %s, is a PayloadError with its path', async (_, body) => {
    const tasks = createTestTasks()
    const error = await rejectionOf(tasks.addTask(body, [], { name: 'body' }).wait())
    expect(error).toBeInstanceOf(PayloadError)
    expect(error.message).toMatch(/^task 'body': result\.rows\[0\]\.run: a function cannot be copied/)
    expect(tasks.getStats().retryCount).toBe(0)
  })

  test('an argument that cannot travel is refused', () => {
    expect(thrownBy(() => createTestTasks().addTask((value: unknown) => value, [() => 1]))).toBeInstanceOf(PayloadError)
  })

  test('errors keep their class', async () => {
    const error = new RangeError('no')
    const tasks = createTestTasks({ taskDefaults: { maxRetries: 0 } })
    expect(await rejectionOf(tasks.addTask(() => Promise.reject(error)).wait())).toBe(error)
  })

  test('a thenable result is waited for', async () => {
    const inner = createTestTasks().addTask(() => 'inner')
    expect(
      await createTestTasks()
        .addTask(() => inner.future())
        .wait(),
    ).toBe('inner')
  })

  test('a direct call does not go through it', () => {
    const user = new User('Ada')
    expect(createTestTasks().task({ name: 'body' }, (value: User) => value)(user)).toBe(user)
  })
})

describe('options', () => {
  test('are those of createTasks, and a start', async () => {
    const tasks = new TestTasks({ startsAt: 77, queueSize: 1, inlineConcurrency: 2, taskDefaults: { priority: 'low' } })
    expect(tasks.clock).toBeInstanceOf(VirtualClock)
    expect(tasks.clock.epochMs()).toBe(77)
    expect(tasks.getStats().totalWorkers).toBe(2)
    expect(tasks.addTask(() => 1).getStats()).toMatchObject({ priority: 3, createdAt: 77 })
    expect(() => tasks.addTask(() => 1)).toThrow(/queueSize 1/)
    expect(createTestTasks().clock.epochMs()).toBe(Date.UTC(2026, 0, 1))
  })

  test('are checked', () => {
    expect(() => createTestTasks({ queueSize: 0 })).toThrow(/queueSize accepts an integer ≥ 1, got 0/)
    expect(() => createTestTasks({ queuesize: 5 } as object)).toThrow(/did you mean queueSize\?/)
  })
})
