// What an expression has become: its static type, and the registers or constants that hold it.
import type { ListRegister, Operand, Register, RegisterType } from '../ir/ir.ts'
import { isConstant } from '../ir/ir.ts'
import type { ViewName } from '../ir/views.ts'
import { viewKind } from '../ir/views.ts'
import type { Elements } from '../types/elements.ts'
import type { Type } from '../types/types.ts'
import { unknownType } from '../types/types.ts'
import type { Builder } from './builder.ts'
import { constant } from './builder.ts'

export interface NumberValue {
  readonly kind: 'number'
  /** `u`: an int32 register with the bits of a uint32. */
  readonly form: 'n' | 'i' | 'u' | 'k'
  readonly operand: Operand
  /** Whole numbers are at most this far from 0. */
  readonly bound: number
  /** A counter that may be kept in a variable: it grows by small steps only. */
  readonly steady: boolean
}

/** An array: which one it is, so that what is done to it is seen under all its names. */
export interface ListValue {
  readonly kind: 'list'
  readonly elements: Elements
  readonly operand: Operand
}

export type Value =
  | NumberValue
  | { readonly kind: 'boolean'; readonly operand: Operand }
  | { readonly kind: 'string'; readonly operand: Operand }
  | { readonly kind: 'view'; readonly view: ViewName; readonly operand: Operand }
  | ListValue
  | { readonly kind: 'record'; readonly fields: ReadonlyMap<string, Value>; readonly argument: boolean }
  /** `given` says whether it is `of`, or else undefined or null. */
  | { readonly kind: 'maybe'; readonly given: Operand; readonly of: Value; readonly none: 'undefined' | 'null' }
  | { readonly kind: 'undefined' | 'null' | 'unknown' }
  | { readonly kind: 'opaque'; readonly what: string }

export type RecordValue = Value & { readonly kind: 'record' }
export type MaybeValue = Value & { readonly kind: 'maybe' }

export const unknownValue: Value = { kind: 'unknown' }
export const undefinedValue: Value = { kind: 'undefined' }

/**
 * Counters begin within 2^33 and each instruction moves one by at most MAX_STEP: to come near this bound they would have to
 * run for weeks.
 */
export const COUNTER_BOUND: number = 2 ** 50
export const MAX_STEP = 16

export const float = (operand: Operand): NumberValue => ({
  kind: 'number',
  form: 'n',
  operand,
  bound: Infinity,
  steady: false,
})
export const int32 = (operand: Operand, bound: number = 2 ** 31): NumberValue => ({
  kind: 'number',
  form: 'i',
  operand,
  bound,
  steady: false,
})
export const uint32 = (operand: Operand): NumberValue => ({
  kind: 'number',
  form: 'u',
  operand,
  bound: 2 ** 32,
  steady: false,
})
export const counter = (operand: Operand, bound: number, steady: boolean): NumberValue => ({
  kind: 'number',
  form: 'k',
  operand,
  bound,
  steady,
})
export const boolean = (operand: Operand): Value => ({ kind: 'boolean', operand })
export const string = (operand: Operand): Value => ({ kind: 'string', operand })
export const list = (elements: Elements, operand: Operand): ListValue => ({ kind: 'list', elements, operand })
export const view = (name: ViewName, operand: Operand): Value => ({ kind: 'view', view: name, operand })

export function numberConstant(value: number): NumberValue {
  const whole = (value | 0) === value && !Object.is(value, -0)
  return whole ? int32(constant('i', value), Math.abs(value)) : float(constant('n', value))
}
export const stringConstant = (value: string): Value => string(constant('s', value))
export const booleanConstant = (value: boolean): Value => boolean(constant('b', value))

/** The number, when it is known now. */
export function knownNumber(value: Value): number | undefined {
  if (value.kind !== 'number' || !isConstant(value.operand)) return undefined
  const known = value.operand.value as number
  return value.form === 'u' ? known >>> 0 : known
}

/** A result of the builder, which folds: constants are numbers of the narrowest kind. */
export function numberOf(operand: Operand): NumberValue {
  if (isConstant(operand)) return numberConstant(operand.value as number)
  return operand.type === 'i' ? int32(operand) : float(operand)
}

/** The type of registers for such an array; while its elements are not known, any. */
export function listRegister({ kind = 'number' }: Elements): ListRegister {
  return ({ number: 'N', boolean: 'B', string: 'S' } as const)[kind]
}

export function typeOf(value: Value): Type {
  switch (value.kind) {
    case 'number':
      return { kind: 'number', number: classOf(value) }
    case 'view':
      return { kind: 'view', view: value.view }
    case 'list':
      return { kind: 'list', elements: value.elements }
    case 'record':
      return { ...value, fields: new Map([...value.fields].map(([name, each]) => [name, typeOf(each)])) }
    case 'maybe':
      return { kind: 'maybe', of: typeOf(value.of), none: value.none }
    case 'unknown':
      return unknownType
    case 'opaque':
      return value
    default:
      return { kind: value.kind }
  }
}

function classOf(value: NumberValue): 'c' | 'i' | 'u' | 'k' | 'n' {
  const known = knownNumber(value)
  if (value.form === 'i' && known !== undefined && known >= 0) return 'c'
  if (value.form === 'k') return value.steady ? 'k' : 'n'
  return value.form
}

/** Registers for a variable of the type; undefined for types that have none. */
export function storageOf(type: Type, build: Builder, name: string): Value {
  const register = (of: RegisterType): Register => build.register(of, name)
  switch (type.kind) {
    case 'number':
      if (type.number === 'n') return float(register('n'))
      if (type.number === 'k') return counter(register('k'), COUNTER_BOUND, true)
      return type.number === 'u' ? uint32(register('i')) : int32(register('i'))
    case 'boolean':
      return boolean(register('b'))
    case 'string':
      return string(register('s'))
    case 'view':
      return view(type.view, register(`v${viewKind(type.view)}`))
    case 'list':
      return list(type.elements, register(listRegister(type.elements)))
    case 'record': {
      const fields = [...type.fields].map(
        ([field, each]) => [field, storageOf(each, build, name === '' ? '' : `${name}.${field}`)] as const,
      )
      return { kind: 'record', fields: new Map(fields), argument: type.argument }
    }
    case 'maybe':
      return {
        kind: 'maybe',
        given: register('b'),
        of: storageOf(type.of, build, name),
        none: type.none,
      }
    case 'unknown':
    case 'undefined':
    case 'null':
      return { kind: type.kind }
    default:
      return { kind: 'opaque', what: type.what }
  }
}

/** All registers and constants of a value, in the order of its fields. */
export function operandsOf(value: Value): Operand[] {
  switch (value.kind) {
    case 'number':
    case 'boolean':
    case 'string':
    case 'view':
    case 'list':
      return [value.operand]
    case 'record':
      return [...value.fields.values()].flatMap(operandsOf)
    case 'maybe':
      return [value.given, ...operandsOf(value.of)]
    default:
      return []
  }
}

/** The value with other operands, in the order of `operandsOf`. */
export function withOperands(value: Value, operands: Iterator<Operand>): Value {
  const next = (): Operand => operands.next().value as Operand
  switch (value.kind) {
    case 'number':
    case 'boolean':
    case 'string':
    case 'view':
    case 'list':
      return { ...value, operand: next() }
    case 'record': {
      const fields = [...value.fields].map(([name, each]) => [name, withOperands(each, operands)] as const)
      return { ...value, fields: new Map(fields) }
    }
    case 'maybe': {
      const given = next()
      return { ...value, given, of: withOperands(value.of, operands) }
    }
    default:
      return value
  }
}
