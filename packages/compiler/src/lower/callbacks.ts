// Functions that are given to methods of arrays: written out there, named, captured, or built in.
import type { CallExpression, Expression, SpreadElement } from 'acorn'
import { isFunction } from '../scope/syntax.ts'
import { builtins } from './builtins.ts'
import type { GivenFunction, Lowering } from './lowering.ts'
import { isGlobal } from './names.ts'
import type { Value } from './values.ts'
import { unknownValue } from './values.ts'

/**
 * @param apart the function is called from more places than one: its text is not made a part of the caller, and may
 * not assign to variables around it
 */
export function givenFunction(
  l: Lowering,
  found: Expression | SpreadElement | undefined,
  call: CallExpression,
  apart = false,
): GivenFunction {
  const node = found?.type === 'ParenthesizedExpression' ? found.expression : found
  const { unit } = l
  if (node === undefined || node.type === 'SpreadElement')
    return l.refuse('CZ1006', call, 'a call without its function')
  if (isFunction(node)) {
    return (at, args, from) => (apart ? at.call(node, unit, args, from) : at.inline(node, unit, args, from))
  }
  if (node.type === 'Identifier') {
    const binding = l.binding(node)
    if (binding?.fn !== undefined && !binding.reassigned) {
      const { fn } = binding
      return (at, args, from) => at.call(fn, unit, args, from, binding)
    }
    const captured = binding === undefined ? l.capturedUnit(node.name, node) : undefined
    if (captured !== undefined) return (at, args, from) => at.call(captured.source.node, captured, args, from)
  }
  return builtIn(l, node) ?? l.refuse('CZ1006', node, 'a function that is not written out, named or built in,')
}

/** Those that take as many arguments as they are declared with. */
function builtIn(l: Lowering, node: Expression): GivenFunction | undefined {
  const [object, property] =
    node.type === 'MemberExpression' && !node.computed ? [node.object, node.property] : [node, undefined]
  if (object.type !== 'Identifier' || !isGlobal(l, object)) return undefined
  const name = property?.type === 'Identifier' ? `${object.name}.${property.name}` : object.name
  const builtin = Object.hasOwn(builtins, name) ? builtins[name] : undefined
  const arity = arities[name]
  if (builtin === undefined || arity === undefined) return undefined
  return (at, args, from): Value => {
    const taken = name === 'Boolean' ? args.slice(0, arity) : args.slice(0, arity).map((each) => at.given(each))
    return taken.some(({ kind }) => kind === 'unknown')
      ? unknownValue
      : builtin.lower({ l: at, args: taken, node: from, name })
  }
}

/** By name; those that take any number of arguments would be given the index too. */
const arities: Readonly<Record<string, number>> = Object.fromEntries(
  Object.keys(builtins).flatMap((name) => {
    const [object, property] = name.split('.')
    const found: unknown = Reflect.get(globalThis, object ?? '')
    const fn: unknown = property === undefined ? found : Reflect.get(found as object, property)
    const variadic = ['Math.max', 'Math.min', 'Math.hypot', 'String.fromCharCode'].includes(name)
    return typeof fn === 'function' && !variadic ? [[name, fn.length] as const] : []
  }),
)
