// Names that no variable of the function has: captured constants, and the few globals that are values.
import type { Identifier } from 'acorn'
import type { Lowering } from './lowering.ts'
import type { Value } from './values.ts'
import { booleanConstant, numberConstant, stringConstant, undefinedValue } from './values.ts'

/** The value of a captured constant; undefined when nothing of that name is captured. */
export function capturedValue(l: Lowering, node: Identifier): Value | undefined {
  const { captures } = l.unit
  if (!Object.hasOwn(captures, node.name)) return undefined
  const captured = captures[node.name]
  if (typeof captured === 'function' || isText(captured)) return l.refuse('CZ1013', node, node.name)
  return constantOf(captured, 0) ?? l.refuse('CZ1005', node, node.name, kindOf(captured))
}

/** A captured function as text, with what it captures itself. */
export interface FunctionText {
  readonly source: string
  readonly captures?: Readonly<Record<string, unknown>>
}

export function isText(captured: unknown): captured is FunctionText {
  return (
    typeof captured === 'object' && captured !== null && 'source' in captured && typeof captured.source === 'string'
  )
}

const MAX_DEPTH = 8

/** Objects that are frozen, all the way down, are constants too. */
function constantOf(captured: unknown, depth: number): Value | undefined {
  switch (typeof captured) {
    case 'number':
      return numberConstant(captured)
    case 'string':
      return stringConstant(captured)
    case 'boolean':
      return booleanConstant(captured)
    case 'undefined':
      return undefinedValue
    case 'object':
      return captured === null ? { kind: 'null' } : frozen(captured, depth)
    default:
      return undefined
  }
}

function frozen(captured: object, depth: number): Value | undefined {
  const prototype: unknown = Object.getPrototypeOf(captured)
  if (depth > MAX_DEPTH || !Object.isFrozen(captured) || prototype !== Object.prototype) return undefined
  const fields = new Map<string, Value>()
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(captured))) {
    const value: unknown = descriptor.value
    const field = descriptor.get === undefined ? constantOf(value, depth + 1) : undefined
    fields.set(name, field ?? { kind: 'opaque', what: kindOf(value) })
  }
  // with more fields than these nobody sees it: it is an argument in that it has its own identity
  return { kind: 'record', fields, argument: true }
}

function kindOf(captured: unknown): string {
  if (captured === null) return 'null'
  if (typeof captured === 'object')
    return Object.isFrozen(captured) ? 'an object of a class' : 'an object that may change'
  return `a ${typeof captured}`
}

export function globalValue(name: string): Value | undefined {
  switch (name) {
    case 'undefined':
      return undefinedValue
    case 'NaN':
      return numberConstant(NaN)
    case 'Infinity':
      return numberConstant(Infinity)
    default:
      return undefined
  }
}

/** Says why a name means nothing here. */
export function refuseName(l: Lowering, node: Identifier): never {
  const { name } = node
  if (name === 'arguments') return l.refuse('CZ1006', node, '`arguments`')
  if (name.startsWith('cov_') || name.startsWith('__cov')) return l.refuse('CZ1020', node)
  return l.refuse(name in globalThis ? 'CZ1003' : 'CZ1004', node, name)
}

/** Whether a name is that of the global object's, and not shadowed. */
export function isGlobal(l: Lowering, node: Identifier): boolean {
  return l.binding(node) === undefined && !Object.hasOwn(l.unit.captures, node.name)
}
