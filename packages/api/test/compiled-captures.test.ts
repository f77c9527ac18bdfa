// What a body takes from its surroundings, said in its definition; and types that are said before it is called.
import { describe, expect, test } from 'vitest'
import { ConfigurationError, TaskDefinitionError } from '../src/index.ts'
import { decided, latest } from './decided.ts'
import { nativeMissing } from './engines.ts'
import { tasksForTest } from './tasks-for-test.ts'

// not to be seen by whoever compiles this file
const RATE = Number('0.25')
const LIMITS = Object.freeze({ low: 1, high: Object.freeze({ value: 10 }) })
const clamp = (x: number): number => (x > LIMITS.high.value ? LIMITS.high.value : x)
const round = (x: number): number => Math.round(clamp(x) * 100) / 100

describe.skipIf(nativeMissing !== undefined)('captures', () => {
  test('are compiled in: constants, frozen objects, functions that use each other', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const price = tasks.task(
      { name: 'price', compile: 'require', captures: { RATE, LIMITS, clamp, round } },
      (amount: number) => round(amount * RATE) + LIMITS.low,
    )
    expect(await decided(price, 3)).toMatchObject({ tier: 'interpreted', blockers: [], bails: 0 })
    for (const amount of [0, -0, 0.1, 39.99, 1e9, NaN]) {
      const result = price.delay(amount)
      expect([await result.wait(), result.getStats().lane]).toEqual([price(amount), 'native'])
    }
  })

  test('belong to a definition: the same function with others is another body', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const taxes = [0.1, 0.3].map((rate, at) => {
      const tax = (amount: number): number => amount * rate
      return tasks.task({ name: `tax${at}`, compile: 'require', captures: { rate } }, tax)
    })
    for (const tax of taxes) await decided(tax, 10)
    expect(await Promise.all(taxes.map((tax) => tax.delay(7).wait()))).toEqual([7 * 0.1, 7 * 0.3])
    expect(taxes.map((tax) => latest(tax)?.tier)).toEqual(['interpreted', 'interpreted'])
  })

  test('that are not what the names mean are found out, and nobody gets their results', async () => {
    const warned = new Promise<Error & { code?: string }>((resolve) => process.once('warning', resolve))
    const tasks = tasksForTest({ engine: 'native' })
    const tax = tasks.task({ name: 'tax', captures: { RATE: 0.5 } }, (amount: number) => amount * RATE)
    expect(await decided(tax, 10)).toMatchObject({ tier: 'javascript' })
    expect(await tax.delay(10).wait()).toBe(2.5)
    expect(await warned).toMatchObject({ code: 'CATZILLA_INEXACT' })
  })

  test('that may change are refused, with their name and place', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const table = { rate: 2 }
    const tax = tasks.task({ name: 'tax', captures: { table } }, (amount: number) => amount * table.rate)
    const report = await decided(tax, 10)
    expect(report).toMatchObject({ tier: 'javascript', blockers: [{ code: 'CZ1005', line: 1, column: 22 }] })
    expect(report.reason).toMatch(/'table'.*may change/)
  })

  test('of a function that addTask is given', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const tax = (amount: number): number => amount * RATE
    expect(await tasks.addTask(tax, [8], { captures: { RATE } }).wait()).toBe(2)
    const task = tasks.task(tax)
    expect(() => tasks.addTask(task, [8], { captures: { RATE } })).toThrow(ConfigurationError)
  })

  test.each([[[1]], [null], ['RATE']])('are no %j', (captures) => {
    const tasks = tasksForTest()
    expect(() => tasks.task({ name: 'x', captures: captures as never }, () => 1)).toThrow(TaskDefinitionError)
  })
})

describe.skipIf(nativeMissing !== undefined)('a signature', () => {
  test('has the body compiled before it is called', async () => {
    const tasks = tasksForTest({ engine: 'native' })
    const sign = tasks.task(
      { name: 'sign', signature: [{ record: { a: 'number' } }, 'boolean'] },
      ({ a }: { a: number }, up: boolean) => (up ? a : -a),
    )
    while (latest(sign)?.tier !== 'checking') await new Promise((resolve) => setImmediate(resolve))
    expect(sign.explain().native.bodies).toMatchObject([
      { types: [{ record: { a: 'number' } }, 'boolean'], compiledAt: 'run time', calls: 0 },
    ])
    expect(await sign.delay({ a: 2 }, false).wait()).toBe(-2)
  })

  test.each([[['bigint']], ['number'], [[{ a: 'number' }]], [[{ record: { a: 'date' } }]]])('is no %j', (signature) => {
    const tasks = tasksForTest()
    expect(() => tasks.task({ name: 'x', signature: signature as never }, () => 1)).toThrow(
      /task 'x': signature is a list with the type of each argument/,
    )
  })
})
