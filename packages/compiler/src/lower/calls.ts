// Calls: of built-ins, of methods, and of functions inside or captured; and `new`.
import type { CallExpression, Expression, Identifier, MemberExpression, NewExpression, SpreadElement } from 'acorn'
import { refuseConstruct } from '../check/refuse.ts'
import { isFunction } from '../scope/syntax.ts'
import { typeName } from '../types/types.ts'
import { arrayStatics, filledArray, newArray, newTyped } from './array-statics.ts'
import type { Builtin } from './builtins.ts'
import { builtins } from './builtins.ts'
import { effectCalls } from './effects.ts'
import { listMethods } from './list-methods.ts'
import { spreadList } from './lists.ts'
import type { Lowering } from './lowering.ts'
import type { Method } from './methods.ts'
import { booleanMethods, numberMethods, stringMethods, viewMethods } from './methods.ts'
import { globalValue, isGlobal, refuseName } from './names.ts'
import { extreme } from './prelude.ts'
import { fieldName } from './records.ts'
import type { ListValue, Value } from './values.ts'
import { typeOf, unknownValue } from './values.ts'

export function callExpression(l: Lowering, node: CallExpression): Value {
  const { callee } = node
  if (callee.type === 'Identifier') return namedCall(l, callee, node)
  if (callee.type === 'MemberExpression') return memberCall(l, callee, node)
  const inner = callee.type === 'ParenthesizedExpression' ? callee.expression : callee
  if (isFunction(inner)) return l.call(inner, l.unit, l.raws(plainArguments(l, node)), node)
  return refuseConstruct(l, callee)
}

function namedCall(l: Lowering, callee: Identifier, node: CallExpression): Value {
  const given = l.unit.given?.get(callee.name)
  if (given !== undefined) return given(l, l.raws(plainArguments(l, node)), node)
  const binding = l.binding(callee)
  if (binding !== undefined) {
    if (binding.fn === undefined || binding.reassigned) {
      return l.refuse('CZ1006', callee, `a call of '${callee.name}', which is not one function for ever,`)
    }
    return l.call(binding.fn, l.unit, l.raws(plainArguments(l, node)), node, binding)
  }
  const unit = l.capturedUnit(callee.name, callee)
  if (unit !== undefined) return l.call(unit.source.node, unit, l.raws(plainArguments(l, node)), node)
  const array = newArray(l, node)
  if (array !== undefined) return array
  const builtin = isGlobal(l, callee) ? builtinOf(callee.name) : undefined
  return builtin === undefined ? refuseName(l, callee) : builtinCall(l, builtin, callee.name, node)
}

function builtinOf(name: string): Builtin | undefined {
  return Object.hasOwn(builtins, name) ? builtins[name] : undefined
}

function builtinCall(l: Lowering, builtin: Builtin, name: string, node: CallExpression): Value {
  const args = name === 'Boolean' ? l.raws(plainArguments(l, node)) : l.values(plainArguments(l, node))
  if (args.some(({ kind }) => kind === 'unknown')) return unknownValue
  return builtin.lower({ l, args, node, name })
}

function memberCall(l: Lowering, callee: MemberExpression, node: CallExpression): Value {
  const name = fieldName(callee)
  if (name === undefined) return l.refuse('CZ1006', callee, 'a call of a computed name')
  if (callee.object.type === 'Identifier' && isGlobal(l, callee.object) && !globalValue(callee.object.name)) {
    const full = `${callee.object.name}.${name}`
    const other = otherCall(l, callee.object.name, name, node)
    if (other !== undefined) return other
    const builtin = builtinOf(full)
    if (builtin !== undefined) return builtinCall(l, builtin, full, node)
    return callee.object.name in globalThis ? l.refuse('CZ1003', callee, full) : refuseName(l, callee.object)
  }
  const filled = filledArray(l, node)
  if (filled !== undefined) return filled
  const found = l.value(callee.object)
  if (found.kind === 'unknown') {
    l.values(plainArguments(l, node))
    return found
  }
  if (found.kind === 'list') return listCall(l, found, name, node)
  const table = methodsOf(found)
  const method = table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined
  if (method === undefined) return l.refuse('CZ1010', callee, name, typeName(typeOf(found)))
  const given = plainArguments(l, node)
  const subject = given.some((each) => l.scopes.writesOf(each).size > 0) ? l.snapshot(found) : found
  const args = l.values(given)
  if (args.some(({ kind }) => kind === 'unknown')) return unknownValue
  return method.lower({ l, subject, args, node, name })
}

/** Calls that are more than a function of their values. */
function otherCall(l: Lowering, object: string, name: string, node: CallExpression): Value | undefined {
  const [only, more] = node.arguments
  if (object === 'Math' && (name === 'max' || name === 'min') && only?.type === 'SpreadElement' && more === undefined) {
    const values = l.value(only.argument)
    const spread = values.kind === 'view' ? values : spreadList(l, values, only)
    if (spread === undefined) return unknownValue
    const unit = l.prelude(extreme(name), new Map(), node)
    return l.inline(unit.source.node, unit, [spread], node)
  }
  const full = `${object}.${name}`
  const table = Object.hasOwn(arrayStatics, full) ? arrayStatics : Object.hasOwn(effectCalls, full) ? effectCalls : {}
  return table[full]?.lower(l, node)
}

function listCall(l: Lowering, found: ListValue, name: string, node: CallExpression): Value {
  const method = Object.hasOwn(listMethods, name) ? listMethods[name] : undefined
  if (method === undefined) return l.refuse('CZ1010', node, name, typeName(typeOf(found)))
  const writes = node.arguments.some((each) => l.scopes.writesOf(each).size > 0)
  return method.lower({ l, subject: writes ? (l.snapshot(found) as ListValue) : found, node, name })
}

function methodsOf(subject: Value): Readonly<Record<string, Method>> | undefined {
  switch (subject.kind) {
    case 'string':
      return stringMethods
    case 'number':
      return numberMethods
    case 'boolean':
      return booleanMethods
    case 'view':
      return viewMethods
    default:
      return undefined
  }
}

function plainArguments(l: Lowering, node: CallExpression | NewExpression): Expression[] {
  const isSpread = (each: Expression | SpreadElement): each is SpreadElement => each.type === 'SpreadElement'
  return node.arguments.map((each) => (isSpread(each) ? refuseConstruct(l, each) : each))
}

export function newExpression(l: Lowering, node: NewExpression): Value {
  const { callee } = node
  if (callee.type !== 'Identifier') return l.refuse('CZ1006', node, '`new` of this')
  if (!isGlobal(l, callee)) return l.refuse('CZ1006', node, `\`new ${callee.name}\``)
  return newArray(l, node) ?? newTyped(l, callee.name, node)
}
