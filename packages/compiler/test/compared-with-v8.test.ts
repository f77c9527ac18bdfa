// Compiled programs against V8, bit for bit: those found by the fuzzer and kept, those written by hand, and random ones.
import { describe, expect, it } from 'vitest'
import { keptCases } from '../fuzz/corpus.ts'
import { directed, inputsFor } from '../fuzz/directed.ts'
import { judge, type Prepared, type Subject } from '../fuzz/oracle.ts'
import type { Program } from '../fuzz/program.ts'
import { runSession } from '../fuzz/session.ts'
import { openInterpreter } from '../fuzz/subjects/interpreted.ts'
import { hasCompiler, openNative } from '../fuzz/subjects/native.ts'
import { describeRun } from './exact.ts'

const plan = { seed: 20_261_122, inputs: 12, features: { row: 2 } } as const

describeRun('the interpreter', () => {
  it.each(Object.entries(directed))('%s', (_, program) => {
    expect(failureOf(openInterpreter(), program, inputsFor(program))).toBeUndefined()
  })

  it.each(keptCases().map((kept) => [kept.file, kept] as const))(
    'still answers like V8: %s',
    (_, { program, inputs }) => {
      expect(failureOf(openInterpreter(), program, inputs)).toBeUndefined()
    },
  )

  // in pieces, each of which has the time of a test
  it.each(pieces(5000, 250))('250 random programs from program %i', (first) => {
    const tally = runSession({ ...plan, first, count: 250, batch: 50 }, openInterpreter())
    expect(tally.failures.map(({ index, program, failure }) => ({ index, program, failure }))).toEqual([])
    // Programs that are blocked or bail prove nothing.
    expect(tally.answered / tally.programs).toBeGreaterThan(0.8)
  })
})

const describeC = hasCompiler ? describeRun : describe.skip

describeC('C', () => {
  const native = openNative()

  it('programs written by hand and kept', () => {
    const programs = [...Object.values(directed), ...keptCases().map(({ program }) => program)]
    const inputs = [...Object.values(directed).map(inputsFor), ...keptCases().map((kept) => kept.inputs)]
    const prepared = native.prepare(programs)
    const verdicts = programs.map((program, index) => judge(program, prepared[index] as Prepared, inputs[index] ?? []))
    expect(verdicts.flatMap(({ failure }, index) => (failure === undefined ? [] : [{ index, failure }]))).toEqual([])
  })

  it.each(pieces(300, 20))('20 random programs from program %i', (first) => {
    const tally = runSession({ ...plan, first, count: 20, batch: 20 }, native)
    expect(tally.failures.map(({ index, program, failure }) => ({ index, program, failure }))).toEqual([])
    expect(tally.answered / tally.programs).toBeGreaterThan(0.8)
  })
})

function pieces(programs: number, size: number): number[] {
  return Array.from({ length: programs / size }, (_, index) => index * size)
}

function failureOf(subject: Subject, program: Program, inputs: unknown[][]): unknown {
  const [prepared] = subject.prepare([program])
  if (prepared === undefined) throw new Error('nothing was prepared')
  return judge(program, prepared, inputs).failure
}
