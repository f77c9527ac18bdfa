// Text that nobody means well with: the compiler answers all of it, with a program or with blockers, and soon.
import { describe, expect, it } from 'vitest'
import { bombs } from '../fuzz/bombs.ts'
import { oddTexts } from '../fuzz/odd-texts.ts'
import type { Hint } from '../fuzz/program.ts'
import { runSession } from '../fuzz/session.ts'
import { openInterpreter } from '../fuzz/subjects/interpreted.ts'
import { compileFunction } from '../src/index.ts'
import { describeRun } from './exact.ts'

/** Milliseconds of processor time for what takes a few of them: how busy the machine is does not count. */
const patience = 4000

function answer(source: string, types: readonly Hint[]): { ms: number; code: string } {
  const start = process.cpuUsage()
  const compilation = compileFunction(source, { types })
  const { user, system } = process.cpuUsage(start)
  const ms = (user + system) / 1000
  return { ms, code: compilation.ok ? 'ok' : (compilation.blockers[0]?.code ?? 'none') }
}

describe.each([1, 50, 3000, 100_000])('of size %i', (size) => {
  it.each(Object.entries(bombs))('%s', (_, make) => {
    for (const type of ['number', 'string'] as const) {
      const { ms, code } = answer(make(size), [type])
      expect(code).toMatch(/^(ok|CZ1\d{3})$/)
      expect(code).not.toBe('CZ1099')
      expect(ms).toBeLessThan(patience)
    }
  })
})

it.each(oddTexts.map((text) => [text]))('%j', (text) => {
  for (const types of [[], ['number'], ['string', 'Float64Array'], [{ record: { a: 'number' } }]] as Hint[][]) {
    expect(answer(text, types).code).toMatch(/^(ok|CZ1\d{3})$/)
    expect(answer(text, types).code).not.toBe('CZ1099')
  }
})

const oddHints: unknown[] = [
  'constructor',
  '__proto__',
  '',
  'toString',
  'Array',
  'BigInt64Array',
  null,
  undefined,
  1,
  {},
  [],
].concat([
  { record: null },
  { record: { a: 'x' } },
  { record: { __proto__: 'number' } },
  { record: [] },
  new Proxy({}, {}),
] as never[])

it.each(oddHints.map((hint) => [hint]))('a hint that is none: %o', (hint) => {
  const { blockers } = compileFunction('(a) => a + 1', { types: [hint as Hint] }) as { blockers?: readonly unknown[] }
  expect(blockers).toHaveLength(1)
})

describeRun('spoiled programs', () => {
  it('are refused, or do what V8 makes of them', () => {
    const plan = { seed: 7, first: 0, count: 1500, batch: 1, inputs: 3, features: { row: 2 }, spoiled: true } as const
    const tally = runSession(plan, openInterpreter())
    expect(tally.failures).toEqual([])
    expect(tally.answered).toBeGreaterThan(100)
  })
})
