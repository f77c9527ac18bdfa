// Functions as tasks without a definition, and tasks submitted through addTask.
import { ConfigurationError, PayloadError, TaskDefinitionError, TaskPriority } from '@catzilla/api'
import type { TaskConfig } from '@catzilla/api'
import { rejectionOf, thrownBy } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { tasksForTest } from './tasks-for-test.ts'

describe('a plain function', () => {
  test('runs with its arguments, under its own name', async () => {
    const tasks = tasksForTest()
    function resize(path: string, width: number): string {
      return `${path}@${width}`
    }
    const result = tasks.addTask(resize, ['in.png', 640], { priority: TaskPriority.LOW })
    expect(result).toMatchObject({ name: 'resize', status: 'pending' })
    expect(result.taskId).toMatch(/\S/)
    expect(result.getStats().priority).toBe(TaskPriority.LOW)
    expect(await result.wait()).toBe('in.png@640')
  })

  test('needs no arguments when it takes none, and no name', async () => {
    const tasks = tasksForTest()
    expect(await tasks.addTask(() => 5).wait()).toBe(5)
    expect(tasks.addTask(() => 5).name).toBe('anonymous')
  })

  test('does not see later changes of its arguments', async () => {
    const list = [1, 2]
    const args: [number[]] = [list]
    const result = tasksForTest().addTask((numbers: number[]) => numbers.length, args)
    list.push(3)
    args.pop()
    expect(await result.wait()).toBe(2)
  })

  test('has nothing to do with a task that is defined with its name', async () => {
    const tasks = tasksForTest()
    const task = tasks.task({ name: 'send', uniqueKey: 'key', onConflict: 'existing', concurrency: 1 }, () => 'task')
    await tasks.pause('send')
    const defined = task.delay()
    const plain = tasks.addTask(
      function send() {
        return 'function'
      },
      [],
      { uniqueKey: 'key', onConflict: 'existing', concurrency: 1 },
    )
    expect(plain.taskId).not.toBe(defined.taskId)
    expect(await plain.wait()).toBe('function')
    expect(defined.status).toBe('pending')
    await tasks.resume('send')
    expect(await defined.wait()).toBe('task')
    const named = tasks.addTask(() => 'named', [], { name: 'send' })
    expect(await named.wait()).toBe('named')
  })

  test('with other options at each call', async () => {
    const tasks = tasksForTest()
    const body = (): number => 1
    const plain = tasks.addTask(body)
    const high = tasks.addTask(body, [], { priority: 'high', tags: ['x'] })
    expect(plain.getStats().priority).toBe(2)
    expect(high.getStats().priority).toBe(1)
    expect(await tasks.getTask(high.taskId)).toMatchObject({ tags: ['x'] })
    expect(tasks.addTask(body).getStats().priority).toBe(2)
  })

  test('closures made for each call are not registered', async () => {
    const tasks = tasksForTest()
    tasks.task({ name: 'defined' }, () => 1)
    const results = Array.from({ length: 500 }, (_, n) => tasks.addTask(() => n))
    expect(await Promise.all(results.map((result) => result.wait()))).toEqual(results.map((_, n) => n))
    expect(tasks.taskNames).toEqual(['defined'])
  })

  test('two functions of one name do not meet', async () => {
    const tasks = tasksForTest()
    const [first, second] = ['first', 'second'].map((value) => {
      const body = (): string => value
      return tasks.addTask(body)
    })
    expect([first?.name, second?.name]).toEqual(['body', 'body'])
    expect([await first?.wait(), await second?.wait()]).toEqual(['first', 'second'])
  })
})

describe('a plain function with a config', () => {
  test('may have a name', async () => {
    const result = tasksForTest().addTask((n: number) => n, [1], { name: 'given' })
    expect(result.name).toBe('given')
    expect(await result.wait()).toBe(1)
  })

  test('may have schemas of what goes in and comes out', async () => {
    const tasks = tasksForTest()
    const double = (n: number): number => n * 2
    const config: TaskConfig<[number], number> = { input: z.number().max(10), output: z.number().max(10) }
    expect(await tasks.addTask(double, [2], config).wait()).toBe(4)
    expect(thrownBy(() => tasks.addTask(double, [11], config)).message).toMatch(/^task 'double': args\[0\]: /)
    expect(await rejectionOf(tasks.addTask(double, [10], config).wait())).toBeInstanceOf(PayloadError)
    // nothing of it sticks to the function
    expect(await tasks.addTask(double, [11]).wait()).toBe(22)
  })

  test.each([
    [{ priority: 'urgent' }, /task 'body': priority accepts/],
    [{ retries: 3 }, /there is no option "retries"/],
  ])('%o is refused', (config, message) => {
    const body = (): number => 1
    const error = thrownBy(() => tasksForTest().addTask(body, [], config as object))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(error.message).toMatch(message)
  })
})

describe('a task', () => {
  test('is submitted as it is, with the options of the call over its own', async () => {
    const tasks = tasksForTest()
    const body = tasks.task({ name: 'body', priority: 'high', tags: ['a'] }, (n: number) => n)
    const result = tasks.addTask(body, [1], { priority: 'critical' })
    expect(result.name).toBe('body')
    expect(await tasks.getTask(result.taskId)).toMatchObject({ priority: 0, tags: ['a'], args: [1] })
    expect(tasks.addTask(body, [1]).getStats().priority).toBe(1)
    expect(tasks.taskNames).toEqual(['body'])
  })

  test('keeps its schemas', () => {
    const tasks = tasksForTest()
    const body = tasks.task({ name: 'body', input: z.number() }, (n) => n)
    expect(() => tasks.addTask(body, ['x' as never])).toThrow(PayloadError)
  })

  test.each([{ name: 'other' }, { input: z.number() }, { output: z.number() }])(
    'takes no second definition: %o',
    (config) => {
      const tasks = tasksForTest()
      const body = tasks.task({ name: 'body' }, (n: number) => n)
      const error = thrownBy(() => tasks.addTask(body, [1], config))
      expect(error).toBeInstanceOf(ConfigurationError)
      expect(error.message).toMatch(/belong to the definition of task 'body'; leave them out/)
      expect(tasks.getStats().submittedTasks).toBe(0)
    },
  )
})

test.each([[undefined], ['text'], [{ run: () => 1 }]])('addTask(%o) is refused', (body) => {
  const error = thrownBy(() => tasksForTest().addTask(body as never, []))
  expect(error).toBeInstanceOf(TaskDefinitionError)
  expect(error.message).toMatch(/addTask takes a task or a function, got/)
})

test.each([['ab'], [5], [{ 0: 1, length: 1 }]])('arguments that are %o are refused', (args) => {
  const error = thrownBy(() => tasksForTest().addTask((a: string) => a, args as never))
  expect(error).toBeInstanceOf(ConfigurationError)
  expect(error.message).toMatch(/the arguments must be an array, got/)
})
