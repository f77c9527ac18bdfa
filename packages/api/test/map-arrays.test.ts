// Tasks over columns of numbers.
import { NonRetryableError, PayloadError, TaskDefinitionError } from '@catzilla/api'
import type { NumberColumn } from '@catzilla/api'
import { seeded } from '@catzilla/test-kit/seed'
import { rejectionOf, thrownBy } from '@catzilla/test-kit/thrown'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { tasksForTest } from './tasks-for-test.ts'

const kinds = [
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Int16Array,
  Uint16Array,
  Int8Array,
  Uint8Array,
] as const

function plainLoop(body: (a: number, b: number) => number, xs: NumberColumn, ys: NumberColumn): Float64Array {
  return Float64Array.from({ length: xs.length }, (_, row) => body(xs[row] ?? 0, ys[row] ?? 0))
}

describe('values', () => {
  test('are those of a plain loop, whatever the columns', async () => {
    const tasks = tasksForTest()
    const mix = (a: number, b: number): number => a * 1.5 - b / 3
    const task = tasks.task({ name: 'mix' }, mix)
    const column = fc.tuple(fc.constantFrom(...kinds), fc.array(fc.double(), { maxLength: 50 }))
    await fc.assert(
      fc.asyncProperty(
        column,
        fc.constantFrom(...kinds),
        fc.integer({ min: 1, max: 300 }),
        async ([Xs, data], Ys, times) => {
          const rows = Array.from({ length: times }, () => data).flat()
          const [xs, ys] = [Xs.from(rows), Ys.from(rows.toReversed())]
          expect(await task.mapArrays(xs, ys).wait()).toEqual(plainLoop(mix, xs, ys))
        },
      ),
      { ...seeded, numRuns: 60 },
    )
  })

  test.each(kinds.map((Kind) => [Kind.name, Kind] as const))('%s columns', async (_, Kind) => {
    const add = tasksForTest().task({ name: 'add' }, (a: number, b: number) => a + b)
    const xs = Kind.from(Array.from({ length: 5000 }).keys())
    const sums = await add.mapArrays(xs, xs).wait()
    expect(sums).toBeInstanceOf(Float64Array)
    expect(sums).toEqual(plainLoop((a, b) => a + b, xs, xs))
  })

  test('NaN, infinities and -0 come through', async () => {
    const same = tasksForTest().task({ name: 'same' }, (a: number) => a)
    const xs = Float64Array.of(Number.NaN, Infinity, -Infinity, -0)
    expect([...(await same.mapArrays(xs).wait())]).toEqual([Number.NaN, Infinity, -Infinity, -0])
  })

  test('a view is its own rows only, and shared memory is read too', async () => {
    const double = tasksForTest().task({ name: 'double' }, (a: number) => a * 2)
    const view = Float64Array.of(1, 2, 3, 4).subarray(1, 3)
    expect(await double.mapArrays(view).wait()).toEqual(Float64Array.of(4, 6))
    const shared = new Float64Array(new SharedArrayBuffer(16))
    shared.set([7, 8])
    expect(await double.mapArrays(shared).wait()).toEqual(Float64Array.of(14, 16))
  })

  test('a million rows are a few hundred tasks, in order', async () => {
    const rows = 1_000_000
    const xs = Float64Array.from({ length: rows }, (_, row) => row)
    const batch = tasksForTest()
      .task({ name: 'next' }, (a: number) => a + 1)
      .mapArrays(xs)
    expect(batch.size).toBe(Math.ceil(rows / 4096))
    const values = await batch.wait()
    expect(values).toHaveLength(rows)
    expect(values.findIndex((value, row) => value !== row + 1)).toBe(-1)
    expect([batch.completed, batch.failed]).toEqual([batch.size, 0])
  })

  test('later changes of a column are not seen', async () => {
    const same = tasksForTest().task({ name: 'same' }, (a: number) => a)
    const xs = Float64Array.of(1, 2)
    const batch = same.mapArrays(xs)
    xs.fill(9)
    expect(await batch.wait()).toEqual(Float64Array.of(1, 2))
  })

  test.each([0, 1, 4095, 4096, 4097, 8192])('%i rows', async (rows) => {
    const same = tasksForTest().task({ name: 'same' }, (a: number) => a)
    const xs = Float64Array.from({ length: rows }, (_, row) => row)
    const batch = same.mapArrays(xs)
    expect(batch.size).toBe(Math.ceil(rows / 4096))
    expect(await batch.wait()).toEqual(xs)
  })
})

describe('columns that are none', () => {
  const bad: [string, unknown][] = [
    ['an array', [1, 2]],
    ['a DataView', new DataView(new ArrayBuffer(16))],
    ['a buffer', new ArrayBuffer(16)],
    ['bigints', BigInt64Array.of(1n, 2n)],
    ['a number', 5],
    ['nothing', undefined],
  ]
  test.each(bad)('%s', (_, column) => {
    const tasks = tasksForTest()
    const add = tasks.task({ name: 'add' }, (a: number, b: number) => a + b)
    for (const [columns, path] of [
      [[column, Float64Array.of(1, 2)], 0],
      [[Float64Array.of(1, 2), column], 1],
    ] as const) {
      const error = thrownBy(() => add.mapArrays(...(columns as [never, never])))
      expect(error).toBeInstanceOf(PayloadError)
      expect(error.message).toMatch(`task 'add': args[${path}]: mapArrays takes typed arrays of numbers, got `)
      expect(error).toHaveProperty('issues.0.path', [path])
    }
    expect(tasks.getStats().submittedTasks).toBe(0)
  })

  test('of different lengths', () => {
    const add = tasksForTest().task({ name: 'add' }, (a: number, b: number) => a + b)
    const error = thrownBy(() => add.mapArrays(new Float64Array(3), new Int8Array(2)))
    expect(error).toBeInstanceOf(PayloadError)
    expect(error.message).toMatch(/task 'add': args\[1\]: .*this one has 2 rows, the first 3/)
  })
})

describe('bodies that are none for columns', () => {
  const bodies: [string, (a: number) => unknown, RegExp][] = [
    [
      'an asynchronous one',
      async (a) => a,
      /gave .*; mapArrays needs a body that gives a number for each row, at once/,
    ],
    ['one that rejects', () => Promise.reject(new Error('x')), /gives a number for each row, at once/],
    ['one that gives a text', (a) => String(a), /task 'body' gave "1"; mapArrays needs a body/],
    ['one that gives nothing', () => {}, /task 'body' gave undefined; /],
  ]
  test.each(bodies)('%s fails, once, saying so', async (_, body, message) => {
    const tasks = tasksForTest({ taskDefaults: { maxRetries: 3 } })
    const task = tasks.task({ name: 'body' }, body as (a: number) => number)
    const error = await rejectionOf(task.mapArrays(Float64Array.of(1, 2)).wait())
    expect(error).toBeInstanceOf(NonRetryableError)
    expect(error.cause).toBeInstanceOf(TaskDefinitionError)
    expect(error.message).toMatch(message)
    expect(tasks.getStats().retryCount).toBe(0)
  })

  test('one that throws fails its rows, not those of other tasks', async () => {
    const fail = tasksForTest().task({ name: 'fail' }, (a: number) => {
      if (a === 5000) throw new RangeError('row 5000')
      return a
    })
    const batch = fail.mapArrays(Float64Array.from({ length: 10_000 }, (_, row) => row))
    expect((await rejectionOf(batch.wait())).message).toBe('row 5000')
    expect((await batch.outcomes()).map(({ status }) => status)).toEqual(['completed', 'failed', 'completed'])
  })
})

describe('with options and schemas', () => {
  test('the options of the call hold for each task', async () => {
    const tasks = tasksForTest()
    const same = tasks.task({ name: 'same' }, (a: number) => a)
    const batch = same.with({ priority: 'low', tags: ['columns'] }).mapArrays(new Float64Array(5000))
    for (const { taskId } of batch.results) {
      expect(await tasks.getTask(taskId)).toMatchObject({ priority: 3, tags: ['columns'], name: 'same' })
    }
  })

  test('each row goes through the input schema, and each result through the output schema', async () => {
    const tasks = tasksForTest()
    const half = tasks.task(
      { name: 'half', input: [z.number().min(0)], output: z.number().transform((value) => value + 1) },
      (a) => a / 2,
    )
    expect(await half.mapArrays(Float64Array.of(2, 4)).wait()).toEqual(Float64Array.of(2, 3))
    const error = await rejectionOf(half.mapArrays(Float64Array.of(2, -4)).wait())
    expect(error).toBeInstanceOf(PayloadError)
    expect(error.message).toMatch(/task 'half': args\[0\]: /)
  })
})
