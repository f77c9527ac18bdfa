// Calls: of built-ins, of methods, and of functions inside or captured; and `new` of typed arrays.
import type { CallExpression, Expression, Identifier, MemberExpression, NewExpression, SpreadElement } from 'acorn'
import { refuseConstruct } from '../check/refuse.ts'
import { isViewName, viewKind } from '../ir/views.ts'
import { isFunction } from '../scope/syntax.ts'
import { typeName } from '../types/types.ts'
import type { Builtin } from './builtins.ts'
import { builtins } from './builtins.ts'
import { toFloat } from './convert.ts'
import type { Lowering } from './lowering.ts'
import type { Method } from './methods.ts'
import { booleanMethods, numberMethods, stringMethods, viewMethods } from './methods.ts'
import { globalValue, isGlobal, refuseName } from './names.ts'
import { number } from './operators.ts'
import { fieldName } from './records.ts'
import type { Value } from './values.ts'
import { typeOf, undefinedValue, unknownValue, view } from './values.ts'

export function callExpression(l: Lowering, node: CallExpression): Value {
  const { callee } = node
  if (callee.type === 'Identifier') return namedCall(l, callee, node)
  if (callee.type === 'MemberExpression') return memberCall(l, callee, node)
  const inner = callee.type === 'ParenthesizedExpression' ? callee.expression : callee
  if (isFunction(inner)) return l.call(inner, l.unit, l.raws(plainArguments(l, node)), node)
  return refuseConstruct(l, callee)
}

function namedCall(l: Lowering, callee: Identifier, node: CallExpression): Value {
  const binding = l.binding(callee)
  if (binding !== undefined) {
    if (binding.fn === undefined || binding.reassigned) {
      return l.refuse('CZ1006', callee, `a call of '${callee.name}', which is not one function for ever,`)
    }
    return l.call(binding.fn, l.unit, l.raws(plainArguments(l, node)), node, binding)
  }
  const unit = l.capturedUnit(callee.name, callee)
  if (unit !== undefined) return l.call(unit.source.node, unit, l.raws(plainArguments(l, node)), node)
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
    const builtin = builtinOf(full)
    if (builtin !== undefined) return builtinCall(l, builtin, full, node)
    return callee.object.name in globalThis ? l.refuse('CZ1003', callee, full) : refuseName(l, callee.object)
  }
  const found = l.value(callee.object)
  if (found.kind === 'unknown') {
    l.values(plainArguments(l, node))
    return found
  }
  const table = methodsOf(found)
  const method = table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined
  if (method === undefined) return l.refuse('CZ1010', callee, name, typeName(typeOf(found)))
  const given = plainArguments(l, node)
  const subject = given.some((each) => l.scopes.writesOf(each).size > 0) ? l.snapshot(found) : found
  const args = l.values(given)
  if (args.some(({ kind }) => kind === 'unknown')) return unknownValue
  return method.lower({ l, subject, args, node, name })
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
  if (!isGlobal(l, callee) || !isViewName(callee.name)) return l.refuse('CZ1006', node, `\`new ${callee.name}\``)
  const [length = undefinedValue] = l.values(plainArguments(l, node))
  if (length.kind === 'unknown') return length
  if (length.kind !== 'number') {
    return l.refuse('CZ1011', node, `\`new ${callee.name}\``, `${typeName(typeOf(length))}: give it a length`)
  }
  const size = toFloat(l.build, number(l, length, node, 'new'))
  return view(callee.name, l.build.emit('VIEW_NEW', [size], `v${viewKind(callee.name)}`))
}
