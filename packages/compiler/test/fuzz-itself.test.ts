// The fuzzer is tested too: that its programs are sound, and that it finds bugs planted into V8's own answers.
import { expect, it } from 'vitest'
import { keptCases } from '../fuzz/corpus.ts'
import { judge } from '../fuzz/oracle.ts'
import { emptyTally, programOf, runSession, type Tally } from '../fuzz/session.ts'
import { shrink } from '../fuzz/shrink.ts'
import { planted, plantedBugs, v8 } from '../fuzz/subjects/planted.ts'
import { copied, decoded, encoded, same } from '../fuzz/values.ts'
import type { Subject } from '../fuzz/oracle.ts'

const plan = { seed: 1, count: 1000, batch: 50, inputs: 10, features: { row: 2 } } as const

it('makes the same program of the same seed', () => {
  const first = programOf(plan, 17)
  const again = programOf(plan, 17)
  expect(again.program).toEqual(first.program)
  expect(same(again.inputs.flat(), first.inputs.flat())).toBe(true)
})

it('makes programs that run, end and mostly answer', () => {
  const tally = runSession({ ...plan, first: 0 }, v8)
  expect(tally.failures).toEqual([])
  expect(tally.equal / tally.calls).toBeGreaterThan(0.97)
})

it.each(Object.entries(plantedBugs))('finds a planted bug: %s', (_, bug) => {
  const subject = planted(bug)
  const [found] = search(subject).failures
  if (found === undefined) throw new Error('not found')
  const small = shrink(found, subject, 5000)
  expect(small.failure.kind).toBe(found.failure.kind)
  expect(small.program.source.length).toBeLessThanOrEqual(found.program.source.length)
})

function search(subject: Subject): Tally {
  const tally = emptyTally()
  for (let first = 0; tally.failures.length === 0 && first < 20_000; first += 100) {
    runSession({ ...plan, inputs: 30, first, count: 100 }, subject, tally)
  }
  return tally
}

it('tells 0 from -0 and one view from another, and writes values down', () => {
  const values = [NaN, -0, Infinity, 'a\ud83d', true, new Float32Array([1, NaN, -0]), { a: -0, b: ['x'] }, [-0, 1]]
  for (const value of values) {
    expect(same(decoded(JSON.parse(JSON.stringify(encoded(value)))), value)).toBe(true)
    expect(same(copied(value), value)).toBe(true)
  }
  expect(same(0, -0)).toBe(false)
  expect(same(new Int8Array(1), new Uint8Array(1))).toBe(false)
  expect(same({ a: 1 }, { a: 1, b: 2 })).toBe(false)
})

it('keeps cases that are programs', () => {
  for (const { program, inputs, file } of keptCases()) {
    const [prepared] = v8.prepare([program])
    if (prepared === undefined) throw new Error(`${file} is no program`)
    expect({ file, failure: judge(program, prepared, inputs).failure }).toEqual({ file, failure: undefined })
  }
})
