// What goes into a program and what comes out, and how values of JavaScript become the one and the other.
import type { ViewName } from './ir/views.ts'

/**
 * What an argument has to be. Nothing is handed over of `undefined` and `null`, which are checked, and of `any`, which the
 * body does not look at. Of a record only the fields named here are read; they must be plain data.
 */
export type ParameterShape =
  | { readonly kind: 'number' | 'boolean' | 'string' | 'undefined' | 'null' | 'any' }
  | { readonly kind: 'view'; readonly view: ViewName; readonly written: boolean }
  | { readonly kind: 'record'; readonly fields: readonly (readonly [name: string, shape: ParameterShape])[] }

/** `maybe`: a boolean that says whether it is there, then the value. */
export type ResultShape =
  | { readonly kind: 'number' | 'boolean' | 'string' | 'undefined' | 'null' }
  | { readonly kind: 'view'; readonly view: ViewName }
  | { readonly kind: 'record'; readonly fields: readonly (readonly [name: string, shape: ResultShape])[] }
  | { readonly kind: 'maybe'; readonly of: ResultShape; readonly none: 'undefined' | 'null' }

export interface Signature {
  /** As many as the function has parameters; arguments beyond them are not looked at. */
  readonly params: readonly ParameterShape[]
  readonly result: ResultShape
}

/** The values to hand to a program; undefined when the arguments are not of the types that it was compiled for. */
export function flattenArguments({ params }: Signature, args: readonly unknown[]): unknown[] | undefined {
  const flat: unknown[] = []
  return params.every((shape, index) => flatten(shape, args[index], flat)) ? flat : undefined
}

function flatten(shape: ParameterShape, value: unknown, flat: unknown[]): boolean {
  switch (shape.kind) {
    case 'any':
      return true
    case 'undefined':
      return value === undefined
    case 'null':
      return value === null
    case 'record':
      return flattenRecord(shape.fields, value, flat)
    case 'view':
      flat.push(value)
      return viewNameOf(value) === shape.view
    default:
      flat.push(value)
      return typeof value === shape.kind
  }
}

function flattenRecord(
  fields: readonly (readonly [string, ParameterShape])[],
  value: unknown,
  flat: unknown[],
): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  return fields.every(([name, shape]) => {
    const own = Object.getOwnPropertyDescriptor(value, name)
    if (own === undefined) return (shape.kind === 'undefined' || shape.kind === 'any') && !(name in value)
    return own.get === undefined && own.set === undefined && flatten(shape, own.value, flat)
  })
}

/** The kind of a typed array, whatever its prototype has become. */
function viewNameOf(value: unknown): string | undefined {
  return ArrayBuffer.isView(value) ? (tag?.get?.call(value) as string | undefined) : undefined
}

const tag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)

/** What the function gives, from what the program has given: a value, or an array of the fields of a record. */
export function readResult({ result }: Signature, given: unknown): unknown {
  if (result.kind !== 'record' && result.kind !== 'maybe') return result.kind === 'null' ? null : given
  return built(result, (given as readonly unknown[]).values())
}

function built(shape: ResultShape, values: Iterator<unknown>): unknown {
  switch (shape.kind) {
    case 'undefined':
      return undefined
    case 'null':
      return null
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
