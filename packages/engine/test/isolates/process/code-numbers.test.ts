// Which codes are sent again, and what children forget.
import { expect, test } from 'vitest'
import type { TaskCall } from '../../../src/contract/task.ts'
import { CodeNumbers } from '../../../src/isolates/process/code-numbers.ts'
import { KnownCodes } from '../../../src/isolates/process/known-codes.ts'
import { resolveTaskOptions } from '../../../src/options/task-options.ts'
import { startProcesses, stopAll } from './process-engine.ts'

test('functions of a task with the same text have the same number, modules one for each task', () => {
  const codes = new CodeNumbers()
  const make = (): (() => number) => () => 1
  const [one, other] = [make(), make()]
  expect(one).not.toBe(other)
  const call = (module?: string): TaskCall => ({
    name: 'a',
    options: resolveTaskOptions(module === undefined ? {} : { module }),
  })
  const code = codes.codeOf(call(), one)
  expect(codes.codeOf(call(), one)).toBe(code)
  expect(codes.numberOf(code)).toBe(codes.numberOf(codes.codeOf(call(), other)))
  const inModule = codes.codeOf(call(import.meta.url), one)
  const elsewhere = codes.codeOf(call(new URL('other.mjs', import.meta.url).href), one)
  const overRows = codes.codeOf({ ...call(), rows: true }, one)
  expect(new Set([code, inModule, elsewhere, overRows].map((each) => codes.numberOf(each))).size).toBe(4)
})

test('numbers are given anew when there are too many, and children forget theirs', () => {
  const codes = new CodeNumbers()
  const known = new KnownCodes()
  const code = (text: number): number => codes.numberOf({ kind: 'source', name: 'a', text: String(text) })
  expect(known.outdated(codes.generation)).toBe(false)
  known.add(code(0))
  for (let text = 1; text < 1024; text++) code(text)
  expect([code(0), known.outdated(codes.generation), known.has(0)]).toEqual([0, false, true])
  expect(code(1024)).toBe(0)
  expect([known.outdated(codes.generation), known.has(0)]).toEqual([true, false])
  expect(known.outdated(codes.generation)).toBe(false)
})

test('a child that forgot its codes gets them again', async () => {
  const { run } = await startProcesses({ maxProcesses: 1 })
  try {
    const bodies = Array.from(
      { length: 1030 },
      // eslint-disable-next-line typescript/no-implied-eval -- each has a text of its own
      (_, n) => new Function(`return ${n}`) as () => number,
    )
    const values = await Promise.all(bodies.map((body) => run(body).wait()))
    expect(values).toEqual(bodies.map((_, n) => n))
    expect(await run(bodies[0] ?? (() => -1)).wait()).toBe(0)
  } finally {
    await stopAll()
  }
})
