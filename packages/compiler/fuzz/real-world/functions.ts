// Functions of three packages as people wrote them, and what their texts need from outside.
import { createRequire } from 'node:module'
import * as matrices from 'gl-matrix'
import * as statistics from 'simple-statistics'
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
const eases = createRequire(import.meta.url)('eases') as Functions

export const realPackages: Readonly<Record<string, () => RealFunction[]>> = {
  eases: () => functionsOf(eases, {}, ['number']),
  'gl-matrix': () =>
    Object.entries(matrices).flatMap(([name, functions]) =>
      functionsOf(functions as Functions, namespaces(), ['number', 'Float64Array'], `${name}.`),
    ),
  'simple-statistics': () => functionsOf(statistics, {}, ['number', 'Float64Array']),
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

/** All tuples of hints for so many parameters. */
export function tuples(hints: readonly Hint[], length: number): Hint[][] {
  if (length === 0) return [[]]
  return tuples(hints, length - 1).flatMap((before) => hints.map((hint) => [...before, hint]))
}
