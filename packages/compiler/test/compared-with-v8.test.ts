// Compiled programs against V8, bit for bit: those found by the fuzzer and kept, those written by hand, and random ones.
import { expect, it } from 'vitest'
import { keptCases } from '../fuzz/corpus.ts'
import { directed } from '../fuzz/directed.ts'
import { judge, type Subject } from '../fuzz/oracle.ts'
import type { Program } from '../fuzz/program.ts'
import { Random } from '../fuzz/random.ts'
import { runSession } from '../fuzz/session.ts'
import { openInterpreter } from '../fuzz/subjects/interpreted.ts'
import { randomArguments } from '../fuzz/values.ts'
import { describeRun } from './exact.ts'

describeRun('the interpreter', () => {
  it.each(Object.entries(directed))('%s', (_, program) => {
    const random = new Random(1)
    const inputs = Array.from({ length: 400 }, () => randomArguments(random, program.types))
    expect(failureOf(openInterpreter(), program, inputs)).toBeUndefined()
  })

  it.each(keptCases().map((kept) => [kept.file, kept] as const))(
    'still answers like V8: %s',
    (_, { program, inputs }) => {
      expect(failureOf(openInterpreter(), program, inputs)).toBeUndefined()
    },
  )

  it('5,000 random programs', () => {
    const tally = runSession(
      { seed: 20_261_122, first: 0, count: 5000, batch: 50, inputs: 12, features: { row: 2 } },
      openInterpreter(),
    )
    expect(tally.failures.map(({ index, program, failure }) => ({ index, program, failure }))).toEqual([])
    // Programs that are blocked or bail prove nothing.
    expect(tally.answered / tally.programs).toBeGreaterThan(0.8)
  })
})

function failureOf(subject: Subject, program: Program, inputs: unknown[][]): unknown {
  const [prepared] = subject.prepare([program])
  if (prepared === undefined) throw new Error('nothing was prepared')
  return judge(program, prepared, inputs).failure
}
