// Standard Schema for what comes out.
import { PayloadError } from '@catzilla/api'
import { rejectionOf, thrownBy } from '@catzilla/test-kit/thrown'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { even, evenLater, ownSchema } from './own-schema.ts'
import { tasksForTest } from './tasks-for-test.ts'

const user = z.object({ name: z.string(), age: z.coerce.number() })

const bodies: [string, (value: unknown) => unknown][] = [
  ['a body that gives it at once', (value) => value],
  ['an asynchronous body', async (value) => value],
  [
    'a body that gives something like a promise',
    (value) => ({
      // oxlint-disable-next-line unicorn/no-thenable -- queries of many libraries are thenables
      then: (resolve: (value: unknown) => void) => resolve(value),
    }),
  ],
]

describe.each(bodies)('%s', (_, body) => {
  test('what the schema makes of the result is the result', async () => {
    const tasks = tasksForTest()
    const zod = tasks.task({ name: 'zod', output: user }, body as (value: unknown) => { name: string; age: number })
    expect(await zod.delay({ name: 'Ada', age: '36', extra: true }).wait()).toEqual({ name: 'Ada', age: 36 })
    const output = v.pipe(
      v.string(),
      v.transform((text) => text.length),
    )
    const valibot = tasks.task({ name: 'valibot', output }, body as (value: unknown) => string)
    expect(await valibot.delay('four').wait()).toBe(4)
  })

  test('a result that does not fit fails the task, once, with its path', async () => {
    const tasks = tasksForTest({ taskDefaults: { maxRetries: 3 } })
    const task = tasks.task({ name: 'user', output: user }, body as (value: unknown) => { name: string; age: number })
    const result = task.delay({ name: 5, age: 1 })
    const error = await rejectionOf(result.wait())
    expect(error).toBeInstanceOf(PayloadError)
    expect(error.message).toMatch(/^task 'user': result\.name: /)
    expect((error as PayloadError).issues).toEqual([{ path: ['name'], message: expect.stringMatching(/\S/) }])
    expect(result.getStats()).toMatchObject({ status: 'failed', retries: 0 })
  })

  test('a schema that works asynchronously is waited for', async () => {
    const tasks = tasksForTest()
    const task = tasks.task({ name: 'even', output: evenLater }, body as (value: unknown) => number)
    expect(await task.delay(4).wait()).toBe(4)
    expect((await rejectionOf(task.delay(3).wait())).message).toBe("task 'even': result: is not even")
  })
})

test('a schema that fails without an issue has failed', async () => {
  const output = ownSchema<number>(() => ({ issues: [] }))
  const error = await rejectionOf(
    tasksForTest()
      .task({ name: 'x', output }, () => 1)
      .delay()
      .wait(),
  )
  expect(error).toBeInstanceOf(PayloadError)
  expect(error.message).toBe("task 'x': result: does not fit its schema")
})

test('a direct call is checked too', async () => {
  const tasks = tasksForTest()
  const half = tasks.task({ name: 'half', output: even }, (n: number) => n / 2)
  expect(half(8)).toBe(4)
  expect(thrownBy(() => half(6))).toBeInstanceOf(PayloadError)
  const later = tasks.task({ name: 'later', output: even }, async (n: number) => n / 2)
  expect(await later(8)).toBe(4)
  expect(await rejectionOf(Promise.resolve(later(6)))).toBeInstanceOf(PayloadError)
})

test('a body that fails is not checked, and is retried', async () => {
  const tasks = tasksForTest({ taskDefaults: { maxRetries: 1, retryBackoff: 'none' } })
  let attempts = 0
  const task = tasks.task({ name: 'x', output: even }, async () => {
    if (++attempts === 1) throw new Error('first')
    return 4
  })
  expect(await task.delay().wait()).toBe(4)
  expect(attempts).toBe(2)
})

test('callbacks get what the schema made', async () => {
  const tasks = tasksForTest()
  const seen: unknown[] = []
  const task = tasks.task(
    { name: 'x', output: z.string().transform((text) => text.length), onSuccess: (length) => seen.push(length) },
    (text: string) => text,
  )
  await task.delay('four').wait()
  await tasks.drain()
  expect(seen).toEqual([4])
})
