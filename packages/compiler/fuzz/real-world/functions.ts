// Functions of three packages as people wrote them, and what their texts need from outside.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { parse } from 'acorn'
import * as matrices from 'gl-matrix'
import type { Hint } from '../program.ts'

export interface RealFunction {
  readonly name: string
  readonly body: (...args: unknown[]) => unknown
  readonly captures: Readonly<Record<string, unknown>>
  /** What its arguments may be: all tuples of these are tried. */
  readonly hints: readonly Hint[]
}

type Functions = Readonly<Record<string, unknown>>

// It has no types.
const require = createRequire(import.meta.url)
const eases = require('eases') as Functions

export const realPackages: Readonly<Record<string, () => RealFunction[]>> = {
  eases: () => functionsOf(eases, {}, ['number']),
  'gl-matrix': () =>
    Object.entries(matrices).flatMap(([name, functions]) =>
      functionsOf(functions as Functions, namespaces(), ['number', 'Float64Array'], `${name}.`),
    ),
  'simple-statistics': () =>
    functionsOf(moduleScope('simple-statistics', 'simple-statistics.mjs'), {}, ['number[]', 'number', 'Float64Array']),
}

/** Random ones, and those that change their package. */
const unfit = /random|^set[A-Z]|^ARRAY_TYPE|shuffle|sample/i

/** Its own functions see each other by name. */
function functionsOf(all: Functions, outer: Functions, hints: readonly Hint[], prefix = ''): RealFunction[] {
  const captures = { ...outer, ...all }
  return Object.entries(all).flatMap(([name, body]) =>
    typeof body === 'function' && !body.toString().startsWith('class') && !unfit.test(name)
      ? [{ name: prefix + name, body: body as RealFunction['body'], captures, hints }]
      : [],
  )
}

function namespaces(): Functions {
  return Object.fromEntries(
    Object.entries(matrices).map(([name, all]) => [name, Object.freeze({ ...(all as Functions) })]),
  )
}

/** All that a module of one file declares, as a plugin that sees the file knows it. */
function moduleScope(name: string, file: string): Functions {
  const text = readFileSync(join(dirname(require.resolve(name)), file), 'utf8')
  const { body } = parse(text, { ecmaVersion: 2022, sourceType: 'module' })
  const names = body.flatMap((node) => {
    if (node.type === 'FunctionDeclaration') return [node.id.name]
    if (node.type !== 'VariableDeclaration') return []
    return node.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []))
  })
  const own = body.filter(({ type }) => !type.startsWith('Export')).map(({ start, end }) => text.slice(start, end))
  // oxlint-disable-next-line typescript/no-implied-eval -- the text of a dependency, which could as well be imported
  return new Function(`'use strict'; ${own.join('\n')}\nreturn { ${names.join(', ')} }`)() as Functions
}

/** All tuples of hints for so many parameters. */
export function tuples(hints: readonly Hint[], length: number): Hint[][] {
  if (length === 0) return [[]]
  return tuples(hints, length - 1).flatMap((before) => hints.map((hint) => [...before, hint]))
}
