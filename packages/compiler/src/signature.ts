// What goes into a program and what comes out, and how values of JavaScript become the one and the other.
import type { ConsoleMethod } from './effects.ts'
import { readLog } from './effects.ts'
import type { ViewName } from './ir/views.ts'
import { plainElements } from './plain-array.ts'
import type { ElementKind } from './types/elements.ts'

/**
 * What an argument has to be. Nothing is handed over of `undefined` and `null`, which are checked, and of `any`, which the
 * body does not look at. Of a record only the fields named here are read; they must be plain data.
 */
export type ParameterShape =
  | { readonly kind: 'number' | 'boolean' | 'string' | 'undefined' | 'null' | 'any' }
  | { readonly kind: 'view'; readonly view: ViewName; readonly written: boolean }
  /** Handed over as a typed array of its own; of strings as one text and an Int32Array of their lengths. */
  | { readonly kind: 'list'; readonly of: ElementKind; readonly written: boolean }
  | { readonly kind: 'record'; readonly fields: readonly (readonly [name: string, shape: ParameterShape])[] }

/** `maybe`: a boolean that says whether it is there, then the value. */
export type ResultShape =
  | { readonly kind: 'number' | 'boolean' | 'string' | 'undefined' | 'null' }
  | { readonly kind: 'view'; readonly view: ViewName }
  | { readonly kind: 'list'; readonly of: ElementKind }
  | { readonly kind: 'record'; readonly fields: readonly (readonly [name: string, shape: ResultShape])[] }
  | { readonly kind: 'maybe'; readonly of: ResultShape; readonly none: 'undefined' | 'null' }

export interface Signature {
  /** As many as the function has parameters; arguments beyond them are not looked at. */
  readonly params: readonly ParameterShape[]
  readonly result: ResultShape
  /** It writes to the console: what, stands in a text behind the values of the result (`replayEffects`). */
  readonly logs: boolean
  /** It asks for chance or the time: nobody can say whether a result is the one that JavaScript would have given. */
  readonly varies: boolean
}

/** The values to hand to a program; undefined when the arguments are not of the types that it was compiled for. */
export function flattenArguments({ params }: Signature, args: readonly unknown[]): unknown[] | undefined {
  const flat: Flat = { values: [], lists: [] }
  return params.every((shape, index) => flatten(shape, args[index], flat)) ? flat.values : undefined
}

/** Whether a program takes these arguments, as `flattenArguments` would find. */
export function fitsArguments(signature: Signature, args: readonly unknown[]): boolean {
  return flattenArguments(signature, args) !== undefined
}

interface Flat {
  readonly values: unknown[]
  /** Arrays that were met: one that is met again would be two in C. */
  readonly lists: unknown[]
}

function flatten(shape: ParameterShape, value: unknown, flat: Flat): boolean {
  switch (shape.kind) {
    case 'any':
      return true
    case 'undefined':
      return value === undefined
    case 'null':
      return value === null
    case 'record':
      return flattenRecord(shape.fields, value, flat)
    case 'list':
      return flattenList(shape, value, flat)
    case 'view':
      flat.values.push(value)
      return viewNameOf(value) === shape.view
    default:
      flat.values.push(value)
      return typeof value === shape.kind
  }
}

function flattenRecord(fields: readonly (readonly [string, ParameterShape])[], value: unknown, flat: Flat): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  return fields.every(([name, shape]) => {
    const own = Object.getOwnPropertyDescriptor(value, name)
    if (own === undefined) return (shape.kind === 'undefined' || shape.kind === 'any') && !(name in value)
    return own.get === undefined && own.set === undefined && flatten(shape, own.value, flat)
  })
}

function flattenList(
  { of, written }: ParameterShape & { kind: 'list' },
  value: unknown,
  { values, lists }: Flat,
): boolean {
  const elements = plainElements(value, of, written)
  if (elements === undefined || lists.includes(value)) return false
  lists.push(value)
  if (of === 'number') values.push(Float64Array.from(elements as readonly number[]))
  else if (of === 'boolean') values.push(Uint8Array.from(elements as readonly boolean[], Number))
  else {
    const texts = elements as readonly string[]
    values.push(
      texts.join(''),
      Int32Array.from(texts, ({ length }) => length),
    )
  }
  return true
}

/** The kind of a typed array, whatever its prototype has become. */
function viewNameOf(value: unknown): string | undefined {
  return ArrayBuffer.isView(value) ? (tag?.get?.call(value) as string | undefined) : undefined
}

const tag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)

/** What the function gives, from what the program has given: a value, or an array of the fields of a record. */
export function readResult(signature: Signature, given: unknown): unknown {
  return built(signature.result, (isRow(signature) ? (given as readonly unknown[]) : [given]).values())
}

/** Does what the run has written to the console, which is to be done once it is known that the run counts. */
export function replayEffects(
  signature: Signature,
  given: unknown,
  to: Readonly<Record<ConsoleMethod, (...args: readonly unknown[]) => void>> = console,
): void {
  const log: unknown = signature.logs ? (given as readonly unknown[]).at(-1) : ''
  for (const { method, args } of readLog(log as string)) to[method](...args)
}

/** Whether the program gives several values. */
function isRow({ result, logs }: Signature): boolean {
  return (
    logs || result.kind === 'record' || result.kind === 'maybe' || (result.kind === 'list' && result.of === 'string')
  )
}

function listOf(of: ElementKind, values: Iterator<unknown>): unknown[] {
  const first: unknown = values.next().value
  if (of === 'number') return Array.from(first as Float64Array)
  if (of === 'boolean') return Array.from(first as Uint8Array, (each) => each !== 0)
  let at = 0
  const text = first as string
  return Array.from(values.next().value as Int32Array, (length) => text.slice(at, (at += length)))
}

function built(shape: ResultShape, values: Iterator<unknown>): unknown {
  switch (shape.kind) {
    case 'undefined':
      return undefined
    case 'null':
      return null
    case 'list':
      return listOf(shape.of, values)
    case 'record':
      return Object.fromEntries(shape.fields.map(([name, each]) => [name, built(each, values)]))
    case 'maybe': {
      const there = values.next().value === true
      const value = built(shape.of, values)
      if (there) return value
      return shape.none === 'null' ? null : undefined
    }
    default:
      return values.next().value
  }
}
