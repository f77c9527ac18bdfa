// Expressions become values; what is rare or cannot be held is refused.
import type {
  BinaryExpression,
  ConditionalExpression,
  Expression,
  Identifier,
  Literal,
  LogicalExpression,
  TemplateLiteral,
  UnaryExpression,
} from 'acorn'
import { refuseConstruct } from '../check/refuse.ts'
import { assignment, update } from './assignments.ts'
import { constant } from './builder.ts'
import { callExpression, newExpression } from './calls.ts'
import { capturedValue, globalValue, refuseName } from './names.ts'
import type { AnyExpression, Arm, Lowering, Want } from './lowering.ts'
import { arrayLiteral } from './lists.ts'
import { member, optionalChain } from './members.ts'
import { binary, inverted, negative, number, text, typeofName } from './operators.ts'
import { objectLiteral } from './records.ts'
import type { Value } from './values.ts'
import {
  boolean,
  booleanConstant,
  numberConstant,
  string,
  stringConstant,
  undefinedValue,
  unknownValue,
} from './values.ts'

/** The reason of a BAIL where empty arrays cannot be told apart. */
const BAIL_EMPTY = 3

/** The value, wanted or not: refusals of other rooms aside, every expression goes through here. */
export function expression(l: Lowering, node: AnyExpression, want: Want): Value {
  switch (node.type) {
    case 'Literal':
      return literal(l, node)
    case 'Identifier':
      return identifier(l, node)
    case 'TemplateLiteral':
      return template(l, node)
    case 'BinaryExpression':
      return binaryExpression(l, node, want)
    case 'LogicalExpression':
      return logical(l, node)
    case 'UnaryExpression':
      return unary(l, node, want)
    case 'ConditionalExpression':
      return conditional(l, node)
    case 'AssignmentExpression':
      return assignment(l, node)
    case 'UpdateExpression':
      return update(l, node, true)
    case 'SequenceExpression': {
      const last = node.expressions.at(-1)
      for (const each of node.expressions.slice(0, -1)) l.effect(each)
      return last === undefined ? undefinedValue : l.raw(last, want)
    }
    case 'ParenthesizedExpression':
      return l.raw(node.expression, want)
    case 'MemberExpression':
      return member(l, node, want)
    case 'ChainExpression':
      return optionalChain(l, node.expression)
    case 'CallExpression':
      return callExpression(l, node)
    case 'NewExpression':
      return newExpression(l, node)
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return l.refuse('CZ1006', node, 'a function as a value')
    case 'ObjectExpression':
      return objectLiteral(l, node)
    case 'ArrayExpression':
      return arrayLiteral(l, node)
    default:
      return refuseConstruct(l, node)
  }
}

/** An expression whose value nobody looks at. */
export function effect(l: Lowering, node: Expression): void {
  switch (node.type) {
    case 'UpdateExpression':
      update(l, node, false)
      return
    case 'SequenceExpression':
      for (const each of node.expressions) l.effect(each)
      return
    case 'LogicalExpression':
      return logicalEffect(l, node)
    case 'ConditionalExpression': {
      const [yes, no, end] = [l.build.label(), l.build.label(), l.build.label()]
      l.condition(node.test, yes, no, 'yes')
      l.build.place(yes)
      if (l.build.reachable) l.effect(node.consequent)
      l.build.jump(end)
      l.build.place(no)
      if (l.build.reachable) l.effect(node.alternate)
      l.build.place(end)
      return
    }
    case 'UnaryExpression':
      if (node.operator === 'void' || node.operator === '!') return l.effect(node.argument)
      l.raw(node)
      return
    default:
      l.raw(node)
  }
}

function logicalEffect(l: Lowering, node: LogicalExpression): void {
  if (node.operator === '??') {
    l.raw(node)
    return
  }
  const [go, end] = [l.build.label(), l.build.label()]
  if (node.operator === '&&') l.condition(node.left, go, end, 'yes')
  else l.condition(node.left, end, go, 'no')
  l.build.place(go)
  if (l.build.reachable) l.effect(node.right)
  l.build.place(end)
}

/** Goes one way or the other. */
export function condition(
  l: Lowering,
  node: Expression,
  ...[yes, no, next]: Parameters<Lowering['condition']> extends [unknown, ...infer Rest] ? Rest : never
): void {
  if (node.type === 'UnaryExpression' && node.operator === '!') {
    return l.condition(node.argument, no, yes, next === 'yes' ? 'no' : 'yes')
  }
  if (node.type === 'SequenceExpression') {
    for (const each of node.expressions.slice(0, -1)) l.effect(each)
    const last = node.expressions.at(-1)
    if (last !== undefined) l.condition(last, yes, no, next)
    return
  }
  if (node.type === 'LogicalExpression' && node.operator !== '??') {
    const between = l.build.label()
    if (node.operator === '&&') l.condition(node.left, between, no, 'yes')
    else l.condition(node.left, yes, between, 'no')
    l.build.place(between)
    if (l.build.reachable) l.condition(node.right, yes, no, next)
    return
  }
  const value = l.truth(l.raw(node, 'missing'))
  if (next === 'yes') l.build.branch(value, false, no)
  else l.build.branch(value, true, yes)
}

function literal(l: Lowering, node: Literal): Value {
  const { value } = node
  if (typeof value === 'number') return numberConstant(value)
  if (typeof value === 'string') return stringConstant(value)
  if (typeof value === 'boolean') return booleanConstant(value)
  if (value === null && node.regex === undefined && node.bigint === undefined) return { kind: 'null' }
  return l.refuse('CZ1006', node, node.regex ? 'a regular expression' : 'a BigInt')
}

function identifier(l: Lowering, node: Identifier): Value {
  const binding = l.binding(node)
  if (binding !== undefined) return l.read(binding, node)
  return capturedValue(l, node) ?? globalValue(node.name) ?? refuseName(l, node)
}

function template(l: Lowering, node: TemplateLiteral): Value {
  // all values first, then each ToString: of what is compiled, none can be seen in between
  const values = l.values(node.expressions)
  const parts = node.quasis.flatMap((quasi, index) => {
    const cooked = stringConstant(quasi.value.cooked ?? '')
    const value = values[index]
    return value === undefined ? [cooked] : [cooked, value]
  })
  let result = constant('s', '') as ReturnType<typeof text>
  for (const part of parts) {
    const piece = text(l, part, node)
    if ('value' in piece && piece.value === '') continue
    result = 'value' in result && result.value === '' ? piece : l.build.emit('STR_CONCAT', [result, piece])
  }
  return string(result)
}

function binaryExpression(l: Lowering, node: BinaryExpression, want: Want): Value {
  const { operator } = node
  if (operator === 'in' || operator === 'instanceof') return l.refuse('CZ1006', node, `the operator \`${operator}\``)
  const inner: Want = ['|', '&', '^', '<<', '>>', '>>>'].includes(operator) ? 'int32' : undefined
  const operands = [node.left, node.right]
  const equality = ['==', '!=', '===', '!=='].includes(operator)
  const [left = unknownValue, right = unknownValue] = equality ? l.raws(operands, 'missing') : l.values(operands, inner)
  if (equality && left.kind === 'view' && right.kind === 'view' && areArguments(l, node)) {
    return booleanConstant(sameArgument(l, left, right) === operator.startsWith('='))
  }
  return binary(l, operator, left, right, node, want)
}

/** Whether two names are compared that each stand for an argument of the body, in its only call. */
function areArguments(l: Lowering, { left, right }: BinaryExpression): boolean {
  const { node } = l.unit.source
  const again = node.id ? l.binding(node.id)?.escapes === true : false
  if (l.node !== node || !l.isBody || again) return false
  return [left, right].every((each) => {
    const binding = each.type === 'Identifier' ? l.binding(each) : undefined
    return binding?.kind === 'parameter' && binding.owner === node && !binding.reassigned
  })
}

/**
 * Two arguments are never the same array, if one of them is written to: the call gives up when they share memory. Filling
 * nothing of the first sees to that.
 */
function sameArgument(l: Lowering, left: Value & { kind: 'view' }, right: Value & { kind: 'view' }): boolean {
  if (left.operand === right.operand) return true
  const zero = constant('n', 0)
  l.build.act('VIEW_FILL', [left.operand, zero, zero, zero])
  // empty ones share no memory, even with themselves
  const some = l.build.label()
  const length = l.build.emit('VIEW_LENGTH', [left.operand])
  l.build.branch(l.build.emit('K_EQ', [length, constant('k', 0)]), false, some)
  l.build.bail(BAIL_EMPTY)
  l.build.place(some)
  return false
}

function unary(l: Lowering, node: UnaryExpression, want: Want): Value {
  const { operator, argument } = node
  if (operator === 'delete') return l.refuse('CZ1006', node, 'the operator `delete`')
  if (operator === 'void') {
    l.effect(argument)
    return undefinedValue
  }
  if (operator === 'typeof') return typeofValue(l, node, l.raw(argument, 'missing'))
  if (operator === '!') return boolean(l.build.emit('BOOL_NOT', [l.truth(l.raw(argument, 'missing'))]))
  const value = l.value(argument, operator === '~' ? 'int32' : operator === '-' ? want : undefined)
  if (value.kind === 'unknown') return value
  const operand = number(l, value, node, operator)
  if (operator === '-') return negative(l, operand, want)
  return operator === '~' ? inverted(l, operand) : operand
}

function typeofValue(l: Lowering, node: UnaryExpression, value: Value): Value {
  if (value.kind === 'unknown') return value
  if (value.kind !== 'maybe') {
    const name = typeofName(value)
    return name === undefined ? l.refuse('CZ1007', node, 'typeof', 'this value') : stringConstant(name)
  }
  const [none, end] = [l.build.label(), l.build.label()]
  l.build.branch(value.given, false, none)
  const arms = [{ value: typeofValue(l, node, value.of), end: l.build.here() }]
  l.build.jump(end)
  l.build.place(none)
  arms.push({ value: typeofValue(l, node, { kind: value.none }), end: l.build.here() })
  const merged = l.merge(arms, node)
  l.build.place(end)
  return merged
}

function conditional(l: Lowering, node: ConditionalExpression): Value {
  const [yes, no, end] = [l.build.label(), l.build.label(), l.build.label()]
  const arms: Arm[] = []
  l.condition(node.test, yes, no, 'yes')
  for (const [label, branch] of [
    [yes, node.consequent],
    [no, node.alternate],
  ] as const) {
    l.build.place(label)
    if (!l.build.reachable) continue
    const value = l.raw(branch)
    arms.push({ value, end: l.build.here() })
    if (label === yes) l.build.jump(end)
  }
  const merged = l.merge(arms, node)
  l.build.place(end)
  return merged
}

function logical(l: Lowering, node: LogicalExpression): Value {
  const [more, end] = [l.build.label(), l.build.label()]
  const left = l.raw(node.left, node.operator === '&&' ? undefined : 'missing')
  if (node.operator === '??') return coalesce(l, left, node)
  const [kept] = l.scopes.writesOf(node.right).size > 0 ? [l.snapshot(left)] : [left]
  const arms: Arm[] = []
  const test = l.truth(kept)
  l.build.branch(test, node.operator === '&&', more)
  // here the left value is the answer
  if (l.build.reachable) arms.push({ value: leftAnswer(kept, node.operator), end: l.build.here() })
  l.build.jump(end)
  l.build.place(more)
  if (l.build.reachable) arms.push({ value: l.raw(node.right), end: l.build.here() })
  const merged = l.merge(arms, node)
  l.build.place(end)
  return merged
}

/** `a && b` gives `a` when that is false, `a || b` when it is true: of booleans that is a constant. */
function leftAnswer(left: Value, operator: '&&' | '||'): Value {
  const value = left.kind === 'maybe' && operator === '||' ? left.of : left
  return value.kind === 'boolean' ? booleanConstant(operator === '||') : value
}

function coalesce(l: Lowering, left: Value, node: LogicalExpression): Value {
  if (left.kind === 'undefined' || left.kind === 'null') return l.raw(node.right)
  if (left.kind !== 'maybe') return left
  const [none, end] = [l.build.label(), l.build.label()]
  const { of } = l.snapshot(left) as Value & { kind: 'maybe' }
  l.build.branch(left.given, false, none)
  const arms: Arm[] = [{ value: of, end: l.build.here() }]
  l.build.jump(end)
  l.build.place(none)
  arms.push({ value: l.raw(node.right), end: l.build.here() })
  const merged = l.merge(arms, node)
  l.build.place(end)
  return merged
}
