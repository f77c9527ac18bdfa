// `mapArrays` on the thread and the process lane: what it gives is what the inline lane gives.
import {
  NonRetryableError,
  PayloadError,
  TaskCancelledError,
  TaskDefinitionError,
  TaskTimeoutError,
} from '@catzilla/api'
import { Gate } from '@catzilla/test-kit/gate'
import { rejectionOf, thrownBy } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { tasksForTest } from './tasks-for-test.ts'

const options = { maxThreads: 2, maxProcesses: 2 }
const rowNumbers = (rows: number): Float64Array => Float64Array.from({ length: rows }, (_, row) => row)

describe.each(['thread', 'process'] as const)('on the %s lane', (lane) => {
  test.each([Float64Array, Float32Array, Int32Array, Uint32Array, Int16Array, Uint16Array, Int8Array, Uint8Array])(
    '%o columns give the results of a plain loop',
    async (Kind) => {
      const mix = tasksForTest(options).task({ name: 'mix', lane }, (a: number, b: number) => a * 1.5 - b / 3)
      const xs = Kind.from(rowNumbers(10_000))
      const ys = Kind.from(rowNumbers(10_000).toReversed())
      const batch = mix.mapArrays(xs, ys)
      expect(batch.size).toBe(3)
      const results = await batch.wait()
      expect(results).toEqual(xs.length === 0 ? xs : Float64Array.from(xs, (x, row) => x * 1.5 - (ys[row] ?? 0) / 3))
      expect(results.buffer).toBeInstanceOf(ArrayBuffer)
    },
  )

  test('NaN, infinities and -0 come through, and no rows are no tasks', async () => {
    const same = tasksForTest(options).task({ name: 'same', lane }, (a: number) => a)
    const special = Float64Array.of(Number.NaN, Infinity, -Infinity, -0)
    expect([...(await same.mapArrays(special).wait())]).toEqual([Number.NaN, Infinity, -Infinity, -0])
    const none = same.mapArrays(new Float64Array(0))
    expect([none.size, await none.wait()]).toEqual([0, new Float64Array(0)])
  })

  test('later changes of a column are not seen', async () => {
    const same = tasksForTest(options).task({ name: 'same', lane }, (a: number) => a)
    const xs = rowNumbers(5000)
    const batch = same.mapArrays(xs)
    xs.fill(-1)
    expect(await batch.wait()).toEqual(rowNumbers(5000))
  })

  test('a body that comes with its module is called for each row, too', async () => {
    const stand = Object.defineProperty((a: number) => a, 'name', { value: 'half' })
    const module = new URL('fixtures/halves.mjs', import.meta.url).href
    const half = tasksForTest(options).task({ name: 'half', lane, module }, stand)
    expect(await half.mapArrays(rowNumbers(5000)).wait()).toEqual(rowNumbers(5000).map((row) => row / 2))
    expect(await half.delay(3).wait()).toBe(1.5)
  })

  test('a row that throws fails its chunk, not the others', async () => {
    const fail = tasksForTest(options).task({ name: 'fail', lane }, (a: number) => {
      if (a === 5000) throw new RangeError('row 5000')
      return a
    })
    const batch = fail.mapArrays(rowNumbers(10_000))
    const error = await rejectionOf(batch.wait())
    expect([error.name, error.message]).toEqual(['RangeError', 'row 5000'])
    expect((await batch.outcomes()).map(({ status }) => status)).toEqual(['completed', 'failed', 'completed'])
  })

  test('a body that gives no number fails once, saying so', async () => {
    const tasks = tasksForTest({ ...options, taskDefaults: { maxRetries: 3 } })
    const text = tasks.task({ name: 'text', lane }, ((a: number) => String(a)) as unknown as (a: number) => number)
    const error = await rejectionOf(text.mapArrays(Float64Array.of(1)).wait())
    expect(error).toBeInstanceOf(NonRetryableError)
    expect(error.cause).toBeInstanceOf(TaskDefinitionError)
    expect(error.message).toMatch(/task 'text' gave "1"; mapArrays needs a body that gives a number/)
    expect(tasks.getStats().retryCount).toBe(0)
  })

  test('a chunk that throws is tried again', async () => {
    const tasks = tasksForTest({ ...options, taskDefaults: { maxRetries: 1, retryBackoff: 'none' } })
    const once = tasks.task({ name: 'once', lane }, (a: number) => {
      const all = globalThis as { began?: Set<number> }
      all.began ??= new Set()
      const isNew = !all.began.has(a)
      all.began.add(a)
      if (a === 0 && isNew) throw new Error('the first time')
      return a
    })
    const batch = once.with({ concurrency: 1 }).mapArrays(rowNumbers(5000))
    // in another isolate it throws once more, and the task has failed: then the retry has been seen as well
    await batch.outcomes()
    expect(tasks.getStats().retryCount).toBe(1)
  })

  test('cancel ends what runs and what waits', async () => {
    const tasks = tasksForTest(options)
    const began = new Gate()
    tasks.on('started', () => began.open())
    const endless = tasks.task({ name: 'endless', lane, cancelGraceMs: 0 }, (a: number) => {
      if (a >= 0) for (;;) continue
      return a
    })
    const batch = endless.mapArrays(rowNumbers(20_000))
    await began.opened
    expect(batch.cancel('enough')).toBe(5)
    expect(await rejectionOf(batch.wait())).toBeInstanceOf(TaskCancelledError)
    // the threads and processes are replaced
    expect(
      await tasks
        .task({ name: 'next', lane }, (a: number) => a + 1)
        .mapArrays(Float64Array.of(1))
        .wait(),
    ).toEqual(Float64Array.of(2))
  })

  test('a chunk that takes too long times out', async () => {
    const stuck = tasksForTest(options).task(
      { name: 'stuck', lane, timeoutMs: 2000, cancelGraceMs: 0 },
      (a: number) => {
        if (a === 5000) for (;;) continue
        return a
      },
    )
    const batch = stuck.mapArrays(rowNumbers(10_000))
    expect(await rejectionOf(batch.wait())).toBeInstanceOf(TaskTimeoutError)
    expect((await batch.outcomes())[1]?.status).toBe('failed')
  })

  test('limits hold for chunks', async () => {
    const tasks = tasksForTest(options)
    const seen: string[] = []
    for (const event of ['started', 'completed'] as const) tasks.on(event, () => seen.push(event))
    const same = tasks.task({ name: 'same', lane, concurrency: 1 }, (a: number) => a)
    const ended = new Gate()
    tasks.on('drained', () => ended.open())
    await same.mapArrays(rowNumbers(20_000)).wait()
    await ended.opened
    expect(seen).toEqual(Array.from({ length: 5 }, () => ['started', 'completed']).flat())
  })

  test('the input schema sees each row before it is submitted, the results need a module', async () => {
    const tasks = tasksForTest(options)
    const half = tasks.task(
      {
        name: 'half',
        lane,
        input: [
          z
            .number()
            .min(0)
            .transform((n) => n + 1),
        ],
      },
      (a) => a / 2,
    )
    expect(await half.mapArrays(Float64Array.of(1, 3)).wait()).toEqual(Float64Array.of(1, 2))
    const error = thrownBy(() => half.mapArrays(Float64Array.of(1, -3)))
    expect(error).toBeInstanceOf(PayloadError)
    expect(error.message).toMatch(/task 'half': args\[0\]: /)
    const texts = tasks.task({ name: 'texts', lane, input: [z.number().transform(String)] }, (a) => Number(a))
    expect(thrownBy(() => texts.mapArrays(Float64Array.of(1) as never)).message).toMatch(
      /task 'texts': args\[0\]: its schema gave "1"; columns hold numbers/,
    )
    expect(tasks.getStats().submittedTasks).toBe(1)
  })

  test('a body that cannot travel is refused', () => {
    const factor = Math.random()
    const scale = (): unknown => tasksForTest(options).task({ name: 'scale', lane }, (a: number) => a * factor)
    expect(thrownBy(scale)).toBeInstanceOf(TaskDefinitionError)
  })
})

test('threads read the columns out of one shared memory, and those that are shared where they are', async () => {
  const tasks = tasksForTest({ maxThreads: 2 })
  const add = tasks.task({ name: 'add', lane: 'thread' }, (a: number, b: number) => a + b)
  const shared = new Float64Array(new SharedArrayBuffer(8 * 10_000))
  const batch = add.mapArrays(rowNumbers(10_000), shared)
  await batch.wait()
  const memories = new Set<ArrayBufferLike>()
  for (const { taskId } of batch.results) {
    const { args = [] } = (await tasks.getTask(taskId)) ?? {}
    for (const column of args) memories.add((column as Float64Array).buffer)
  }
  expect([...memories].map((memory) => memory instanceof SharedArrayBuffer)).toEqual([true, true])
  expect(memories).toContain(shared.buffer)
})
