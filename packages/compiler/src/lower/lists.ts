// Arrays: literals, elements, and what of them is an operation of its own.
import type { AnyNode, ArrayExpression, Expression, SpreadElement } from 'acorn'
import type { Operand } from '../ir/ir.ts'
import type { OpName } from '../ir/opcodes.generated.ts'
import type { Elements } from '../types/elements.ts'
import { elementsOf } from '../types/elements.ts'
import { typeName } from '../types/types.ts'
import { constant } from './builder.ts'
import { toCounter, toFloat } from './convert.ts'
import type { Lowering } from './lowering.ts'
import type { ListValue, NumberValue, Value } from './values.ts'
import { boolean, counter, float, list, listRegister, string, typeOf, unknownValue } from './values.ts'

/** Elements that an array can have, with room to spare. */
const MAX_LENGTH = 2 ** 33

type ElementOperation = 'GET' | 'PUT' | 'PUSH' | 'FILL' | 'INDEX_OF' | 'LAST_INDEX_OF'

/** The operation on elements of this kind. */
export function elementOp(elements: Elements, op: ElementOperation): OpName {
  return `${listRegister(elements)}LIST_${op}`
}

export function arrayLiteral(l: Lowering, node: ArrayExpression): Value {
  return listOf(l, node.elements, node)
}

/** A new array of these, which begins at `node`. */
export function listOf(l: Lowering, parts: ArrayExpression['elements'], node: AnyNode): Value {
  const made = emptyList(l, l.elements(node), parts.length)
  for (const each of parts) {
    if (each === null) return l.refuse('CZ1006', node, 'an array with holes')
    add(l, made, each)
  }
  return made
}

/** A new array without elements. */
export function emptyList(l: Lowering, elements: Elements, room = 0): ListValue {
  return list(elements, l.build.emit('LIST_NEW', [constant('k', room)], listRegister(elements)))
}

/** Evaluates one part of a literal, and puts it at the end. */
function add(l: Lowering, made: ListValue, part: Expression | SpreadElement): void {
  if (part.type !== 'SpreadElement') return push(l, made, l.value(part), part)
  const spread = spreadList(l, l.value(part.argument), part)
  if (spread !== undefined) append(l, made, spread, part)
}

/** What `...value` stands for; undefined while that is not known. */
export function spreadList(l: Lowering, value: Value, node: AnyNode): ListValue | undefined {
  if (value.kind === 'unknown') return undefined
  if (value.kind === 'list') return value
  if (value.kind !== 'string') return l.refuse('CZ1007', node, '...', typeName(typeOf(value)))
  return pointsOf(l, value.operand)
}

/** The code points of a text. */
export function pointsOf(l: Lowering, text: Operand): ListValue {
  return list(elementsOf.string, l.build.emit('STR_POINTS', [text], 'S'))
}

export function push(l: Lowering, to: ListValue, value: Value, node: AnyNode): void {
  const element = elementOperand(l, to, value, node)
  if (element !== undefined) l.build.act(elementOp(to.elements, 'PUSH'), [to.operand, element])
}

/** Puts the elements of `from` behind those of `to`. */
export function append(l: Lowering, to: ListValue, from: ListValue, node: AnyNode): void {
  unite(l, to, from, node)
  l.build.act('LIST_INSERT', [to.operand, lengthOf(l, to), from.operand])
}

/** From here on both have elements of one kind. */
export function unite(l: Lowering, one: ListValue, other: ListValue, node: AnyNode): void {
  if (!one.elements.unite(other.elements)) l.refuse('CZ1011', node, typeName(typeOf(one)), typeName(typeOf(other)))
}

/** The value as an element of the array: what its elements are is learnt from it. Undefined while it is not known. */
export function elementOperand(l: Lowering, of: ListValue, value: Value, node: AnyNode): Operand | undefined {
  const element = l.given(value)
  if (element.kind === 'unknown') return undefined
  const fits = element.kind === 'number' || element.kind === 'boolean' || element.kind === 'string'
  if (!fits || !of.elements.learn(element.kind)) {
    return l.refuse('CZ1011', node, typeName(typeOf(of)), typeName(typeOf(element)))
  }
  return element.kind === 'number' ? toFloat(l.build, element) : element.operand
}

/** A register of an element's type as a value. */
export function elementValue({ kind }: Elements, operand: Operand): Value {
  if (kind === undefined) return unknownValue
  return { number: float, boolean, string }[kind](operand)
}

/** Inside of the array, or it gives up. */
export function readAt(l: Lowering, from: ListValue, at: Operand): Value {
  if (from.elements.kind === undefined) return unknownValue
  return elementValue(from.elements, l.build.emit(elementOp(from.elements, 'GET'), [from.operand, at]))
}

/** A number as an index: what is none gives up. */
export function indexOperand(l: Lowering, index: NumberValue): Operand {
  return toCounter(l.build, index) ?? l.build.emit('K_INDEX', [toFloat(l.build, index)])
}

export function lengthOf(l: Lowering, of: ListValue): Operand {
  return l.build.emit('LIST_LENGTH', [of.operand])
}

export function listLength(l: Lowering, of: ListValue): NumberValue {
  return counter(lengthOf(l, of), MAX_LENGTH, true)
}

export function slice(l: Lowering, of: ListValue, from: Operand, to: Operand): ListValue {
  return list(of.elements, l.build.emit('LIST_SLICE', [of.operand, from, to], listRegister(of.elements)))
}

/** Another array with the same elements. */
export function copy(l: Lowering, of: ListValue): ListValue {
  return slice(l, of, constant('n', 0), constant('n', Infinity))
}
