// What is made by `Array` and the typed arrays: `Array.from`, `new Array(n).fill(x)`, `new Float64Array(a)`. A table, which
// the documentation is written from.
import type { CallExpression, Expression, NewExpression, SpreadElement } from 'acorn'
import { refuseConstruct } from '../check/refuse.ts'
import { isViewName, viewKind } from '../ir/views.ts'
import { elementsOf } from '../types/elements.ts'
import { typeName } from '../types/types.ts'
import { givenFunction } from './callbacks.ts'
import { toFloat } from './convert.ts'
import { copy, emptyList, listOf, pointsOf, push } from './lists.ts'
import type { GivenFunction, Lowering } from './lowering.ts'
import { isGlobal } from './names.ts'
import { number } from './operators.ts'
import { filled, fromElements, fromLength, typedFrom } from './prelude.ts'
import { fieldName } from './records.ts'
import type { Value } from './values.ts'
import { booleanConstant, typeOf, undefinedValue, unknownValue, view } from './values.ts'

export interface ArrayStatic {
  readonly conditions: string
  lower(l: Lowering, node: CallExpression): Value
}

type Call = CallExpression | NewExpression

export const arrayStatics: Readonly<Record<string, ArrayStatic>> = {
  'Array.from': { conditions: 'of an array, a string or `{ length }`, with a function or without', lower: from },
  'Array.isArray': {
    conditions: '',
    lower: (l, node) => {
      const value = l.raw(argument(l, node, 0))
      if (value.kind === 'unknown') return value
      if (value.kind === 'maybe' || value.kind === 'opaque')
        return l.refuse('CZ1011', node, 'Array.isArray', typeName(typeOf(value)))
      return booleanConstant(value.kind === 'list')
    },
  },
  'Array.of': {
    conditions: '',
    lower: (l, node) => listOf(l, node.arguments, node),
  },
}

function argument(l: Lowering, node: Call, index: number): Expression {
  const found: Expression | SpreadElement | undefined = node.arguments[index]
  if (found === undefined) return l.refuse('CZ1006', node, 'a call without its argument')
  return found.type === 'SpreadElement' ? refuseConstruct(l, found) : found
}

const noFunctions: ReadonlyMap<string, GivenFunction> = new Map()

function run(l: Lowering, source: string, args: readonly Value[], node: Call, given = noFunctions): Value {
  if (args.some(({ kind }) => kind === 'unknown')) return unknownValue
  const unit = l.prelude(source, given, node)
  return l.inline(unit.source.node, unit, args, node)
}

function from(l: Lowering, node: CallExpression): Value {
  const source = argument(l, node, 0)
  const [, by, more] = node.arguments
  if (more !== undefined) return l.refuse('CZ1011', node, 'Array.from', 'so many arguments')
  const given = by === undefined ? noFunctions : new Map([['f', givenFunction(l, by, node)]])
  const length = lengthOf(source)
  if (length !== undefined) {
    if (by === undefined) return l.refuse('CZ1011', node, 'Array.from', 'a length without a function')
    return run(l, fromLength, [l.value(length)], node, given)
  }
  const value = l.value(source)
  if (value.kind === 'unknown') return value
  if (value.kind !== 'list' && value.kind !== 'string')
    return l.refuse('CZ1011', node, 'Array.from', typeName(typeOf(value)))
  const made = value.kind === 'string' ? pointsOf(l, value.operand) : value
  if (by !== undefined) return run(l, fromElements, [made], node, given)
  return value.kind === 'string' ? made : copy(l, made)
}

/** The length in `{ length: n }`. */
function lengthOf(node: Expression): Expression | undefined {
  if (node.type !== 'ObjectExpression') return undefined
  const [only, more] = node.properties
  if (only?.type !== 'Property' || more !== undefined || only.kind !== 'init' || only.computed) return undefined
  return only.key.type === 'Identifier' && only.key.name === 'length' ? only.value : undefined
}

/** `Array(…)` and `new Array(…)`; undefined for what is neither. */
function arrayCall(l: Lowering, node: Expression | Call): Call | undefined {
  if (node.type === 'ParenthesizedExpression') return arrayCall(l, node.expression)
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return undefined
  const { callee } = node
  return callee.type === 'Identifier' && callee.name === 'Array' && isGlobal(l, callee) ? node : undefined
}

/** `new Array(n).fill(x)`; undefined for another call. */
export function filledArray(l: Lowering, node: CallExpression): Value | undefined {
  const { callee } = node
  if (callee.type !== 'MemberExpression' || callee.object.type === 'Super' || fieldName(callee) !== 'fill')
    return undefined
  const made = arrayCall(l, callee.object)
  if (made === undefined || made.arguments.length !== 1) return undefined
  if (node.arguments.length !== 1) return l.refuse('CZ1011', node, 'fill', 'but one argument')
  return run(l, filled, l.values([argument(l, made, 0), argument(l, node, 0)]), node)
}

/** `Array(…)`, `new Array(…)`; undefined for what is neither. */
export function newArray(l: Lowering, node: Call): Value | undefined {
  if (arrayCall(l, node) === undefined) return undefined
  const [only, more] = node.arguments
  const elements = l.elements(node)
  if (only === undefined) return emptyList(l, elements)
  if (more !== undefined || only.type === 'SpreadElement') {
    if (only.type === 'SpreadElement') return refuseConstruct(l, only)
    return listOf(l, node.arguments, node)
  }
  const value = l.value(only)
  if (value.kind === 'unknown') return value
  if (value.kind === 'number') return l.refuse('CZ1006', node, 'an array with holes')
  const made = emptyList(l, elements)
  push(l, made, value, node)
  return made
}

/** `new Float64Array(n)`, and of an array. */
export function newTyped(l: Lowering, name: string, node: NewExpression): Value {
  if (!isViewName(name)) return l.refuse('CZ1006', node, `\`new ${name}\``)
  if (node.arguments.length > 1) return l.refuse('CZ1011', node, `\`new ${name}\``, 'so many arguments')
  const [value = undefinedValue] = node.arguments.length === 0 ? [] : l.values([argument(l, node, 0)])
  if (value.kind === 'unknown') return value
  if (value.kind === 'list' && value.elements === elementsOf.number && name === 'Float64Array') {
    const numbers = copy(l, value)
    return view(name, l.build.emit('LIST_TO_VIEW', [numbers.operand], `v${viewKind(name)}`))
  }
  if (value.kind === 'list' || value.kind === 'view') return run(l, typedFrom(name), [value], node)
  if (value.kind !== 'number') {
    return l.refuse('CZ1011', node, `\`new ${name}\``, `${typeName(typeOf(value))}: give it a length or an array`)
  }
  const size = toFloat(l.build, number(l, value, node, 'new'))
  return view(name, l.build.emit('VIEW_NEW', [size], `v${viewKind(name)}`))
}
