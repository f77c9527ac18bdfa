// `mapArrays` of bodies that are compiled: the rows run in C, and nobody can tell by what they give.
import { rejectionOf } from '@catzilla/test-kit/thrown'
import { describe, expect, test } from 'vitest'
import { TaskCancelledError, TaskTimeoutError } from '../src/index.ts'
import type { Task } from '../src/index.ts'
import { latest } from './decided.ts'
import { nativeMissing } from './engines.ts'
import { tasksForTest } from './tasks-for-test.ts'

type Numbers = Task<number[], number>

/** Values that tell apart what is nearly the same. */
const values = [0, -0, 1, -1, 0.1, 1 / 3, 1e300, -1e-300, 2 ** 31, 2 ** 53, NaN, Infinity, -Infinity, 5e-324]

const column = (rows: number, step: number): Float64Array =>
  Float64Array.from({ length: rows }, (_, row) => values[(row * step) % values.length] ?? row)

/** Maps until C does it. */
async function untilInC(
  task: Pick<Numbers, 'mapArrays' | 'explain' | 'delay'>,
  ...columns: Float64Array[]
): Promise<void> {
  while ((latest(task)?.columns ?? null) === null) {
    if (latest(task)?.tier === 'javascript') throw new Error(latest(task)?.reason)
    await task.mapArrays(...columns).wait()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe.skipIf(nativeMissing !== undefined)('columns of a compiled body', () => {
  test.each([
    ['one column', (a: number) => Math.sqrt(a) * 1.5 - 1, 1],
    ['two', (a: number, b: number) => (a * b) / 3 + Math.max(a, b), 2],
    ['whole numbers', (a: number, b: number) => (a | 0) ^ (b >>> 3), 2],
    [
      'a loop',
      (a: number) => {
        let s = 0
        for (let i = 0; i < 20; i++) s = s / 2 + a
        return s
      },
      1,
    ],
    ['texts inside', (a: number) => `${a}|`.length, 1],
    ['six columns', (a: number, b: number, c: number, d: number, e: number, f: number) => a + b * c - d / e + f, 6],
  ] as const)('%s: the same bits as a plain loop', async (name, body, count) => {
    const tasks = tasksForTest({ engine: 'native' })
    const rowBody: (...row: number[]) => number = body
    const task: Numbers = tasks.task({ name, compile: 'require' }, rowBody)
    const columns = Array.from({ length: count }, (_, at) => column(20_000, at * 3 + 1))
    await untilInC(task, ...columns)
    const batch = task.mapArrays(...columns)
    const expected = columns[0]?.map((_, row) => rowBody(...columns.map((each) => each[row] ?? 0)))
    expect(await batch.wait()).toStrictEqual(expected)
    expect(batch.size).toBe(1)
    expect(latest(task)?.calls).toBeGreaterThanOrEqual(20_000)
    expect(tasks.getStats().compiled.bails).toBe(0)
  })

  test('are copied: what becomes of them later is not seen', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const task = tasks.task({ name: 'twice', compile: 'require' }, (a: number) => a * 2)
    const given = Float64Array.of(1, 2, 3)
    await untilInC(task, given)
    const batch = task.mapArrays(given)
    given.fill(9)
    expect(await batch.wait()).toStrictEqual(Float64Array.of(2, 4, 6))
    expect(await task.mapArrays(Int32Array.of(4, -5)).wait()).toStrictEqual(Float64Array.of(8, -10))
    expect(await task.mapArrays(new Float64Array()).wait()).toStrictEqual(new Float64Array())
  })

  test('rows that C gives up are done by JavaScript, and an error is that of the first of them', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const caught = tasks.task({ name: 'caught', compile: 'require', maxRetries: 0 }, (a: number) => {
      if (a === 7) throw new RangeError(`no ${a}`)
      return a + 1
    })
    const rows = Float64Array.from({ length: 30_000 }, (_, row) => row % 6)
    await untilInC(caught, rows)
    rows[20_000] = 7
    const error = await rejectionOf(caught.mapArrays(rows).wait())
    expect(error).toBeInstanceOf(RangeError)
    expect(error.message).toBe('no 7')
    expect(error.stack).toContain('compiled-columns.test.ts')
    expect(latest(caught)).toMatchObject({ bails: 1, columns: expect.any(String) as string })
  })

  test('a row may be given up that does not throw', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    // deeper than C calls itself
    const depth = tasks.task({ name: 'depth', compile: 'require' }, (n: number) => {
      const down = (left: number): number => (left <= 0 ? 0 : 1 + down(left - 1))
      return down(n)
    })
    const rows = Float64Array.from({ length: 50 }, (_, row) => row)
    await untilInC(depth, rows)
    rows[20] = 3000
    const expected = rows.slice()
    expect(await depth.mapArrays(rows).wait()).toStrictEqual(expected)
    expect(latest(depth)?.bails).toBe(1)
  })

  test('stop when the time is over, and when they are cancelled', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const spin = tasks.task({ name: 'spin', compile: 'require', maxRetries: 0 }, (stop: number) => {
      let turns = 0
      while (turns !== stop) turns = (turns + 1) % 1_000_000
      return turns
    })
    const rows = new Float64Array(10)
    await untilInC(spin, rows)
    const endless = new Float64Array(10).fill(-1)
    expect(await rejectionOf(spin.with({ timeoutMs: 30 }).mapArrays(endless).wait())).toBeInstanceOf(TaskTimeoutError)
    const stop = new AbortController()
    const unwanted = spin.with({ signal: stop.signal }).mapArrays(endless).wait()
    stop.abort()
    expect(await rejectionOf(unwanted)).toBeInstanceOf(TaskCancelledError)
  })
})
