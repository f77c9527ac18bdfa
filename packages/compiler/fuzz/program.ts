// A program of the fuzzer: the text of one function, the types of its arguments, what it captures. It can be written down
// as JSON, so that a failure found once is kept.

export { viewNames as viewKinds } from '../src/ir/views.ts'
import type { ViewName } from '../src/ir/views.ts'

export type ViewKind = ViewName
export type View =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array

export interface ViewClass {
  readonly BYTES_PER_ELEMENT: number
  new (from: number | readonly number[]): View
  new (buffer: ArrayBufferLike, offset: number, length: number): View
}

export const viewClasses: Readonly<Record<ViewKind, ViewClass>> = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
}

export type ElementHint = 'number' | 'string' | 'boolean'
export type ListKind = `${ElementHint}[]`
export const listKinds: readonly ListKind[] = ['number[]', 'string[]', 'boolean[]']

export type Hint = ElementHint | ListKind | ViewKind | { record: { [field: string]: Hint } }

/** A constant, the text of a function, or the fields of a frozen object. */
export type Capture = Constant | { text: string } | { fields: Record<string, Constant | Record<string, Constant>> }
export type Constant = number | string | boolean

export interface Program {
  source: string
  types: Hint[]
  captures: Record<string, Capture>
}

export function isViewKind(hint: Hint): hint is ViewKind {
  return typeof hint === 'string' && Object.hasOwn(viewClasses, hint)
}

export function isListKind(hint: Hint): hint is ListKind {
  return typeof hint === 'string' && hint.endsWith('[]')
}

export function elementOf(kind: ListKind): ElementHint {
  return kind.slice(0, -2) as ElementHint
}

type Run = (...args: unknown[]) => unknown

/** How a text may be a function: as an expression, as a method, and both in sloppy code, where some more is allowed. */
const forms: readonly (readonly [before: string, after: string])[] = [
  ["'use strict'; return (", '\n)'],
  ["'use strict'; const own = {", '\n}; return own[Reflect.ownKeys(own)[0]]'],
  ['return (', '\n)'],
  ['const own = {', '\n}; return own[Reflect.ownKeys(own)[0]]'],
  // static or private: there is no way to it from here
  ['return class {', '\n}'],
]

/** The function that the text stands for, as V8 runs it, with a copy of its own of each capture. */
export function evaluate(program: Program): Run {
  const names = Object.keys(program.captures)
  const values = captureValues(program)
  let refused: unknown
  for (const [before, after] of forms) {
    try {
      // oxlint-disable-next-line typescript/no-implied-eval -- running generated text is what the fuzzer is for
      const make = new Function(...names, before + program.source + after)
      return make(...names.map((name) => values[name])) as Run
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      refused ??= error
    }
  }
  throw refused
}

/** Captures as the compiler is given them: functions are functions, whose text can be asked for. */
export function captureValues(program: Program): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [name, capture] of Object.entries(program.captures)) {
    values[name] = captureValue(capture)
  }
  return values
}

function captureValue(capture: Capture): unknown {
  if (typeof capture !== 'object') return capture
  if ('text' in capture) return evaluate({ source: capture.text, types: [], captures: {} })
  const fields = Object.entries(capture.fields).map(([name, value]) => [
    name,
    typeof value === 'object' ? Object.freeze({ ...value }) : value,
  ])
  return Object.freeze(Object.fromEntries(fields))
}
