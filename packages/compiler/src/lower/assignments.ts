// Assignments, ++ and --, and taking things apart.
import type {
  AnyNode,
  AssignmentExpression,
  Expression,
  Identifier,
  MemberExpression,
  Pattern,
  UpdateExpression,
} from 'acorn'
import { refuseConstruct } from '../check/refuse.ts'
import { typeName } from '../types/types.ts'
import { constant } from './builder.ts'
import type { Lowering, Want } from './lowering.ts'
import type { ElementPlace } from './members.ts'
import { elementPlace, readElement, writeElement } from './members.ts'
import { refuseName } from './names.ts'
import { binary, number } from './operators.ts'
import { readAt, slice } from './lists.ts'
import { fieldName, writeField } from './records.ts'
import type { Value } from './values.ts'
import { numberConstant, typeOf, undefinedValue } from './values.ts'

/** Where an assignment goes, evaluated once. */
interface Place {
  read(): Value
  write(value: Value): void
}

export function assignment(l: Lowering, node: AssignmentExpression): Value {
  const { left, operator } = node
  if (left.type === 'ObjectPattern' || left.type === 'ArrayPattern') {
    if (left.type === 'ArrayPattern') return takeArrayApart(l, left, node.right)
    const value = l.snapshot(l.raw(node.right))
    bind(l, left, value)
    return value
  }
  const place = placeOf(l, left, node.right)
  if (operator === '=') {
    const value = l.raw(node.right)
    place.write(value)
    return value
  }
  if (operator === '&&=' || operator === '||=' || operator === '??=') return shortAssignment(l, place, node)
  const plain = operator.slice(0, -1)
  const want: Want = ['|', '&', '^', '<<', '>>', '>>>'].includes(plain) ? 'int32' : undefined
  const before = l.given(place.read())
  const kept = l.scopes.writesOf(node.right).size > 0 ? l.snapshot(before) : before
  const value = binary(l, plain, kept, l.value(node.right, want), node, undefined)
  place.write(value)
  return value
}

function shortAssignment(l: Lowering, place: Place, node: AssignmentExpression): Value {
  const before = place.read()
  const [write, end] = [l.build.label(), l.build.label()]
  const none = before.kind === 'undefined' || before.kind === 'null'
  if (node.operator === '??=') {
    if (before.kind !== 'maybe' && !none) return before
    if (before.kind === 'maybe') l.build.branch(before.given, true, end)
  } else l.build.branch(l.truth(before), node.operator === '||=', end)
  l.build.place(write)
  if (l.build.reachable) place.write(l.raw(node.right))
  l.build.place(end)
  return place.read()
}

/** @param wanted false when nobody looks at the old or new number */
export function update(l: Lowering, node: UpdateExpression, wanted: boolean): Value {
  const place = placeOf(l, node.argument)
  const before = l.given(place.read())
  if (before.kind === 'unknown') return before
  const old = number(l, before, node, node.operator)
  const kept = wanted && !node.prefix ? (l.snapshot(old) as typeof old) : old
  const value = binary(l, node.operator === '++' ? '+' : '-', old, numberConstant(1), node, undefined)
  place.write(value)
  return node.prefix ? value : kept
}

function placeOf(l: Lowering, target: Pattern | Expression, later?: Expression): Place {
  if (target.type === 'Identifier') return variable(l, target)
  if (target.type === 'ParenthesizedExpression') return placeOf(l, target.expression, later)
  if (target.type !== 'MemberExpression') return refuseConstruct(l, target)
  const field = fieldName(target)
  const object = target.object
  if (field !== undefined && object.type === 'Identifier') {
    const binding = l.binding(object)
    if (binding !== undefined && l.read(binding, object).kind === 'record') {
      return { read: () => l.raw(target), write: (value) => writeField(l, binding, field, value, target) }
    }
  }
  return element(l, target, later)
}

function variable(l: Lowering, target: Identifier): Place {
  const binding = l.binding(target)
  if (binding === undefined) return refuseName(l, target)
  return { read: () => l.read(binding, target), write: (value) => l.assign(binding, value, target) }
}

function element(l: Lowering, target: MemberExpression, later: Expression | undefined): Place {
  const place: ElementPlace = elementPlace(l, target, later)
  return { read: () => readElement(l, place, target), write: (value) => writeElement(l, place, value, target) }
}

/** Gives the variables of a pattern their values. */
export function bind(l: Lowering, pattern: Pattern, value: Value): void {
  switch (pattern.type) {
    case 'Identifier': {
      const binding = l.binding(pattern)
      if (binding === undefined) return refuseName(l, pattern)
      return l.assign(binding, value, pattern)
    }
    case 'AssignmentPattern':
      return bindDefault(l, pattern.left, pattern.right, value)
    case 'ObjectPattern':
      return takeObjectApart(l, pattern, value)
    case 'ArrayPattern':
      return takeListApart(l, pattern, value)
    case 'MemberExpression':
      return placeOf(l, pattern).write(value)
    default:
      return refuseConstruct(l, pattern)
  }
}

function bindDefault(l: Lowering, pattern: Pattern, byDefault: Expression, value: Value): void {
  if (value.kind === 'undefined') return bind(l, pattern, l.raw(byDefault))
  if (value.kind !== 'maybe' || value.none === 'null') return bind(l, pattern, value)
  const [none, end] = [l.build.label(), l.build.label()]
  l.build.branch(value.given, false, none)
  const arms = [{ value: value.of, end: l.build.here() }]
  l.build.jump(end)
  l.build.place(none)
  arms.push({ value: l.raw(byDefault), end: l.build.here() })
  const merged = l.merge(arms, byDefault)
  l.build.place(end)
  bind(l, pattern, merged)
}

function takeObjectApart(l: Lowering, pattern: Pattern & { type: 'ObjectPattern' }, found: Value): void {
  const value = l.given(found)
  if (value.kind === 'unknown') {
    for (const each of pattern.properties) if (each.type === 'Property') bind(l, each.value, value)
    return
  }
  if (value.kind !== 'record') return l.refuse('CZ1007', pattern, 'taking apart', typeName(typeOf(value)))
  for (const each of pattern.properties) {
    if (each.type !== 'Property' || each.computed) return l.refuse('CZ1006', each, 'this part of a pattern')
    const name = each.key.type === 'Identifier' ? each.key.name : keyOf(each.key)
    if (name === undefined) return l.refuse('CZ1006', each, 'this part of a pattern')
    bind(l, each.value, fieldOf(l, value, name, each))
  }
}

function keyOf(node: AnyNode): string | undefined {
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined
}

/** A field that a record does not have is undefined, except those that every object has. */
function fieldOf(l: Lowering, value: Value & { kind: 'record' }, name: string, node: AnyNode): Value {
  const field = value.fields.get(name)
  if (field !== undefined) return field
  return name in {} ? l.refuse('CZ1010', node, name, 'an object') : undefinedValue
}

/** The elements that a pattern names: where there are not so many, it gives up. */
function takeListApart(l: Lowering, pattern: Pattern & { type: 'ArrayPattern' }, found: Value): void {
  const value = l.given(found)
  if (value.kind !== 'list' && value.kind !== 'unknown') {
    return l.refuse('CZ1007', pattern, 'taking apart', typeName(typeOf(value)))
  }
  pattern.elements.forEach((each, index) => {
    if (each === null) return undefined
    if (value.kind !== 'list') return bind(l, each.type === 'RestElement' ? each.argument : each, value)
    if (each.type !== 'RestElement') return bind(l, each, readAt(l, value, constant('k', index)))
    bind(l, each.argument, slice(l, value, constant('n', index), constant('n', Infinity)))
  })
}

/** `[a, b] = [b, a]`, both sides written out, or the elements of an array. */
export function takeArrayApart(l: Lowering, pattern: Pattern & { type: 'ArrayPattern' }, from: Expression): Value {
  const elements = from.type === 'ArrayExpression' ? from.elements : []
  const plain = elements.flatMap((each) => (each === null || each.type === 'SpreadElement' ? [] : [each]))
  const targets = pattern.elements.flatMap((each) => (each === null || each.type === 'RestElement' ? [] : [each]))
  if (plain.length === 0 || plain.length !== elements.length || targets.length !== pattern.elements.length) {
    const value = l.snapshot(l.raw(from))
    takeListApart(l, pattern, value)
    return value
  }
  const values = l.raws(plain).map((each) => l.snapshot(each))
  targets.forEach((target, index) => bind(l, target, values[index] ?? undefinedValue))
  // the array itself is nothing that compiled code could hold
  return { kind: 'opaque', what: 'an array' }
}
