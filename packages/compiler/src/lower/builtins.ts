// Functions and constants of Math, Number, Object, Date and String, and those without an object: one table, which the
// documentation is written from.
import type { CallExpression } from 'acorn'
import type { Operand } from '../ir/ir.ts'
import { isConstant } from '../ir/ir.ts'
import type { OpName } from '../ir/opcodes.generated.ts'
import { constant } from './builder.ts'
import { toCounter, toFloat, toInt32 } from './convert.ts'
import type { Lowering } from './lowering.ts'
import { number, text } from './operators.ts'
import type { NumberValue, Value } from './values.ts'
import {
  boolean,
  booleanConstant,
  counter,
  float,
  int32,
  numberConstant,
  numberOf,
  string,
  stringConstant,
  undefinedValue,
} from './values.ts'

/** One call of a built-in, with its values. */
export interface BuiltinCall {
  readonly l: Lowering
  readonly args: readonly Value[]
  readonly node: CallExpression
  readonly name: string
}

export interface Builtin {
  /** The conditions under which it is compiled, for the documentation. */
  readonly conditions?: string
  lower(call: BuiltinCall): Value
}

const numeric = ({ l, args, node, name }: BuiltinCall, index: number): NumberValue =>
  number(l, args[index] ?? undefinedValue, node, name)
const double = (call: BuiltinCall, index: number): Operand => toFloat(call.l.build, numeric(call, index))

const unary = (op: OpName): Builtin => ({ lower: (call) => numberOf(call.l.build.emit(op, [double(call, 0)])) })

/** Whole numbers stay as they are. */
const rounding = (op: OpName): Builtin => ({
  lower: (call) => {
    const value = numeric(call, 0)
    return value.form === 'n' ? numberOf(call.l.build.emit(op, [value.operand])) : value
  },
})

const extreme = (order: 'MIN' | 'MAX', empty: number): Builtin => ({
  lower: (call) => {
    const { build } = call.l
    const [first = numberConstant(empty), ...more] = call.args.map((_, index) => numeric(call, index))
    return more.reduce((before, each) => {
      const [a, b] = [toCounter(build, before), toCounter(build, each)]
      if (a !== undefined && b !== undefined) return counted(build.emit(`K_${order}`, [a, b]), before, each)
      return numberOf(build.emit(`F64_${order}`, [toFloat(build, before), toFloat(build, each)]))
    }, first)
  },
})

/** One of two whole numbers, or the size of one: no further from 0 than they are. */
function counted(operand: Operand, ...from: readonly NumberValue[]): NumberValue {
  if (isConstant(operand)) return numberConstant(operand.value as number)
  const bound = Math.max(...from.map((each) => each.bound))
  return counter(
    operand,
    bound,
    from.every(({ form, steady }) => form === 'i' || steady),
  )
}

const absolute: Builtin = {
  lower: (call) => {
    const { build } = call.l
    const value = numeric(call, 0)
    const whole = toCounter(build, value)
    if (whole === undefined) return numberOf(build.emit('F64_ABS', [toFloat(build, value)]))
    const other = build.emit('K_SUB', [constant('k', 0), whole])
    return counted(build.emit('K_MAX', [whole, other]), value)
  },
}

/** Without conversion: what is no number is not NaN, not finite, not whole. */
const question = (op: OpName): Builtin => ({
  lower: (call) => {
    const [value = undefinedValue] = call.args
    if (value.kind !== 'number') return booleanConstant(false)
    return boolean(call.l.build.emit(op, [toFloat(call.l.build, value)]))
  },
})

const parseInt10: Builtin = {
  lower: (call) => {
    const { l, args, node, name } = call
    const subject = text(l, args[0] ?? undefinedValue, node, name)
    return numberOf(
      l.build.emit('F64_PARSE_INT', [subject, args[1] === undefined ? constant('n', 0) : double(call, 1)]),
    )
  },
}

const parseDecimal: Builtin = {
  lower: ({ l, args, node, name }) =>
    numberOf(l.build.emit('F64_PARSE_FLOAT', [text(l, args[0] ?? undefinedValue, node, name)])),
}

const hypot: Builtin = {
  conditions: 'of at most two numbers',
  lower: (call) => {
    const { l, args, node, name } = call
    if (args.length === 0) return numberConstant(0)
    if (args.length === 1) return numberOf(l.build.emit('F64_ABS', [double(call, 0)]))
    if (args.length > 2) return l.refuse('CZ1011', node, name, 'more than two numbers')
    return numberOf(l.build.emit('F64_HYPOT', [double(call, 0), double(call, 1)]))
  },
}

const imul: Builtin = {
  lower: (call) => {
    const [a, b] = [toInt32(call.l.build, numeric(call, 0)), toInt32(call.l.build, numeric(call, 1))]
    return numberOf(call.l.build.emit('I32_MUL', [a, b]))
  },
}

const clz32: Builtin = {
  lower: (call) => {
    const result = call.l.build.emit('I32_CLZ', [toInt32(call.l.build, numeric(call, 0))])
    return 'value' in result ? numberOf(result) : int32(result, 32)
  },
}

const binary = (op: OpName): Builtin => ({
  lower: (call) => numberOf(call.l.build.emit(op, [double(call, 0), double(call, 1)])),
})

const fromCharCode: Builtin = {
  lower: (call) => {
    const codes = call.args.map((_, index) => call.l.build.emit('STR_FROM_CHAR_CODE', [double(call, index)]))
    const [first = constant('s', ''), ...more] = codes
    return string(more.reduce((before, each) => call.l.build.emit('STR_CONCAT', [before, each]), first))
  },
}

const objectIs: Builtin = {
  conditions: 'of two numbers',
  lower: ({ l, args, node, name }) => {
    const [a = undefinedValue, b = undefinedValue] = args
    if (a.kind !== 'number' || b.kind !== 'number') return l.refuse('CZ1011', node, name, 'anything but two numbers')
    return boolean(l.build.emit('F64_SAME', [toFloat(l.build, a), toFloat(l.build, b)]))
  },
}

const converting = (op: OpName): Builtin => ({
  lower: (call) => boolean(call.l.build.emit(op, [double(call, 0)])),
})

/** By name, as it is called. */
export const builtins: Readonly<Record<string, Builtin>> = {
  'Math.abs': absolute,
  'Math.acos': unary('F64_ACOS'),
  'Math.acosh': unary('F64_ACOSH'),
  'Math.asin': unary('F64_ASIN'),
  'Math.asinh': unary('F64_ASINH'),
  'Math.atan': unary('F64_ATAN'),
  'Math.atan2': binary('F64_ATAN2'),
  'Math.atanh': unary('F64_ATANH'),
  'Math.cbrt': unary('F64_CBRT'),
  'Math.ceil': rounding('F64_CEIL'),
  'Math.clz32': clz32,
  'Math.cos': unary('F64_COS'),
  'Math.cosh': unary('F64_COSH'),
  'Math.exp': unary('F64_EXP'),
  'Math.expm1': unary('F64_EXPM1'),
  'Math.floor': rounding('F64_FLOOR'),
  'Math.fround': unary('F64_FROUND'),
  'Math.hypot': hypot,
  'Math.imul': imul,
  'Math.log': unary('F64_LOG'),
  'Math.log10': unary('F64_LOG10'),
  'Math.log1p': unary('F64_LOG1P'),
  'Math.log2': unary('F64_LOG2'),
  'Math.max': extreme('MAX', -Infinity),
  'Math.min': extreme('MIN', Infinity),
  'Math.pow': binary('F64_POW'),
  'Math.random': { lower: ({ l }) => float(l.build.emit('F64_RANDOM', [])) },
  'Math.round': rounding('F64_ROUND'),
  'Math.sign': unary('F64_SIGN'),
  'Math.sin': unary('F64_SIN'),
  'Math.sinh': unary('F64_SINH'),
  'Math.sqrt': unary('F64_SQRT'),
  'Math.tan': unary('F64_TAN'),
  'Math.tanh': unary('F64_TANH'),
  'Math.trunc': rounding('F64_TRUNC'),
  'Number.isFinite': question('F64_IS_FINITE'),
  'Number.isInteger': question('F64_IS_INTEGER'),
  'Number.isNaN': question('F64_IS_NAN'),
  'Number.isSafeInteger': question('F64_IS_SAFE_INTEGER'),
  'Number.parseFloat': parseDecimal,
  'Number.parseInt': parseInt10,
  'Object.is': objectIs,
  'Date.now': { lower: ({ l }) => float(l.build.emit('F64_NOW', [])) },
  'String.fromCharCode': fromCharCode,
  Boolean: { lower: ({ l, args }) => boolean(l.truth(args[0] ?? undefinedValue)) },
  Number: { lower: (call) => (call.args.length === 0 ? numberConstant(0) : numeric(call, 0)) },
  String: {
    lower: ({ l, args, node, name }) =>
      args[0] === undefined ? stringConstant('') : string(text(l, args[0], node, name)),
  },
  isFinite: converting('F64_IS_FINITE'),
  isNaN: converting('F64_IS_NAN'),
  parseFloat: parseDecimal,
  parseInt: parseInt10,
}

/** Constants such as Math.PI; undefined for what is none. */
export function staticConstant(object: string, name: string): number | undefined {
  const holder = object === 'Math' ? Math : object === 'Number' ? Number : undefined
  if (holder === undefined) return undefined
  const value: unknown = Object.getOwnPropertyDescriptor(holder, name)?.value
  return typeof value === 'number' && /^[A-Z]/.test(name) ? value : undefined
}
