// Each row of the subset has its instructions kept, is compared with V8 on values in which mistakes show, in both tiers, and is
// written by the generator of random programs. A function or a method that is new needs an example here.
import { describe, expect, it } from 'vitest'
import { featuresOf, resultFeature } from '../fuzz/features.ts'
import { programOf } from '../fuzz/session.ts'
import { compiledText } from '../fuzz/subjects/interpreted.ts'
import { captureValues } from '../fuzz/program.ts'
import { constructs } from '../src/check/constructs.ts'
import type { TypeHint } from '../src/index.ts'
import { opcodes } from '../src/ir/opcodes.generated.ts'
import { arrayStatics } from '../src/lower/array-statics.ts'
import { builtins } from '../src/lower/builtins.ts'
import { effectCalls } from '../src/lower/effects.ts'
import { listMethods } from '../src/lower/list-methods.ts'
import { booleanMethods, numberMethods, stringMethods, viewMethods } from '../src/lower/methods.ts'
import { compiled, describeRun, differences, differencesInC, type Row } from './exact.ts'
import { samples, subset, type Sample, type SubsetRow } from './subset.ts'

const captures = {
  RATE: 0.19,
  NAME: 'tax',
  ON: true,
  SETTINGS: Object.freeze({ x: -0, inner: Object.freeze({ y: 2 ** 31 }) }),
  clamp: (x: number): number => (x > 100 ? 100 : x),
}

/** Programs of the seed with which every push is tested, which are looked at. */
const plan = { seed: 20_261_122, inputs: 1, features: { row: 2 }, programs: 2500 } as const

/** An operation that no lowering asks for yet. */
const notLowered = ['F64_FROM_BOOL']

describe.each(Object.entries(subset))('%s', (name, { items }) => {
  it('has its instructions kept', async () => {
    const all = examplesOf(items).map(
      ([feature, text]) => `${feature}: ${text}\n${compiled(text, hintsOf(text), { captures }).ir.trim()}\n`,
    )
    await expect(all.join('\n')).toMatchFileSnapshot(`golden/${name.replaceAll(/\W+/g, '-')}.txt`)
  })
})

describeRun.each(Object.entries(subset))('%s', (_, { items }) => {
  it.each(examplesOf(items))('%s does what V8 does at the edges: %s', (_feature, text) => {
    // what is thrown and caught, and outside of what there is, runs again in JavaScript
    const mayBail = /throw|v\[n/.test(text)
    expect(differences(text, hintsOf(text), rowsOf(text), { captures, mayBail })).toStrictEqual([])
  })

  it('does the same in C', () => {
    expect(differencesInC()).toStrictEqual([])
  })
})

describe('random programs', () => {
  const { features, operations } = generated()

  it.each(Object.entries(subset))('have all of %s', (_, { items }) => {
    expect(Object.keys(items).filter((feature) => !features.has(feature))).toStrictEqual([])
  })

  it('come to every operation', () => {
    const missing = Object.keys(opcodes).filter((op) => !operations.has(op))
    expect(missing).toStrictEqual(notLowered)
  })
})

it('comes to every operation by its examples', () => {
  const all = Object.values(subset).flatMap(({ items }) => examplesOf(items))
  const operations = new Set(all.flatMap(([, text]) => operationsIn(compiled(text, hintsOf(text), { captures }).ir)))
  expect(Object.keys(opcodes).filter((op) => !operations.has(op))).toStrictEqual(notLowered)
})

it('has an example of all that is compiled', () => {
  const methods = [stringMethods, numberMethods, booleanMethods, viewMethods, listMethods].flatMap((each) =>
    Object.keys(each),
  )
  const compiledNodes = Object.keys(constructs).filter((node) => constructs[node]?.compiled !== undefined)
  const calls = [builtins, arrayStatics, effectCalls].flatMap((each) => Object.keys(each))
  const wanted = [...compiledNodes, ...calls.map((each) => `${each}()`), ...methods.map((each) => `.${each}()`)]
  const known = new Set(Object.values(subset).flatMap(({ items }) => Object.keys(items)))
  expect(wanted.filter((each) => !known.has(each))).toStrictEqual([])
})

/** What compiled random programs use, and come to. */
function generated(): { features: ReadonlySet<string>; operations: ReadonlySet<string> } {
  const features = new Set<string>()
  const operations = new Set<string>()
  for (let index = 0; index < plan.programs; index++) {
    const { program } = programOf(plan, index)
    const compilation = compiledText(program.source, program.types, captureValues(program))
    if (!('ok' in compilation)) continue
    for (const each of featuresOf(program)) features.add(each)
    features.add(resultFeature(compilation.signature.result))
    for (const op of operationsIn(compilation.ir)) operations.add(op)
  }
  return { features, operations }
}

const operationsIn = (ir: string): string[] => Array.from(ir.matchAll(/\b[A-Z][A-Z0-9_]+\b/g), ([op]) => op)

const examplesOf = (items: SubsetRow['items']): [feature: string, text: string][] =>
  Object.entries(items).flatMap(([feature, texts]) => [texts].flat().map((text): [string, string] => [feature, text]))

/** What the names of the parameters stand for; a pattern for a record. */
function samplesOf(text: string): Sample[] {
  const [, head = ''] = /^[^(]*\(([^)]*)\)/.exec(text) ?? []
  const names = head.startsWith('{') ? ['r'] : head.split(', ').filter(Boolean)
  return names.flatMap((name) => samples[name] ?? [])
}

const hintsOf = (text: string): TypeHint[] => samplesOf(text).map(({ type }) => type)

function rowsOf(text: string): Row[] {
  return samplesOf(text).reduce<Row[]>(
    (rows, { values }) => rows.flatMap((row) => values.map((value: unknown) => [...row, value])),
    [[]],
  )
}
