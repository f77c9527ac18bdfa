// Functions of a module of TypeScript: their names, types and constants.
import { parseSync } from 'oxc-parser'
import { describe, expect, it } from 'vitest'
import { prebuild } from '../src/build/prebuild.ts'
import { candidatesOf, filesOf } from '../src/cli/emit.ts'
import { explain, explainTable } from '../src/cli/explain.ts'
import { moduleFunctions } from '../src/module/module-functions.ts'
import type { ModuleFunction } from '../src/module/module-functions.ts'
import type { SyntaxNode } from '../src/module/syntax-node.ts'

function functionsOf(text: string): ModuleFunction[] {
  const { program, errors } = parseSync('module.ts', text)
  expect(errors).toStrictEqual([])
  return moduleFunctions(text, program as unknown as SyntaxNode)
}

const module = `
import { other } from './other.ts'
interface Job { readonly id: number; title: string; size?: number }
type Cents = number
export const RATE = 0.25, COUNT = -3
const LIMITS = Object.freeze({ low: 1, high: 10 })
let changing = 1
function clamp(x: number): number { return x > LIMITS.high ? LIMITS.high : x }
export function price(amount: Cents, quantity = 1): string {
  return \`€ \${(clamp(amount) * quantity * RATE).toFixed(2)}\` as string
}
export const label = ({ id, title }: Job, upper?: boolean): string => (upper ? title.toUpperCase() : title) + '#' + id!
export const load = async (url: string) => fetch(url)
export const count = () => changing + COUNT
tasks.task({ name: 'sum' }, (values: Float64Array<ArrayBuffer>) => { let s = 0; for (const v of values) s += v; return s })
tasks.addTask('far', (a: number) => other(a))
class Shop { sell(a: number) { return a } }
`

describe('functions of a module', () => {
  it('finds them, with their types', () => {
    expect(functionsOf(module).map(({ name, types, line }) => [name, types, line])).toStrictEqual([
      ['clamp', ['number'], 8],
      ['price', ['number', 'number'], 9],
      ['label', [{ record: { id: 'number', title: 'string' } }, 'boolean'], 12],
      ['load', ['string'], 13],
      ['count', [], 14],
      ['sum', ['Float64Array'], 15],
      ['far', ['number'], 16],
    ])
  })

  it('says what is compiled, and why not', () => {
    expect(explainTable(explain('m.ts', functionsOf(module)))).toBe(`clamp  m.ts:8  compiled
price  m.ts:9  compiled
label  m.ts:12  compiled
load   m.ts:13  stays JavaScript
  CZ1002: an async function cannot be compiled (line 13, column 21)
    instead: nothing, where it waits; what computes in it can be a plain function, as a task of its own
count  m.ts:14  stays JavaScript
  CZ1004: 'changing' comes from outside of the function, and its value is not known (line 14, column 28)
    instead: name it in \`captures\` of the task, or hand it in as an argument
sum    m.ts:15  compiled, with loops
far    m.ts:16  stays JavaScript
  CZ1004: 'other' comes from outside of the function, and its value is not known (line 16, column 37)
    instead: name it in \`captures\` of the task, or hand it in as an argument
4 of 7 functions are compiled
`)
  })

  it('writes them with a manifest, those with loops or columns as C', async () => {
    const built = await prebuild(candidatesOf(explain('m.ts', functionsOf(module))), { env: {}, targets: {} })
    const { bodies } = built.manifest
    expect(bodies.map(({ name, symbol }) => [name, symbol])).toStrictEqual([
      ['clamp', 'body_0_clamp'],
      ['price', null],
      ['label', null],
      ['sum', 'body_1_sum'],
    ])
    expect(bodies[1]?.captures).toStrictEqual({
      clamp: 'function',
      LIMITS: '{ "low": number 1, "high": number 10 }',
      RATE: 'number 0.25',
    })
    for (const symbol of ['body_0_clamp', 'body_1_sum']) expect(built.c).toContain(`CTZ_EXPORT int ${symbol}(`)
    expect(filesOf(built).map(({ file }) => file)).toStrictEqual([
      'manifest.json',
      'bodies.c',
      'index.mjs',
      'index.cjs',
    ])
  })

  it.each([
    ['(a: number | undefined) => a', ['number']],
    ["(a: 'x' | 'y', b: -1 | 2, c: `t${string}`) => a", ['string', 'number', 'string']],
    ['(a: readonly number[], b: Array<string>, c: ReadonlyArray<boolean>) => a', ['number[]', 'string[]', 'boolean[]']],
    ['(a: number | string) => a', ['number | string']],
    ['(a: { b: { c: number }; d(): void }) => a', ['{ b: { c: number }; d(): void }']],
    ['(a: { b: { c: number } }) => a', [{ record: { b: { record: { c: 'number' } } } }]],
    ['(a: Unknown) => a', ['Unknown']],
    ['(a) => a', ['unknown']],
    ["(a = 'x', b = true) => a", ['string', 'boolean']],
  ])('%s', (text, types) => {
    expect(functionsOf(`const f = ${text}`)[0]?.types).toStrictEqual(types)
  })

  it.each([
    ['<T,>(a: T): T => a as T', '    (a   )    => a     '],
    ['(a?: number, b = a!) => <number>b', '(a         , b = a ) =>         b'],
    ['(a: { b: 1 }) => a satisfies { b: 1 }', '(a          ) => a                   '],
  ])('takes the types out of %s', (text, expected) => {
    expect(functionsOf(`const f = ${text}`)[0]?.source).toBe(expected)
  })
})
