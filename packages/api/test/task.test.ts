// Defining tasks, calling them, and submitting them with options.
import {
  ConfigurationError,
  TaskDefinitionError,
  UnknownTaskError,
  UnsupportedByEngineError,
  TaskPriority,
} from '@catzilla/api'
import { thrownBy } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { tasksForTest } from './tasks-for-test.ts'

describe('names', () => {
  test('the name is given, or that of the function', () => {
    const tasks = tasksForTest()
    function resize(): void {}
    const arrow = (): void => {}
    expect(tasks.task({ name: 'image.resize' }, resize).taskName).toBe('image.resize')
    expect(tasks.task(resize).taskName).toBe('resize')
    expect(tasks.task({ priority: 'low' }, arrow).taskName).toBe('arrow')
    expect(tasks.taskNames).toEqual(['image.resize', 'resize', 'arrow'])
  })

  test('a function without a name needs one in its config', () => {
    const error = thrownBy(() => tasksForTest().task(() => 1))
    expect(error).toBeInstanceOf(TaskDefinitionError)
    expect(error.message).toMatch(
      /a task needs a name of 1\.\.200 characters, got ""; give \{ name: '…' \} in its config/,
    )
  })

  test.each([[''], ['x'.repeat(201)], [5], [null]])('%o is no name', (name) => {
    const error = thrownBy(() => tasksForTest().task({ name: name as string }, () => 1))
    expect(error).toBeInstanceOf(TaskDefinitionError)
    expect(error.message).toMatch(/name of 1\.\.200 characters/)
  })

  test('200 characters are a name', () => {
    expect(tasksForTest().task({ name: 'x'.repeat(200) }, () => 1).taskName).toHaveLength(200)
  })

  test('a name is taken once', async () => {
    const tasks = tasksForTest()
    const first = tasks.task({ name: 'twice' }, () => 'first')
    const error = thrownBy(() => tasks.task({ name: 'twice' }, () => 'second'))
    expect(error).toBeInstanceOf(TaskDefinitionError)
    expect(error.message).toMatch(/task 'twice' is defined already/)
    expect(await first.delay().wait()).toBe('first')
    const body = (): number => 1
    tasks.task(body)
    expect(() => tasks.task({ priority: 'low' }, body)).toThrow(/task 'body' is defined already/)
  })

  test('taskNamed finds the task, or says which was meant', () => {
    const tasks = tasksForTest()
    const send = tasks.task({ name: 'email.send' }, () => 1)
    expect(tasks.taskNamed('email.send')).toBe(send)
    expect(() => tasks.taskNamed('email.sent')).toThrow(UnknownTaskError)
    expect(() => tasks.taskNamed('email.sent')).toThrow(
      /no task named "email\.sent" is defined; did you mean 'email\.send'\?/,
    )
    expect(() => tasks.taskNamed('constructor')).toThrow(/define it with task\(\) first/)
  })
})

describe('what is no task', () => {
  test.each([[undefined], [null], ['text'], [5]])('task(%o)', (value) => {
    const error = thrownBy(() => tasksForTest().task(value as never))
    expect(error).toBeInstanceOf(TaskDefinitionError)
    expect(error.message).toMatch(/task\(\) takes a function, or options and a function/)
  })

  test.each([[undefined], ['body'], [{}]])('a body that is %o', (body) => {
    const error = thrownBy(() => tasksForTest().task({ name: 'x' }, body as never))
    expect(error).toBeInstanceOf(TaskDefinitionError)
    expect(error.message).toMatch(/a task needs a function as its body, got/)
  })

  test('a class is refused, with what to give in its place', () => {
    const tasks = tasksForTest()
    class Mail {
      readonly to = 'nobody'
    }
    const defined = thrownBy(() => tasks.task(Mail as never))
    expect(defined).toBeInstanceOf(TaskDefinitionError)
    expect(defined.message).toBe(
      "task 'Mail': its body is a class, which cannot be called; give a function, such as (...args) => new Mail(...args)",
    )
    expect(() => tasks.addTask(Mail as never, [])).toThrow(TaskDefinitionError)
  })

  test('a wrong option names the task and the option, and leaves the name free', async () => {
    const tasks = tasksForTest()
    const error = thrownBy(() => tasks.task({ name: 'x', priority: 'urgent' as never }, () => 1))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toMatch(/^task 'x': priority accepts .*'critical'.*, got "urgent"$/)
    expect(tasks.taskNames).toEqual([])
    expect(
      await tasks
        .task({ name: 'x' }, () => 1)
        .delay()
        .wait(),
    ).toBe(1)
  })

  test('a lane that the engine does not have is refused at definition, and leaves the name free', async () => {
    const tasks = tasksForTest({ engine: 'typescript' })
    expect(() => tasks.task({ name: 'x', lane: 'native' }, () => 1)).toThrow(UnsupportedByEngineError)
    expect(() => tasks.task({ name: 'x', compile: 'require' }, () => 1)).toThrow(UnsupportedByEngineError)
    expect(tasks.taskNames).toEqual([])
    expect(
      await tasks
        .task({ name: 'x' }, () => 1)
        .delay()
        .wait(),
    ).toBe(1)
  })
})

describe('a direct call', () => {
  test('runs the body here and now', async () => {
    const tasks = tasksForTest()
    const add = tasks.task({ name: 'add', delayMs: 5000 }, (a: number, b: number) => a + b)
    const addLater = tasks.task({ name: 'addLater' }, async (a: number, b: number) => a + b)
    expect(add(1, 2)).toBe(3)
    expect(await addLater(1, 2)).toBe(3)
    expect(tasks.getStats().submittedTasks).toBe(0)
  })

  test('hands arguments and results over as they are', () => {
    const tasks = tasksForTest()
    const same = tasks.task({ name: 'same' }, (value: object) => value)
    const value = { call: () => 1 }
    expect(same(value)).toBe(value)
  })

  test('throws what the body throws, and tries it once', () => {
    const tasks = tasksForTest({ taskDefaults: { maxRetries: 5 } })
    let runs = 0
    const error = new RangeError('no')
    const fail = tasks.task({ name: 'fail' }, () => {
      runs++
      throw error
    })
    expect(thrownBy(() => fail())).toBe(error)
    expect(runs).toBe(1)
  })

  test('works after shutdown', async () => {
    const tasks = tasksForTest()
    const add = tasks.task({ name: 'add' }, (a: number, b: number) => a + b)
    await tasks.shutdown()
    expect(add(1, 2)).toBe(3)
  })
})

describe('delay', () => {
  test('gives a result at once, before anything has run', async () => {
    const tasks = tasksForTest()
    const ran: string[] = []
    const body = tasks.task({ name: 'body' }, (what: string) => void ran.push(what))
    const result = body.delay('a')
    expect(ran).toEqual([])
    expect(result).toMatchObject({ name: 'body', status: 'pending' })
    expect(result.taskId).toMatch(/\S/)
    await result.wait()
    expect(ran).toEqual(['a'])
  })

  test('each submission has an id of its own', () => {
    const body = tasksForTest().task({ name: 'body' }, () => 1)
    const ids = Array.from({ length: 1000 }, () => body.delay().taskId)
    expect(new Set(ids).size).toBe(1000)
  })

  test('takes and gives objects; later changes by the caller are not seen', async () => {
    const tasks = tasksForTest()
    const body = tasks.task({ name: 'body' }, (order: { lines: number[] }) => ({ sum: order.lines.length, order }))
    const order = { lines: [1, 2] }
    const result = body.delay(order)
    order.lines.push(3)
    expect(await result.wait()).toEqual({ sum: 2, order: { lines: [1, 2] } })
  })

  test('is a function of its own', async () => {
    const { delay, enqueue } = tasksForTest().task({ name: 'body' }, (a: number) => a)
    expect(await delay(1).wait()).toBe(1)
    expect(await (await enqueue(2)).wait()).toBe(2)
  })
})

describe('priorities', () => {
  test('the four classes run most urgent first, and first in first out inside a class', async () => {
    const tasks = tasksForTest({ inlineConcurrency: 1 })
    const order: string[] = []
    const body = tasks.task({ name: 'body' }, (what: string) => void order.push(what))
    await tasks.pause()
    for (const round of [1, 2]) {
      for (const priority of ['low', 'normal', 'high', 'critical'] as const) {
        body.with({ priority }).delay(`${priority} ${round}`)
      }
    }
    await tasks.resume()
    await tasks.drain()
    expect(order).toEqual(['critical 1', 'critical 2', 'high 1', 'high 2', 'normal 1', 'normal 2', 'low 1', 'low 2'])
  })

  test('a number, a constant and a name mean the same', () => {
    const tasks = tasksForTest()
    expect(TaskPriority).toEqual({ CRITICAL: 0, HIGH: 1, NORMAL: 2, LOW: 3 })
    const body = tasks.task({ name: 'body' }, () => 1)
    for (const [name, number] of [
      ['critical', 0],
      ['high', 1],
      ['normal', 2],
      ['low', 3],
    ] as const) {
      expect(body.with({ priority: name }).options.priority).toBe(number)
      expect(body.with({ priority: number }).options.priority).toBe(number)
    }
  })
})

describe('with', () => {
  test('gives another task, and leaves this one', async () => {
    const tasks = tasksForTest()
    const body = tasks.task({ name: 'body', tags: ['a'] }, () => 1)
    const urgent = body.with({ priority: 'critical', metadata: { by: 'me' } })
    expect(urgent).not.toBe(body)
    const info = await tasks.getTask(urgent.delay().taskId)
    expect(info).toMatchObject({ name: 'body', priority: 0, tags: ['a'], metadata: { by: 'me' } })
    expect(body.delay().getStats().priority).toBe(2)
    expect(tasks.taskNames).toEqual(['body'])
  })

  test.each([
    [{ name: 'other' }, /there is no option "name"/],
    [{ input: {} }, /there is no option "input"/],
    [{ maxRetry: 3 }, /there is no option "maxRetry"; known are .*maxRetries/],
    [{ delayMs: '5s' }, /task 'body': delayMs accepts a number of milliseconds ≥ 0, got "5s"/],
  ])('%o is refused', (options, message) => {
    const body = tasksForTest().task({ name: 'body' }, () => 1)
    const error = thrownBy(() => body.with(options as object))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toMatch(message)
  })

  test('a lane that the engine does not have is refused when submitted', () => {
    const tasks = tasksForTest({ engine: 'typescript' })
    const body = tasks.task({ name: 'body' }, () => 1)
    expect(() => body.with({ lane: 'native' }).delay()).toThrow(UnsupportedByEngineError)
    expect(tasks.getStats().submittedTasks).toBe(0)
  })
})

test('explain says which lane a task has and why', () => {
  const tasks = tasksForTest({ engine: 'typescript' })
  expect(tasks.task({ name: 'body' }, () => 1).explain()).toEqual({
    name: 'body',
    engine: 'typescript',
    lane: 'inline',
    reason: 'the default: the body runs on the event loop',
    native: {
      compiled: false,
      reason: 'the typescript engine has no native lane',
      prebuilt: null,
      blockers: [],
      bodies: [],
    },
  })
})
