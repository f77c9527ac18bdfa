// The table of constructs, which the documentation is written from, against what becomes of each.
import { expect, it } from 'vitest'
import { constructs } from '../src/check/constructs.ts'
import { remedyFor } from '../src/check/remedies.ts'
import { examples } from './examples.ts'
import { blockersOf, describeRun, differences } from './exact.ts'

const rows = [0, -0, 1, 2, 2.5, -7, NaN, Infinity].flatMap((a) => [3, -1].map((b) => [a, b, 'xyx']))
const types = ['number', 'number', 'string'] as const
const compiledOnes = Object.entries(constructs).filter(([, { compiled }]) => compiled !== undefined)
const refusedOnes = Object.entries(constructs).filter(([, { compiled }]) => compiled === undefined)

it('each has an example', () => {
  expect(Object.keys(examples).toSorted()).toStrictEqual(Object.keys(constructs).toSorted())
})

describeRun('what the table has as compiled', () => {
  it.each(compiledOnes)('%s does what V8 does', (node) => {
    expect(differences(examples[node] ?? '', types, rows)).toStrictEqual([])
  })
})

/** They stand only in what is refused as a whole. */
const within: Readonly<Record<string, string>> = {
  AwaitExpression: 'CZ1002: an async function',
  PrivateIdentifier: 'CZ1006: a class',
  YieldExpression: 'CZ1002: a generator',
}

it.each(refusedOnes)('%s is refused', (node, { code, shown }) => {
  expect(blockersOf(examples[node] ?? '', types)[0]).toContain(within[node] ?? `${code}: ${shown}`)
})

it.each(refusedOnes)('%s has a remedy of its own', (_, { code = 'CZ1006', shown }) => {
  expect(remedyFor(code, shown)).toMatch(/ /)
})
