// `a.b` and `a[i]`: fields, lengths, elements and characters.
import type { CallExpression, Expression, MemberExpression } from 'acorn'
import { refuseConstruct } from '../check/refuse.ts'
import type { Operand } from '../ir/ir.ts'
import { bytesPerElement, int32Bound } from '../ir/views.ts'
import type { ViewName } from '../ir/views.ts'
import { typeName } from '../types/types.ts'
import { staticConstant } from './builtins.ts'
import { callExpression } from './calls.ts'
import { toCounter, toFloat, toInt32 } from './convert.ts'
import { constant } from './builder.ts'
import type { Lowering, Want } from './lowering.ts'
import { isGlobal } from './names.ts'
import { elementOp, elementOperand, indexOperand, listLength, readAt } from './lists.ts'
import { number } from './operators.ts'
import { fieldName, readField } from './records.ts'
import type { ListValue, NumberValue, Value } from './values.ts'
import { counter, float, int32, numberConstant, string, typeOf, undefinedValue, unknownValue } from './values.ts'

/** Longest that a string can be, with room to spare. */
const MAX_TEXT_LENGTH = 2 ** 30

export function member(l: Lowering, node: MemberExpression, want?: Want): Value {
  const name = fieldName(node)
  if (name !== undefined && node.object.type === 'Identifier' && isGlobal(l, node.object)) {
    const known = staticConstant(node.object.name, name)
    if (known !== undefined) return numberConstant(known)
  }
  const object = node.optional ? l.raw(node.object) : undefined
  if (object?.kind === 'undefined' || object?.kind === 'null') return undefinedValue
  if (object?.kind === 'maybe') return optionalMember(l, object, name, node)
  if (name !== undefined) return property(l, object ?? l.value(node.object), name, node)
  if (!node.computed) return refuseConstruct(l, node.property)
  const place = elementPlace(l, node, undefined)
  return want === 'missing' && (place.kind === 'list' || place.kind === 'string')
    ? readOrMissing(l, place, node)
    : readElement(l, place, node)
}

/** `a?.b`, where `a` may be undefined or null: then so is the whole. */
function optionalMember(
  l: Lowering,
  object: Value & { kind: 'maybe' },
  name: string | undefined,
  node: MemberExpression,
): Value {
  if (name === undefined) return l.refuse('CZ1007', node, '?.[…]', typeName(typeOf(object)))
  const [none, end] = [l.build.label(), l.build.label()]
  l.build.branch(object.given, false, none)
  const value = property(l, object.of, name, node)
  const arms = [{ value, end: l.build.here() }]
  l.build.jump(end)
  l.build.place(none)
  arms.push({ value: undefinedValue, end: l.build.here() })
  const merged = l.merge(arms, node)
  l.build.place(end)
  return merged
}

/** `a?.b` */
export function optionalChain(l: Lowering, node: Expression): Value {
  if (node.type === 'MemberExpression') return member(l, node)
  if (node.type === 'CallExpression') return callExpression(l, node satisfies CallExpression)
  return refuseConstruct(l, node)
}

function property(l: Lowering, object: Value, name: string, node: MemberExpression): Value {
  switch (object.kind) {
    case 'unknown':
      return object
    case 'record':
      return readField(l, object, name, node)
    case 'string':
      if (name === 'length') return textLength(l.build.emit('STR_LENGTH', [object.operand]))
      break
    case 'list':
      if (name === 'length') return listLength(l, object)
      break
    case 'view':
      if (name === 'length') return viewLength(l.build.emit('VIEW_LENGTH', [object.operand]))
      if (name === 'BYTES_PER_ELEMENT') return numberConstant(bytesPerElement(object.view))
      break
    default:
  }
  return l.refuse('CZ1010', node, name, typeName(typeOf(object)))
}

function textLength(operand: Operand): NumberValue {
  return 'value' in operand ? numberConstant(operand.value as number) : int32(operand, MAX_TEXT_LENGTH)
}

function viewLength(operand: Operand): Value {
  return counter(operand, 2 ** 33, true)
}

/** An element of a typed array or a character of a string, before it is read or written. */
export type ElementPlace =
  | { readonly kind: 'view'; readonly view: ViewName; readonly operand: Operand; readonly index: NumberValue }
  | { readonly kind: 'string'; readonly operand: Operand; readonly index: NumberValue }
  | { readonly kind: 'list'; readonly list: ListValue; readonly index: NumberValue }
  | { readonly kind: 'length'; readonly list: ListValue }
  | { readonly kind: 'unknown' }

/** @param later what is evaluated before the element is used */
export function elementPlace(l: Lowering, node: MemberExpression, later: Expression | undefined): ElementPlace {
  if (node.object.type === 'Super' || node.property.type === 'PrivateIdentifier')
    return refuseConstruct(l, node.property)
  const [object = unknownValue, index = unknownValue] = node.computed
    ? l.values([node.object, node.property])
    : [l.value(node.object)]
  const name = fieldName(node)
  if (object.kind === 'unknown' || (index.kind === 'unknown' && node.computed))
    return unknownValue as { kind: 'unknown' }
  if (object.kind === 'list' && name === 'length') return { kind: 'length', list: object }
  if (name !== undefined) return l.refuse('CZ1010', node, name, typeName(typeOf(object)))
  const indexed = object.kind === 'view' || object.kind === 'string' || object.kind === 'list'
  if (!indexed || index.kind !== 'number') {
    const key = index.kind === 'number' ? '' : ` with ${typeName(typeOf(index))}`
    return l.refuse('CZ1010', node, `[…]${key}`, typeName(typeOf(object)))
  }
  const fixed = later !== undefined && l.scopes.writesOf(later).size > 0
  const at = fixed ? (l.snapshot(index) as NumberValue) : index
  const held = fixed ? (l.snapshot(object) as typeof object) : object
  if (held.kind === 'list') return { kind: 'list', list: held, index: at }
  if (held.kind === 'string') return { kind: 'string', operand: held.operand, index: at }
  return { kind: 'view', view: held.view, operand: held.operand, index: at }
}

export function readElement(l: Lowering, place: ElementPlace, node: MemberExpression): Value {
  const { build } = l
  if (place.kind === 'unknown') return unknownValue
  if (place.kind === 'length') return listLength(l, place.list)
  if (place.kind === 'list') return readAt(l, place.list, indexOperand(l, place.index))
  if (place.kind === 'string') return string(build.emit('STR_INDEX', [place.operand, toFloat(build, place.index)]))
  const at = toCounter(build, place.index)
  if (at === undefined) return float(build.emit('VIEW_GET', [place.operand, toFloat(build, place.index)]))
  const bound = int32Bound(place.view)
  if (bound === undefined) return float(build.emit('VIEW_GET_K', [place.operand, at]))
  build.at = l.at(node)
  return int32(build.emit('VIEW_GET_I', [place.operand, at]), bound)
}

/** Undefined where there is no such element; an index that is none gives up. */
function readOrMissing(l: Lowering, place: ElementPlace & { kind: 'list' | 'string' }, node: MemberExpression): Value {
  const { build } = l
  const at = indexOperand(l, place.index)
  const length =
    place.kind === 'list' ? listLength(l, place.list) : textLength(build.emit('STR_LENGTH', [place.operand]))
  const [none, end] = [build.label(), build.label()]
  const index = counter(at, place.index.bound, true)
  build.branch(build.emit('K_LT', [at, toCounter(build, length) ?? at]), false, none)
  build.branch(build.emit('K_LE', [constant('k', 0), at]), false, none)
  const value = readElement(l, { ...place, index }, node)
  const arms = [{ value, end: build.here() }]
  build.jump(end)
  build.place(none)
  arms.push({ value: undefinedValue, end: build.here() })
  const merged = l.merge(arms, node)
  build.place(end)
  return value.kind === 'unknown' ? value : merged
}

/** It stores what is left of the int32 of a number. */
function keepsLowBits(name: ViewName): boolean {
  return /^U?[Ii]nt(8|16|32)Array$/.test(name)
}

export function writeElement(l: Lowering, place: ElementPlace, value: Value, node: MemberExpression): void {
  if (place.kind === 'unknown' || value.kind === 'unknown') return
  if (place.kind === 'string') return l.refuse('CZ1007', node, 'an assignment to a character', 'a string')
  const { build } = l
  if (place.kind === 'list') {
    const element = elementOperand(l, place.list, value, node)
    const index = indexOperand(l, place.index)
    if (element !== undefined) build.act(elementOp(place.list.elements, 'PUT'), [place.list.operand, index, element])
    return
  }
  const stored = number(l, l.given(value), node, '=')
  if (place.kind === 'length') return build.act('LIST_RESIZE', [place.list.operand, indexOperand(l, stored)])
  const at = toCounter(build, place.index)
  if (at === undefined) {
    return build.act('VIEW_SET', [place.operand, toFloat(build, place.index), toFloat(build, stored)])
  }
  if (keepsLowBits(place.view) || (place.view === 'Uint8ClampedArray' && stored.form === 'i')) {
    return build.act('VIEW_SET_I', [place.operand, at, toInt32(build, stored)])
  }
  build.act('VIEW_SET_K', [place.operand, at, toFloat(build, stored)])
}
