// Methods of strings, numbers, booleans and typed arrays: tables, which the documentation is written from.
import type { Operand } from '../ir/ir.ts'
import type { OpName } from '../ir/opcodes.generated.ts'
import { constant } from './builder.ts'
import type { BuiltinCall } from './builtins.ts'
import { toCounter, toFloat } from './convert.ts'
import { number, text } from './operators.ts'
import { elementsOf } from '../types/elements.ts'
import type { Value } from './values.ts'
import { boolean, float, int32, knownNumber, list, string, undefinedValue } from './values.ts'

export interface MethodCall extends BuiltinCall {
  readonly subject: Value
}

export interface Method {
  readonly conditions?: string
  lower(call: MethodCall): Value
}

const own = ({ l, subject, node }: MethodCall): Operand => text(l, subject, node)

/** An argument that is a number or position, or left out. */
function position({ l, args, node, name }: MethodCall, index: number, byDefault: number): Operand {
  const value = args[index] ?? undefinedValue
  return value.kind === 'undefined' ? constant('n', byDefault) : toFloat(l.build, number(l, value, node, name))
}

/** An argument that is a text. Without one, JavaScript takes the word "undefined": nobody means that. */
function words({ l, args, node, name }: MethodCall, index: number): Operand {
  const value = args[index]
  if (value === undefined || value.kind === 'undefined') return l.refuse('CZ1011', node, name, 'a text left out')
  return text(l, value, node, name)
}

type Wrap = (operand: Operand) => Value

/** @param defaults of the numbers that follow the text */
const byNumbers = (op: OpName, wrap: Wrap, ...defaults: number[]): Method => ({
  lower: (call) =>
    wrap(call.l.build.emit(op, [own(call), ...defaults.map((each, index) => position(call, index, each))])),
})

const search = (op: OpName, wrap: Wrap, byDefault: number): Method => ({
  lower: (call) => wrap(call.l.build.emit(op, [own(call), words(call, 0), position(call, 1, byDefault)])),
})

const pad = (op: OpName): Method => ({
  lower: (call) => {
    const fill = call.args[1] === undefined || call.args[1].kind === 'undefined' ? constant('s', ' ') : words(call, 1)
    return string(call.l.build.emit(op, [own(call), position(call, 0, 0), fill]))
  },
})

const replace = (op: OpName): Method => ({
  conditions: 'of a text by a text; a replacement with `$` runs in JavaScript',
  lower: (call) => string(call.l.build.emit(op, [own(call), words(call, 0), words(call, 1)])),
})

const changed = (op: OpName, conditions?: string): Method => ({
  ...(conditions === undefined ? {} : { conditions }),
  lower: (call: MethodCall) => string(call.l.build.emit(op, [own(call)])),
})

const asIs: Method = { lower: ({ subject }) => subject }
const ascii = 'text that is not ASCII runs in JavaScript'
const outside = 'outside of the text it runs in JavaScript'

/** At a counter, which is meant to stay inside, the answer is a whole number. */
const charCodeAt: Method = {
  conditions: 'where a counter leaves the text it runs in JavaScript',
  lower: (call) => {
    const { l, args, node, name } = call
    const [at = undefinedValue] = args
    const counts = at.kind === 'number' && knownNumber(at) === undefined
    const counted = counts ? toCounter(l.build, number(l, at, node, name)) : undefined
    if (counted === undefined) return byNumbers('STR_CHAR_CODE_AT', float, 0).lower(call)
    return int32(l.build.emit('STR_UNIT_AT', [own(call), counted]), 0xffff)
  },
}

export const stringMethods: Readonly<Record<string, Method>> = {
  at: { ...byNumbers('STR_AT', string, 0), conditions: outside },
  charAt: byNumbers('STR_CHAR_AT', string, 0),
  charCodeAt,
  codePointAt: { ...byNumbers('STR_CODE_POINT_AT', float, 0), conditions: outside },
  concat: {
    lower: (call) =>
      string(
        call.args.reduce<Operand>(
          (before, each) => call.l.build.emit('STR_CONCAT', [before, text(call.l, each, call.node, call.name)]),
          own(call),
        ),
      ),
  },
  endsWith: search('STR_ENDS_WITH', boolean, Infinity),
  includes: search('STR_INCLUDES', boolean, 0),
  indexOf: search('STR_INDEX_OF', float, 0),
  lastIndexOf: search('STR_LAST_INDEX_OF', float, NaN),
  padEnd: pad('STR_PAD_END'),
  padStart: pad('STR_PAD_START'),
  repeat: byNumbers('STR_REPEAT', string, 0),
  replace: replace('STR_REPLACE'),
  replaceAll: replace('STR_REPLACE_ALL'),
  slice: byNumbers('STR_SLICE', string, 0, Infinity),
  split: {
    conditions: 'by a text',
    lower: (call) => {
      const { args, l, node, name } = call
      if (args[0] === undefined || args[0].kind === 'undefined')
        return l.refuse('CZ1011', node, name, 'a text left out')
      const operands = [own(call), words(call, 0), position(call, 1, 2 ** 32 - 1)]
      return list(elementsOf.string, l.build.emit('STR_SPLIT', operands, 'S'))
    },
  },
  startsWith: search('STR_STARTS_WITH', boolean, 0),
  substr: byNumbers('STR_SUBSTR', string, 0, Infinity),
  substring: byNumbers('STR_SUBSTRING', string, 0, Infinity),
  toLowerCase: changed('STR_LOWER', ascii),
  toString: asIs,
  toUpperCase: changed('STR_UPPER', ascii),
  trim: changed('STR_TRIM'),
  trimEnd: changed('STR_TRIM_END'),
  trimStart: changed('STR_TRIM_START'),
  valueOf: asIs,
}

export const numberMethods: Readonly<Record<string, Method>> = {
  toFixed: {
    lower: (call) => {
      const subject = number(call.l, call.subject, call.node, call.name)
      return string(call.l.build.emit('STR_TO_FIXED', [toFloat(call.l.build, subject), position(call, 0, 0)]))
    },
  },
  toString: {
    conditions: 'with a radix: of whole numbers below 2^53, others run in JavaScript',
    lower: (call: MethodCall): Value => {
      const { l, args, subject, node } = call
      const [radix = undefinedValue] = args
      if (radix.kind === 'undefined' || knownNumber(radix) === 10) return string(text(l, subject, node))
      const from = toFloat(l.build, number(l, subject, node, 'toString'))
      return string(l.build.emit('STR_TO_RADIX', [from, position(call, 0, 10)]))
    },
  },
  valueOf: asIs,
}

export const booleanMethods: Readonly<Record<string, Method>> = {
  toString: { lower: ({ l, subject, node }: MethodCall): Value => string(text(l, subject, node)) },
  valueOf: asIs,
}

export const viewMethods: Readonly<Record<string, Method>> = {
  fill: {
    lower: (call) => {
      const { l, args, subject, node, name } = call
      if (subject.kind !== 'view') return subject
      const value = toFloat(l.build, number(l, args[0] ?? undefinedValue, node, name))
      const [from, to] = [position(call, 1, 0), position(call, 2, Infinity)]
      l.build.act('VIEW_FILL', [subject.operand, value, from, to])
      return subject
    },
  },
}
