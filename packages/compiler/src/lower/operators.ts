// The operators of numbers, strings and booleans, on values.
import type { AnyNode } from 'acorn'
import type { Operand } from '../ir/ir.ts'
import { isConstant } from '../ir/ir.ts'
import type { OpName } from '../ir/opcodes.generated.ts'
import { typeName } from '../types/types.ts'
import { constant } from './builder.ts'
import { toCounter, toFloat, toInt32, toNumber, toText } from './convert.ts'
import type { Lowering, Want } from './lowering.ts'
import type { ListValue, MaybeValue, NumberValue, Value } from './values.ts'
import {
  boolean,
  counter,
  float,
  int32,
  knownNumber,
  listRegister,
  MAX_STEP,
  numberConstant,
  numberOf,
  string,
  typeOf,
  uint32,
  unknownValue,
} from './values.ts'

const MAX_EXACT = 2 ** 53
/** Whole numbers within this did not grow from turn to turn of a loop. */
const STEADY_BOUND = 2 ** 34

export function binary(l: Lowering, operator: string, left: Value, right: Value, node: AnyNode, want: Want): Value {
  if (left.kind === 'unknown' || right.kind === 'unknown') return unknownValue
  if (operator === '+' && (left.kind === 'string' || right.kind === 'string')) {
    return string(l.build.emit('STR_CONCAT', [text(l, left, node), text(l, right, node)]))
  }
  if (comparisons.has(operator)) return compare(l, operator, left, right, node)
  const a = number(l, left, node, operator)
  const b = number(l, right, node, operator)
  return arithmetic(l, operator, a, b, want) ?? l.refuse('CZ1007', node, operator, 'these values')
}

function arithmetic(l: Lowering, operator: string, a: NumberValue, b: NumberValue, want: Want): Value | undefined {
  switch (operator) {
    case '+':
    case '-':
      return sum(l, operator, a, b, want)
    case '*':
      return product(l, a, b, want)
    case '/':
      return floats(l, 'F64_DIV', a, b)
    case '%':
      return floats(l, 'F64_MOD', a, b)
    case '**':
      return floats(l, 'F64_POW', a, b)
    case '|':
    case '&':
    case '^':
      return bits(l, operator, a, b)
    default:
      return shift(l, operator, a, b)
  }
}

function floats(l: Lowering, op: OpName, a: NumberValue, b: NumberValue): NumberValue {
  return numberOf(l.build.emit(op, [toFloat(l.build, a), toFloat(l.build, b)]))
}

function sum(l: Lowering, operator: '+' | '-', a: NumberValue, b: NumberValue, want: Want): NumberValue {
  const { build } = l
  const bound = a.bound + b.bound
  if (a.form !== 'n' && b.form !== 'n' && bound < MAX_EXACT) {
    if (want === 'int32') {
      return int32(build.emit(operator === '+' ? 'I32_ADD' : 'I32_SUB', [toInt32(build, a), toInt32(build, b)]))
    }
    if (a.form !== 'u' && b.form !== 'u') {
      const operands = [toCounter(build, a), toCounter(build, b)] as Operand[]
      const result = build.emit(operator === '+' ? 'K_ADD' : 'K_SUB', operands)
      if (isConstant(result)) return numberConstant(result.value as number)
      return counter(result, bound, bound <= STEADY_BOUND || isStep(a, b) || (operator === '+' && isStep(b, a)))
    }
  }
  return floats(l, operator === '+' ? 'F64_ADD' : 'F64_SUB', a, b)
}

function isStep(from: NumberValue, step: NumberValue): boolean {
  return (from.steady || from.form === 'i') && Math.abs(knownNumber(step) ?? Infinity) <= MAX_STEP
}

function product(l: Lowering, a: NumberValue, b: NumberValue, want: Want): NumberValue {
  // the bound keeps the product exact; as an int32, -0 is 0
  if (want === 'int32' && a.form !== 'n' && b.form !== 'n' && a.bound * b.bound < MAX_EXACT) {
    return int32(l.build.emit('I32_MUL', [toInt32(l.build, a), toInt32(l.build, b)]))
  }
  return floats(l, 'F64_MUL', a, b)
}

function bits(l: Lowering, operator: '|' | '&' | '^', a: NumberValue, b: NumberValue): NumberValue {
  const { build } = l
  const [left, right] = [toInt32(build, a), toInt32(build, b)]
  if (operator === '|' && isConstant(right) && right.value === 0) return wrapped(left, a)
  if (operator === '|' && isConstant(left) && left.value === 0) return wrapped(right, b)
  const result = build.emit(({ '|': 'I32_OR', '&': 'I32_AND', '^': 'I32_XOR' } as const)[operator], [left, right])
  if (isConstant(result)) return numberConstant(result.value as number)
  const masks = [left, right].flatMap((each) =>
    isConstant(each) && Number(each.value) >= 0 ? [Number(each.value)] : [],
  )
  return operator === '&' && masks.length > 0 ? int32(result, Math.min(...masks)) : int32(result)
}

/** The int32 of a number of which it is known. */
function wrapped(operand: Operand, from: NumberValue): NumberValue {
  if (isConstant(operand)) return numberConstant(operand.value as number)
  return int32(operand, Math.min(from.form === 'i' ? from.bound : Infinity, 2 ** 31))
}

function shift(l: Lowering, operator: string, a: NumberValue, b: NumberValue): NumberValue | undefined {
  const op = ({ '<<': 'I32_SHL', '>>': 'I32_SHR', '>>>': 'I32_USHR' } as const)[operator]
  if (op === undefined) return undefined
  const left = toInt32(l.build, a)
  const by = knownNumber(b)
  const places = by === undefined ? 0 : by & 31
  if (by !== undefined && places === 0) return op === 'I32_USHR' ? unsigned(left) : wrapped(left, a)
  const result = l.build.emit(op, [left, toInt32(l.build, b)])
  if (op === 'I32_USHR') return places === 0 ? unsigned(result) : bounded(result, 2 ** (32 - places))
  return op === 'I32_SHR' ? bounded(result, 2 ** (31 - places)) : bounded(result, 2 ** 31)
}

function unsigned(operand: Operand): NumberValue {
  return isConstant(operand) ? numberConstant((operand.value as number) >>> 0) : uint32(operand)
}

function bounded(operand: Operand, bound: number): NumberValue {
  return isConstant(operand) ? numberConstant(operand.value as number) : int32(operand, bound)
}

const comparisons = new Set(['<', '>', '<=', '>=', '==', '!=', '===', '!=='])

function compare(l: Lowering, operator: string, left: Value, right: Value, node: AnyNode): Value {
  if (operator.startsWith('=') || operator.startsWith('!')) {
    const equal = equality(l, operator, left, right, node)
    return operator.startsWith('!') ? boolean(l.build.emit('BOOL_NOT', [equal])) : boolean(equal)
  }
  const [a, b] = operator.startsWith('>') ? [right, left] : [left, right]
  const orEqual = operator.endsWith('=')
  if (a.kind === 'string' && b.kind === 'string') {
    // a <= b: b is not before a
    if (!orEqual) return boolean(l.build.emit('STR_LT', [a.operand, b.operand]))
    return boolean(l.build.emit('BOOL_NOT', [l.build.emit('STR_LT', [b.operand, a.operand])]))
  }
  if (a.kind === 'string' || b.kind === 'string') return refuseTypes(l, operator, left, right, node)
  return boolean(ordered(l, orEqual ? 'LE' : 'LT', number(l, a, node, operator), number(l, b, node, operator)))
}

function ordered(l: Lowering, order: 'LT' | 'LE' | 'EQ', a: NumberValue, b: NumberValue): Operand {
  const { build } = l
  if (a.form === 'i' && b.form === 'i') return build.emit(`I32_${order}`, [a.operand, b.operand])
  if (order === 'EQ' && a.form === 'u' && b.form === 'u') return build.emit('I32_EQ', [a.operand, b.operand])
  if (/[ik]/.test(a.form) && /[ik]/.test(b.form)) {
    return build.emit(`K_${order}`, [toCounter(build, a), toCounter(build, b)] as Operand[])
  }
  return build.emit(`F64_${order}`, [toFloat(build, a), toFloat(build, b)])
}

function equality(l: Lowering, operator: string, left: Value, right: Value, node: AnyNode): Operand {
  const loose = operator.length === 2
  if (isNone(left) || isNone(right)) return noneEquality(l, loose, left, right)
  if (left.kind === 'maybe') return maybeEquality(l, operator, left, right, node)
  if (right.kind === 'maybe') return maybeEquality(l, operator, right, left, node)
  if (left.kind === 'number' && right.kind === 'number') return ordered(l, 'EQ', left, right)
  if (left.kind === 'string' && right.kind === 'string') return l.build.emit('STR_EQ', [left.operand, right.operand])
  if (left.kind === 'list' && right.kind === 'list') return sameList(l, left, right)
  if (left.kind === 'boolean' && right.kind === 'boolean') return l.build.emit('BOOL_EQ', [left.operand, right.operand])
  if (isPrimitive(left) && isPrimitive(right) && !loose) return constant('b', false)
  if (isPrimitive(left) !== isPrimitive(right) && !loose) return constant('b', false)
  return refuseTypes(l, operator, left, right, node)
}

/** What is missing equals only what is missing too. */
function maybeEquality(l: Lowering, operator: string, left: MaybeValue, right: Value, node: AnyNode): Operand {
  const { build } = l
  const [result, end] = [build.register('b'), build.label()]
  const other = right.kind === 'maybe' ? right.of : right
  const alike = right.kind === 'maybe' && (operator.length === 2 || left.none === right.none)
  build.move(result, constant('b', false))
  if (right.kind === 'maybe') build.branch(build.emit('BOOL_EQ', [left.given, right.given]), false, end)
  build.move(result, constant('b', alike))
  build.branch(left.given, false, end)
  build.move(result, equality(l, operator, left.of, other, node))
  build.place(end)
  return result
}

function sameList(l: Lowering, left: ListValue, right: ListValue): Operand {
  const [a, b] = [listRegister(left.elements), listRegister(right.elements)]
  return a === b ? l.build.emit('LIST_SAME', [left.operand, right.operand]) : constant('b', false)
}

function isNone(value: Value): boolean {
  return value.kind === 'undefined' || value.kind === 'null'
}

function isPrimitive(value: Value): boolean {
  return value.kind === 'number' || value.kind === 'string' || value.kind === 'boolean'
}

function noneEquality(l: Lowering, loose: boolean, left: Value, right: Value): Operand {
  const [none, other] = isNone(left) ? [left, right] : [right, left]
  if (isNone(other)) return constant('b', loose || none.kind === other.kind)
  if (other.kind !== 'maybe' || !(loose || other.none === none.kind)) return constant('b', false)
  return l.build.emit('BOOL_NOT', [other.given])
}

function refuseTypes(l: Lowering, operator: string, left: Value, right: Value, node: AnyNode): never {
  return l.refuse('CZ1007', node, operator, `${typeName(typeOf(left))} and ${typeName(typeOf(right))}`)
}

/** ToNumber, or a blocker. */
export function number(l: Lowering, value: Value, node: AnyNode, operator: string): NumberValue {
  return toNumber(l.build, value) ?? l.refuse('CZ1007', node, operator, typeName(typeOf(value)))
}

/** ToString, or a blocker. */
export function text(l: Lowering, value: Value, node: AnyNode, operator = 'the text'): Operand {
  return toText(l.build, value) ?? l.refuse('CZ1007', node, operator, typeName(typeOf(value)))
}

export function negative(l: Lowering, value: NumberValue, want: Want): NumberValue {
  const known = knownNumber(value)
  if (known !== undefined) return numberConstant(-known)
  if (want === 'int32' && value.form !== 'n') {
    return int32(l.build.emit('I32_SUB', [constant('i', 0), toInt32(l.build, value)]))
  }
  return float(l.build.emit('F64_NEG', [toFloat(l.build, value)]))
}

export function inverted(l: Lowering, value: NumberValue): NumberValue {
  return bounded(l.build.emit('I32_NOT', [toInt32(l.build, value)]), 2 ** 31)
}

/** What `typeof` gives; undefined when that is not known. */
export function typeofName(value: Value): string | undefined {
  switch (value.kind) {
    case 'number':
    case 'string':
    case 'boolean':
    case 'undefined':
      return value.kind
    case 'null':
    case 'record':
    case 'view':
    case 'list':
      return 'object'
    default:
      return undefined
  }
}
