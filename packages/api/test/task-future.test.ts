// A result as something to await and to chain.
import { TaskCancelledError, TaskFuture } from '@catzilla/api'
import { HeldBody, someTurns } from '@catzilla/test-kit/gate'
import { rejectionOf } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { unhandledDuring } from './process-events.ts'
import { tasksForTest } from './tasks-for-test.ts'

function failing(): never {
  throw new RangeError('no')
}

test('await gives the result, or throws the failure', async () => {
  const tasks = tasksForTest()
  const future = tasks.addTask(() => 'done').future()
  expect(future).toBeInstanceOf(TaskFuture)
  expect(Object.prototype.toString.call(future)).toBe('[object TaskFuture]')
  expect(await future).toBe('done')
  expect(await future).toBe('done')
  expect(await rejectionOf(tasks.addTask(failing).future())).toBeInstanceOf(RangeError)
})

describe('chains', () => {
  test('then maps the result, and gives a future again', async () => {
    const chain = tasksForTest()
      .addTask(() => 'done')
      .future()
      .then((text) => text.length)
      .then(async (length) => length * 2)
    expect(chain).toBeInstanceOf(TaskFuture)
    expect(await chain).toBe(8)
  })

  test('then with a second function, and catch, turn a failure into a value', async () => {
    const tasks = tasksForTest()
    const recovered = tasks
      .addTask(failing)
      .future()
      .then(String, (error) => `then: ${error.message}`)
    expect(await recovered).toBe('then: no')
    const caught = tasks
      .addTask(failing)
      .future()
      .catch((error) => `caught: ${error.message}`)
    expect(caught).toBeInstanceOf(TaskFuture)
    expect(await caught).toBe('caught: no')
  })

  test('then and catch without functions pass on', async () => {
    const tasks = tasksForTest()
    const one = tasks.addTask(() => 1).future()
    expect(await one.then(undefined).catch(undefined)).toBe(1)
    expect(await rejectionOf(tasks.addTask(failing).future().then(null).catch(null))).toBeInstanceOf(RangeError)
  })

  test('finally sees the end and changes nothing', async () => {
    const tasks = tasksForTest()
    let ends = 0
    const end = (): void => void ends++
    expect(
      await tasks
        .addTask(() => 1)
        .future()
        .finally(end),
    ).toBe(1)
    expect(await rejectionOf(tasks.addTask(failing).future().finally(end))).toBeInstanceOf(RangeError)
    expect(ends).toBe(2)
  })

  test('what a link throws goes down the chain', async () => {
    const error = new TypeError('link')
    const chain = tasksForTest()
      .addTask(() => 1)
      .future()
      .then(() => {
        throw error
      })
    expect(await rejectionOf(chain)).toBe(error)
  })
})

describe('cancel', () => {
  test('of any link ends the task at the root', async () => {
    const tasks = tasksForTest()
    const held = new HeldBody()
    const result = tasks.addTask(held.run)
    const end = result
      .future()
      .then((text) => text.length)
      .finally(() => {})
    await held.begun
    expect(end.cancel('enough')).toBe(true)
    expect(result.status).toBe('cancelled')
    expect(await rejectionOf(end)).toBeInstanceOf(TaskCancelledError)
    expect(end.cancel()).toBe(false)
    held.release()
  })
})

test('a future that nobody awaits rejects nothing', async () => {
  const tasks = tasksForTest()
  const unhandled = await unhandledDuring(async () => {
    const result = tasks.addTask(failing)
    result.future()
    await someTurns()
    expect(result.status).toBe('failed')
    result.future()
  })
  expect(unhandled).toEqual([])
})
