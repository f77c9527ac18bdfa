// Standard Schema for what goes in: of libraries, and of one's own.
import { PayloadError, TaskDefinitionError } from '@catzilla/api'
import { rejectionOf, thrownBy } from '@catzilla/test-kit/thrown'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { unhandledDuring } from './process-events.ts'
import { even, evenLater, ownSchema } from './own-schema.ts'
import { tasksForTest } from './tasks-for-test.ts'

describe.each([
  {
    library: 'zod',
    order: z.object({
      id: z.coerce.number(),
      lines: z.array(z.object({ price: z.number().min(0) })),
      note: z.string().default('none'),
      at: z.string().transform((text) => new Date(text)),
    }),
    list: [z.string().email(), z.number().default(1)] as const,
  },
  {
    library: 'valibot',
    order: v.object({
      id: v.pipe(v.unknown(), v.transform(Number)),
      lines: v.array(v.object({ price: v.pipe(v.number(), v.minValue(0)) })),
      note: v.optional(v.string(), 'none'),
      at: v.pipe(
        v.string(),
        v.transform((text) => new Date(text)),
      ),
    }),
    list: [v.pipe(v.string(), v.email()), v.optional(v.number(), 1)] as const,
  },
])('$library', ({ order, list }) => {
  const wire = { id: '7', lines: [{ price: 1 }], at: '2026-01-01T00:00:00Z' }
  const parsed = { id: 7, lines: [{ price: 1 }], note: 'none', at: new Date('2026-01-01T00:00:00Z') }

  test('what one schema makes of the argument reaches the body', async () => {
    const tasks = tasksForTest()
    const body = tasks.task({ name: 'order', input: order }, (value) => value)
    expect(await body.delay(wire).wait()).toEqual(parsed)
    expect(await (await body.enqueue(wire)).wait()).toEqual(parsed)
    expect(await body.batch([[wire], [wire]]).wait()).toEqual([parsed, parsed])
    expect(body(wire)).toEqual(parsed)
  })

  test('failures name each path', () => {
    const tasks = tasksForTest()
    const body = tasks.task({ name: 'order', input: order }, (value) => value)
    const wrong = { ...wire, lines: [{ price: 1 }, { price: -1 }], at: 5 } as never
    const submissions = [
      { submit: () => body.delay(wrong), place: [] },
      // of a batch also the list that does not fit
      { submit: () => body.batch([[wire], [wrong]]), place: [1] },
      { submit: () => body(wrong), place: [] },
    ]
    for (const { submit, place } of submissions) {
      const error = thrownBy(submit)
      expect(error).toBeInstanceOf(PayloadError)
      const { issues } = error as PayloadError
      expect(issues.map(({ path }) => path)).toEqual([
        [...place, 0, 'lines', 1, 'price'],
        [...place, 0, 'at'],
      ])
      for (const { message } of issues) expect(message).toMatch(/\S/)
      expect(error.message).toMatch(/^task 'order': args\[0\]\.lines\[1\]\.price: \S.*; args\[0\]\.at: \S/)
    }
    expect(tasks.getStats().submittedTasks).toBe(0)
  })

  test('a list has one schema for each argument', async () => {
    const tasks = tasksForTest()
    const body = tasks.task({ name: 'send', input: list }, (to, times) => to.repeat(times))
    expect(await body.delay('a@b.se', 2).wait()).toBe('a@b.sea@b.se')
    expect(await body.delay('a@b.se').wait()).toBe('a@b.se')
    const error = thrownBy(() => body.delay('nobody', 'twice' as never))
    expect((error as PayloadError).issues.map(({ path }) => path)).toEqual([[0], [1]])
    expect(error.message).toMatch(/^task 'send': args\[0\]: .*; args\[1\]: /)
  })

  test('too many arguments are refused', () => {
    const tasks = tasksForTest()
    const one = tasks.task({ name: 'one', input: order }, (value) => value)
    const error = thrownBy(() => (one.delay as (...args: unknown[]) => unknown)(wire, 'more', 'and more'))
    expect(error).toBeInstanceOf(PayloadError)
    expect(error.message).toBe("task 'one': args[1]: there are 3 arguments, the schema describes 1")
    expect((error as PayloadError).issues).toHaveLength(1)
    expect(() => (one.delay as (...args: unknown[]) => unknown)(wire, 'more')).toThrow(/there are 2 arguments/)
  })

  test('too few are what the schema says of undefined', () => {
    const body = tasksForTest().task({ name: 'order', input: order }, (value) => value)
    expect(thrownBy(() => (body.delay as () => unknown)()).message).toMatch(/^task 'order': args\[0\]: /)
  })
})

describe('a schema of one’s own', () => {
  test('is enough', async () => {
    const body = tasksForTest().task({ name: 'half', input: even }, (n) => n / 2)
    expect(await body.delay(4).wait()).toBe(2)
    const error = thrownBy(() => body.delay(3))
    expect(error.message).toBe("task 'half': args[0]: is not even")
    expect((error as PayloadError).issues).toEqual([{ path: [0], message: 'is not even' }])
  })

  test('may make undefined of an argument, which keeps its place', async () => {
    const nothing = ownSchema<unknown>(() => ({ value: undefined }))
    const body = tasksForTest().task({ name: 'x', input: [nothing, even] }, (...args) => args)
    expect(await body.delay('gone', 2).wait()).toEqual([undefined, 2])
  })

  test('may be a function', async () => {
    const schema = Object.assign(
      () => 1,
      ownSchema((value) => ({ value: String(value) })),
    )
    expect(
      await tasksForTest()
        .task({ name: 'x', input: schema }, (s) => s.length)
        .delay('four')
        .wait(),
    ).toBe(4)
  })

  test('may tell paths by segments, numbers and symbols', () => {
    const path = [{ key: 'rows' }, 2, { key: Symbol('hidden') }, 'odd key']
    const schema = ownSchema<never>(() => ({ issues: [{ message: 'is wrong', path }] }))
    const error = thrownBy(() =>
      tasksForTest()
        .task({ name: 'x', input: schema }, () => 1)
        .delay(0 as never),
    )
    expect((error as PayloadError).issues).toEqual([
      { path: [0, 'rows', 2, 'Symbol(hidden)', 'odd key'], message: 'is wrong' },
    ])
    expect(error.message).toBe(`task 'x': args[0].rows[2]["Symbol(hidden)"]["odd key"]: is wrong`)
  })

  test('that fails without an issue has failed', () => {
    const task = tasksForTest().task({ name: 'x', input: ownSchema<never>(() => ({ issues: [] })) }, () => 1)
    const error = thrownBy(() => task.delay(0 as never))
    expect(error.message).toBe("task 'x': args[0]: does not fit its schema")
    expect((error as PayloadError).issues).toEqual([{ path: [0], message: 'does not fit its schema' }])
  })

  test('that throws, throws through delay, and nothing is submitted', () => {
    const tasks = tasksForTest()
    const failure = new RangeError('a bug in the schema')
    const schema = ownSchema<number>(() => {
      throw failure
    })
    expect(thrownBy(() => tasks.task({ name: 'x', input: schema }, () => 1).delay(0))).toBe(failure)
    expect(tasks.getStats().submittedTasks).toBe(0)
  })
})

describe('a schema that works asynchronously', () => {
  const later = z.string().refine(async (text) => text !== 'taken')

  test.each([
    ['zod', later],
    [
      'valibot',
      v.pipeAsync(
        v.string(),
        v.checkAsync(async (text) => text !== 'taken'),
      ),
    ],
  ])('%s: enqueue waits for it', async (_, input) => {
    const tasks = tasksForTest()
    const body = tasks.task({ name: 'signUp', input: [input] }, (name) => `welcome ${name}`)
    expect(await (await body.enqueue('new')).wait()).toBe('welcome new')
    const error = await rejectionOf(body.enqueue('taken'))
    expect(error).toBeInstanceOf(PayloadError)
    expect(error.message).toMatch(/^task 'signUp': args\[0\]: /)
  })

  test('cannot be used by delay, batch or a direct call, which say so and leave no rejection behind', async () => {
    const tasks = tasksForTest()
    const fails = ownSchema<string>(() => Promise.reject(new Error('the database is down')))
    const body = tasks.task({ name: 'signUp', input: [fails] }, (name) => name)
    const unhandled = await unhandledDuring(async () => {
      for (const submit of [() => body.delay('x'), () => body.batch([['x']]), () => body('x')]) {
        const error = thrownBy(submit)
        expect(error).toBeInstanceOf(TaskDefinitionError)
        expect(error.message).toMatch(
          /^task 'signUp': the input schema of args\[0\] works asynchronously; submit with await/,
        )
      }
    })
    expect(unhandled).toEqual([])
    expect(tasks.getStats().submittedTasks).toBe(0)
    expect((await rejectionOf(body.enqueue('x'))).message).toBe('the database is down')
  })

  test('may be asynchronous for one argument only', async () => {
    const body = tasksForTest().task({ name: 'mixed', input: [even, evenLater] }, (a, b) => a + b)
    expect(await (await body.enqueue(2, 4)).wait()).toBe(6)
    const error = await rejectionOf(body.enqueue(1, 3))
    expect((error as PayloadError).issues.map(({ path }) => path)).toEqual([[0], [1]])
  })
})

test.each([
  ['input', 5],
  ['input', []],
  ['input', [z.string(), 'text']],
  ['input', { '~standard': {} }],
  ['input', null],
  ['output', 'text'],
  ['output', [z.string()]],
  ['output', null],
])('%s: %o is no schema', (end, value) => {
  const tasks = tasksForTest()
  const error = thrownBy(() => tasks.task({ name: 'x', [end]: value }, () => 1))
  expect(error).toBeInstanceOf(TaskDefinitionError)
  expect(error.message).toMatch(new RegExp(`^task 'x': ${end} must be a Standard Schema.*, got `))
  expect(tasks.taskNames).toEqual([])
})
