// Static methods as tasks, by the standard decorator.
import { join } from 'node:path'
import { TaskDefinitionError, taskOf } from '@catzilla/api'
import { importCompiledFixture } from '@catzilla/test-kit/compiled-fixture'
import { thrownBy } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import type * as mailer from './fixtures/mailer.ts'
import { tasksForTest } from './tasks-for-test.ts'

const fixture = await importCompiledFixture<typeof mailer>(join(import.meta.dirname, 'fixtures', 'mailer.ts'))

describe('a decorated static method', () => {
  test('is a task named Class.method, with delay', async () => {
    const tasks = tasksForTest()
    const Mailer = fixture.defineMailer(tasks)
    expect(tasks.taskNames).toContain('Mailer.send')
    const send = taskOf(Mailer.send)
    expect(send.taskName).toBe('Mailer.send')
    const result = send.delay('a@b.c')
    expect(result.name).toBe('Mailer.send')
    expect(await result.wait()).toBe('us@catzilla.test -> a@b.c')
  })

  test('has delay on the method itself', async () => {
    const Mailer = fixture.defineMailer(tasksForTest())
    const send = Mailer.send as typeof Mailer.send & { delay(to: string): { wait(): Promise<string> } }
    expect(await send.delay('a@b.c').wait()).toBe('us@catzilla.test -> a@b.c')
  })

  test('runs here and now when called, with the class as this', async () => {
    const tasks = tasksForTest()
    const Mailer = fixture.defineMailer(tasks)
    expect(Mailer.send('x')).toBe('us@catzilla.test -> x')
    expect(await Mailer.sendLater('x', 2)).toBe('us@catzilla.test -> x'.repeat(2))
    expect(tasks.getStats().submittedTasks).toBe(0)
  })

  test('takes the options of a task, a name among them', async () => {
    const tasks = tasksForTest()
    const Mailer = fixture.defineMailer(tasks, { priority: 'high', tags: ['mail'] })
    expect(taskOf(Mailer.send).options).toMatchObject({ priority: 1, tags: ['mail'] })
    expect(tasks.taskNamed('mail.later').options.priority).toBe(3)
    expect(await taskOf(Mailer.sendLater).delay('x', 1).wait()).toBe('us@catzilla.test -> x')
  })

  test('has with, batch and enqueue like any task', async () => {
    const send = taskOf(fixture.defineMailer(tasksForTest()).send)
    expect(send.with({ priority: 'critical' }).options.priority).toBe(0)
    expect(await send.batch([['a'], ['b']]).wait()).toEqual(['us@catzilla.test -> a', 'us@catzilla.test -> b'])
    expect(await (await send.enqueue('c')).wait()).toBe('us@catzilla.test -> c')
  })
})

describe('what cannot be a task', () => {
  test('a method of instances', () => {
    const error = thrownBy(() => fixture.decorateInstanceMethod(tasksForTest()))
    expect(error).toBeInstanceOf(TaskDefinitionError)
    expect(error.message).toMatch(/method send .*public static/)
  })

  test('a private method', () => {
    const error = thrownBy(() => fixture.decoratePrivateMethod(tasksForTest()))
    expect(error).toBeInstanceOf(TaskDefinitionError)
    expect(error.message).toMatch(/method #send .*public static/)
  })

  test('a method of a second class of the same name', () => {
    const tasks = tasksForTest()
    fixture.defineMailer(tasks)
    expect(() => fixture.defineMailer(tasks)).toThrow(TaskDefinitionError)
  })

  test('a method used before its class is set up', () => {
    let error: Error | undefined
    fixture.useTooEarly(tasksForTest(), (method) => (error = thrownBy(() => taskOf(method).delay())))
    expect(error).toBeInstanceOf(TaskDefinitionError)
    expect(error?.message).toMatch(/send .*before its class was set up/)
  })

  test.each([
    ['a plain function', () => 1],
    ['an arrow in a variable', (a: number) => a],
  ])('taskOf: %s', (_, value) => {
    const error = thrownBy(() => taskOf(value))
    expect(error).toBeInstanceOf(TaskDefinitionError)
    expect(error.message).toMatch(/is no task; define it with task\(\)/)
  })
})
