// Objects of a known shape: taken apart into a register for each field.
import type { MemberExpression, ObjectExpression, Property } from 'acorn'
import type { Binding } from '../scope/scopes.ts'
import { typeName } from '../types/types.ts'
import type { Lowering } from './lowering.ts'
import type { RecordValue, Value } from './values.ts'
import { typeOf, unknownValue } from './values.ts'

export function objectLiteral(l: Lowering, node: ObjectExpression): Value {
  const fields = new Map<string, Value>()
  let unknown = false
  const last = node.properties.findLastIndex((each) => l.scopes.writesOf(each).size > 0)
  for (const [index, each] of node.properties.entries()) {
    const found: (readonly [string, Value])[] | undefined =
      each.type === 'SpreadElement' ? spread(l, each) : [[keyOf(l, each), l.raw(each.value)] as const]
    unknown ||= found === undefined
    for (const [name, value] of found ?? []) {
      if (value.kind === 'opaque') return l.refuse('CZ1009', each, name, value.what)
      fields.set(name, index < last ? l.snapshot(value) : value)
    }
  }
  // the order of fields would be another
  return unknown ? unknownValue : { kind: 'record', fields, argument: false }
}

function keyOf(l: Lowering, node: Property): string {
  if (node.kind !== 'init' || node.method) return l.refuse('CZ1006', node, 'a getter, setter or method in an object')
  const { key } = node
  const name = !node.computed && key.type === 'Identifier' ? key.name : key.type === 'Literal' ? key.value : undefined
  if (typeof name !== 'string') return l.refuse('CZ1006', node, 'a computed name of a field')
  // numbers come first in the order of fields, and __proto__ is no field
  if (/^\d+$/.test(name) || name === '__proto__') return l.refuse('CZ1006', node, `a field named '${name}'`)
  return name
}

function spread(
  l: Lowering,
  node: ObjectExpression['properties'][number] & { type: 'SpreadElement' },
): [string, Value][] | undefined {
  const value = l.value(node.argument)
  if (value.kind === 'unknown') return undefined
  if (value.kind !== 'record') return l.refuse('CZ1007', node, '...', typeName(typeOf(value)))
  if (value.argument) return l.refuse('CZ1017', node, 'one that is handed in may have more fields than are known')
  return [...value.fields]
}

/** The name in `object.name` or `object['name']`. */
export function fieldName(node: MemberExpression): string | undefined {
  const { property } = node
  if (!node.computed) return property.type === 'Identifier' ? property.name : undefined
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : undefined
}

export function readField(l: Lowering, record: RecordValue, name: string, node: MemberExpression): Value {
  const value = record.fields.get(name)
  if (value !== undefined) return l.lookedUp(record, name, value)
  if (name in {}) return l.refuse('CZ1010', node, name, 'an object')
  return l.lookedUp(record, name, { kind: 'undefined' })
}

export function writeField(l: Lowering, binding: Binding, name: string, value: Value, node: MemberExpression): void {
  const record = l.read(binding, node)
  if (record.kind !== 'record') return
  const own = binding.own && !binding.reassigned && !binding.escapes && !binding.captured
  if (!own || record.argument || !record.fields.has(name)) {
    const why = record.fields.has(name) ? 'one that has two names may not be changed' : `it has no field '${name}'`
    return l.refuse('CZ1017', node, record.argument ? 'one that was handed in may not be changed' : why)
  }
  const fields = new Map(record.fields)
  fields.set(name, value)
  l.assignField(binding, { ...record, fields }, name, node)
}
