// From one type to another, as JavaScript's own conversions do it.
import type { Operand, Register, RegisterType } from '../ir/ir.ts'
import { isConstant } from '../ir/ir.ts'
import { viewKind } from '../ir/views.ts'
import type { Type } from '../types/types.ts'
import type { Builder } from './builder.ts'
import { constant } from './builder.ts'
import type { NumberValue, Value } from './values.ts'
import { float, int32, listRegister, numberOf, operandsOf, storageOf, withOperands } from './values.ts'

/** As a double. */
export function toFloat(build: Builder, value: NumberValue): Operand {
  if (value.form === 'n') return value.operand
  return build.emit(({ i: 'F64_FROM_I32', u: 'F64_FROM_U32', k: 'F64_FROM_K' } as const)[value.form], [value.operand])
}

/** ToInt32. */
export function toInt32(build: Builder, value: NumberValue): Operand {
  if (value.form === 'i' || value.form === 'u') return value.operand
  return build.emit(value.form === 'k' ? 'I32_FROM_K' : 'I32_FROM_F64', [value.operand])
}

/** As a counter; undefined for numbers that cannot be one. */
export function toCounter(build: Builder, value: NumberValue): Operand | undefined {
  if (value.form === 'k') return value.operand
  return value.form === 'i' ? build.emit('K_FROM_I32', [value.operand]) : undefined
}

/** ToNumber; undefined where objects would be asked for their primitive value. */
export function toNumber(build: Builder, value: Value): NumberValue | undefined {
  switch (value.kind) {
    case 'number':
      return value
    case 'boolean':
      return int32(build.emit('I32_FROM_BOOL', [value.operand]), 1)
    case 'string':
      return numberOf(build.emit('F64_FROM_STR', [value.operand]))
    case 'undefined':
      return float(constant('n', NaN))
    case 'null':
    case 'unknown':
      return int32(constant('i', 0), 0)
    default:
      return undefined
  }
}

/** ToString; undefined for objects. */
export function toText(build: Builder, value: Value): Operand | undefined {
  switch (value.kind) {
    case 'string':
      return value.operand
    case 'number':
      return value.form === 'i'
        ? build.emit('STR_FROM_I32', [value.operand])
        : build.emit('STR_FROM_F64', [toFloat(build, value)])
    case 'boolean':
      return build.emit('STR_FROM_BOOL', [value.operand])
    case 'undefined':
    case 'null':
      return constant('s', value.kind)
    case 'list':
      return build.emit('LIST_JOIN', [value.operand, constant('s', ',')])
    case 'unknown':
      return constant('s', '')
    default:
      return undefined
  }
}

/** ToBoolean. */
export function toBoolean(build: Builder, value: Value): Operand {
  switch (value.kind) {
    case 'boolean':
      return value.operand
    case 'number':
      if (value.form === 'i' || value.form === 'u') return build.emit('BOOL_FROM_I32', [value.operand])
      return build.emit('BOOL_FROM_F64', [toFloat(build, value)])
    case 'string':
      return build.emit('BOOL_FROM_STR', [value.operand])
    case 'undefined':
    case 'null':
      return constant('b', false)
    case 'unknown':
      // both ways are looked at, until the type is known
      return build.register('b')
    default:
      return constant('b', true)
  }
}

/** Puts a value into the registers of a variable, whose type it fits. */
export function store(build: Builder, storage: Value, value: Value): void {
  if (value.kind === 'unknown') return
  if (storage.kind === 'maybe') return storeMaybe(build, storage, value)
  if (storage.kind === 'number') {
    if (value.kind === 'number') build.move(storage.operand as Register, inForm(build, value, storage.form))
    return
  }
  if (storage.kind === 'record' && value.kind === 'record') {
    for (const [name, each] of storage.fields) store(build, each, value.fields.get(name) ?? { kind: 'unknown' })
    return
  }
  const [to] = operandsOf(storage)
  const [from] = operandsOf(value)
  if (to !== undefined && from !== undefined && to.type === from.type) build.move(to as Register, from)
}

function storeMaybe(build: Builder, storage: Value & { kind: 'maybe' }, value: Value): void {
  if (value.kind === 'maybe') {
    build.move(storage.given as Register, value.given)
    return store(build, storage.of, value.of)
  }
  const given = value.kind !== storage.none
  build.move(storage.given as Register, constant('b', given))
  if (given) return store(build, storage.of, value)
  for (const each of operandsOf(storage.of)) build.move(each as Register, nothing(build, each.type))
}

/** Something of a type, where nobody looks at it. */
function nothing(build: Builder, type: RegisterType): Operand {
  const value = ({ n: 0, i: 0, k: 0, b: false, s: '' } as const)[type as 'n']
  if (value !== undefined) return constant(type, value)
  if (type === 'N' || type === 'B' || type === 'S') return build.emit('LIST_NEW', [constant('k', 0)], type)
  return build.emit('VIEW_NEW', [constant('n', 0)], type)
}

/** The registers and constants of a value as one of the type, whose numbers are of the widest class. */
export function fitted(build: Builder, value: Value, type: Type): Operand[] {
  if (type.kind === 'maybe') {
    if (value.kind === 'maybe') return [value.given, ...fitted(build, value.of, type.of)]
    const given = value.kind !== type.none
    const of = given
      ? fitted(build, value, type.of)
      : operandsOf(storageOf(type.of, build, '')).map((each) => nothing(build, each.type))
    return [constant('b', given), ...of]
  }
  if (value.kind === 'number') return [toFloat(build, value)]
  if (value.kind !== 'record' || type.kind !== 'record') return operandsOf(value)
  return [...type.fields].flatMap(([name, each]) => fitted(build, value.fields.get(name) ?? { kind: 'unknown' }, each))
}

function inForm(build: Builder, value: NumberValue, form: NumberValue['form']): Operand {
  if (form === 'n') return toFloat(build, value)
  if (form === 'k') return toCounter(build, value) ?? value.operand
  return toInt32(build, value)
}

/** The value in registers of its own, which no assignment to a variable changes. */
export function snapshot(build: Builder, value: Value): Value {
  const copies = operandsOf(value).map((each) => {
    if (isConstant(each) || each.name === '') return each
    const copy = build.register(each.type)
    build.move(copy, each)
    return copy
  })
  return withOperands(value, copies.values())
}

/** The types of the registers that a value of the type takes. */
export function storageRegisters(type: Type): RegisterType[] {
  switch (type.kind) {
    case 'number':
      return ['n']
    case 'boolean':
      return ['b']
    case 'string':
      return ['s']
    case 'view':
      return [`v${viewKind(type.view)}`]
    case 'list':
      return [listRegister(type.elements)]
    case 'record':
      return [...type.fields.values()].flatMap(storageRegisters)
    case 'maybe':
      return ['b', ...storageRegisters(type.of)]
    default:
      return []
  }
}
