// The static type of a variable, and what two of them have in common.
import type { ViewName } from '../ir/views.ts'
import type { Elements } from './elements.ts'

/**
 * What is known of the numbers that a variable holds: `c` int32 and not negative, `i` int32, `u` uint32, `k` whole numbers
 * that grow only by small steps, `n` any. None but `n` holds -0.
 */
export type NumberClass = 'c' | 'i' | 'u' | 'k' | 'n'

export type Type =
  /** Nothing is known yet: rounds of inference begin with it. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'number'; readonly number: NumberClass }
  | { readonly kind: 'boolean' | 'string' | 'undefined' | 'null' }
  | { readonly kind: 'view'; readonly view: ViewName }
  | { readonly kind: 'list'; readonly elements: Elements }
  /** `argument`: handed in from outside, so that it may have more fields than are known. */
  | { readonly kind: 'record'; readonly fields: ReadonlyMap<string, Type>; readonly argument: boolean }
  /** A value of the type, or undefined or null. */
  | { readonly kind: 'maybe'; readonly of: Type; readonly none: 'undefined' | 'null' }
  /** Something that compiled code cannot hold, and what it is. */
  | { readonly kind: 'opaque'; readonly what: string }
  | { readonly kind: 'mixed'; readonly what: string }

export const unknownType: Type = { kind: 'unknown' }

export function join(left: Type, right: Type): Type {
  if (left.kind === 'unknown') return right
  if (right.kind === 'unknown' || left === right) return left
  if (left.kind === 'mixed') return left
  if (right.kind === 'mixed') return right
  if (left.kind === 'maybe' || right.kind === 'maybe') return joinMaybe(left, right)
  if (left.kind === 'number' && right.kind === 'number') {
    return { kind: 'number', number: joinNumbers(left.number, right.number) }
  }
  if (left.kind === 'view' && right.kind === 'view' && left.view === right.view) return left
  if (left.kind === 'list' && right.kind === 'list') {
    return left.elements.unite(right.elements) ? left : { kind: 'mixed', what: 'arrays of different elements' }
  }
  if (left.kind === 'record' && right.kind === 'record') return joinRecords(left, right)
  if (left.kind === 'opaque' && right.kind === 'opaque' && left.what === right.what) return left
  if (left.kind === right.kind && left.kind !== 'view' && left.kind !== 'opaque') return left
  return joinMaybe(left, right)
}

function joinMaybe(left: Type, right: Type): Type {
  const mixed: Type = { kind: 'mixed', what: `${typeName(left)} and ${typeName(right)}` }
  const none = noneOf(left) ?? noneOf(right)
  if (none === undefined || none !== (noneOf(right) ?? none)) return mixed
  const of = join(something(left), something(right))
  if (of.kind === 'mixed' || of.kind === 'opaque' || of.kind === 'maybe') return mixed
  return of.kind === 'unknown' ? left : { kind: 'maybe', of, none }
}

function noneOf(type: Type): 'undefined' | 'null' | undefined {
  if (type.kind === 'maybe') return type.none
  return type.kind === 'undefined' || type.kind === 'null' ? type.kind : undefined
}

function something(type: Type): Type {
  if (type.kind === 'maybe') return type.of
  return noneOf(type) === undefined ? type : unknownType
}

function joinNumbers(left: NumberClass, right: NumberClass): NumberClass {
  if (left === right || right === 'c') return left
  if (left === 'c') return right
  return (left === 'i' && right === 'k') || (left === 'k' && right === 'i') ? 'k' : 'n'
}

type RecordType = Type & { readonly kind: 'record' }

function joinRecords(left: RecordType, right: RecordType): Type {
  const names = [...left.fields.keys()]
  const same = names.length === right.fields.size && [...right.fields.keys()].every((name, at) => name === names[at])
  const fields = new Map<string, Type>()
  for (const [name, type] of left.fields) fields.set(name, join(type, right.fields.get(name) ?? unknownType))
  const mixed = [...fields.values()].find(({ kind }) => kind === 'mixed')
  if (mixed !== undefined) return mixed
  return same
    ? { kind: 'record', fields, argument: left.argument || right.argument }
    : { kind: 'mixed', what: 'objects with different fields' }
}

export function sameType(left: Type, right: Type): boolean {
  if (left.kind !== right.kind) return false
  if (left.kind === 'number' && right.kind === 'number') return left.number === right.number
  if (left.kind === 'view' && right.kind === 'view') return left.view === right.view
  if (left.kind === 'list' && right.kind === 'list') return left.elements.isSame(right.elements)
  if (left.kind === 'maybe' && right.kind === 'maybe') return left.none === right.none && sameType(left.of, right.of)
  if (left.kind === 'record' && right.kind === 'record') {
    const others = [...right.fields]
    return (
      left.argument === right.argument &&
      left.fields.size === others.length &&
      [...left.fields].every(([name, type], at) => name === others[at]?.[0] && sameType(type, others[at][1]))
    )
  }
  return true
}

/** Numbers of any class as numbers of the widest: what calls pass and give. */
export function widened(type: Type): Type {
  if (type.kind === 'number') return { kind: 'number', number: 'n' }
  if (type.kind === 'maybe') return { ...type, of: widened(type.of) }
  if (type.kind !== 'record') return type
  return { ...type, fields: new Map([...type.fields].map(([name, each]) => [name, widened(each)])) }
}

/** As messages name it. */
export function typeName(type: Type): string {
  switch (type.kind) {
    case 'view':
      return `a ${type.view}`
    case 'list':
      return type.elements.kind === undefined ? 'an array' : `an array of ${type.elements.kind}s`
    case 'record':
      return 'an object'
    case 'maybe':
      return `${typeName(type.of)} or ${type.none}`
    case 'opaque':
    case 'mixed':
      return type.what
    case 'boolean':
    case 'number':
    case 'string':
      return `a ${type.kind}`
    default:
      return type.kind
  }
}

/** A text that is equal for equal types. */
export function typeKey(type: Type): string {
  switch (type.kind) {
    case 'number':
      return type.number
    case 'view':
      return type.view
    case 'list':
      return `[${type.elements.key}]`
    case 'maybe':
      return `${type.none}|${typeKey(type.of)}`
    case 'record':
      return `${type.argument ? 'argument' : ''}{${[...type.fields].map(([name, each]) => `${JSON.stringify(name)}:${typeKey(each)}`).join()}}`
    default:
      return type.kind
  }
}
