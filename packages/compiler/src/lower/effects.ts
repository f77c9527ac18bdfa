// `console` and sleeping: what a body does to the world outside. What it writes is noted, and written once the run counts.
import type { CallExpression, Expression, SpreadElement } from 'acorn'
import type { ConsoleMethod } from '../effects.ts'
import { typeName } from '../types/types.ts'
import { constant } from './builder.ts'
import { toFloat } from './convert.ts'
import type { Lowering } from './lowering.ts'
import { isGlobal } from './names.ts'
import { number } from './operators.ts'
import { marks } from '../effects.ts'
import type { Value } from './values.ts'
import { float, stringConstant, typeOf, undefinedValue } from './values.ts'

export interface EffectCall {
  /** For the documentation. */
  readonly conditions: string
  lower(l: Lowering, node: CallExpression): Value
}

const written = (name: ConsoleMethod): EffectCall => ({
  conditions: 'of numbers, strings and booleans, also missing ones; written once the run counts',
  lower: (l, node) => consoleCall(l, name, node),
})

/** By name, as they are called. */
export const effectCalls: Readonly<Record<string, EffectCall>> = {
  'Atomics.wait': {
    conditions:
      'as `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)`, which sleeps; the limits of the task end it',
    lower: sleepCall,
  },
  'console.debug': written('debug'),
  'console.error': written('error'),
  'console.info': written('info'),
  'console.log': written('log'),
  'console.warn': written('warn'),
}

function consoleCall(l: Lowering, name: ConsoleMethod, node: CallExpression): Value {
  const args = node.arguments.map((each) => {
    if (each.type === 'SpreadElement') return l.refuse('CZ1006', each, '`...spread` here')
    return each
  })
  for (const value of l.raws(args)) note(l, value, node, name)
  mark(l, marks.methods[name])
  return undefinedValue
}

function mark(l: Lowering, unit: string): void {
  l.build.act('LOG_MARK', [constant('i', unit.charCodeAt(0))])
}

function note(l: Lowering, value: Value, node: CallExpression, name: string): void {
  switch (value.kind) {
    case 'unknown':
      return undefined
    case 'number':
      return l.build.act('LOG_NUMBER', [toFloat(l.build, value)])
    case 'string':
      return l.build.act('LOG_TEXT', [value.operand])
    case 'boolean':
      return l.build.act('LOG_BOOLEAN', [value.operand])
    case 'undefined':
    case 'null':
      return mark(l, marks[value.kind])
    case 'maybe':
      return noteMaybe(l, value, node, name)
    default:
      return l.refuse('CZ1011', node, `console.${name}`, typeName(typeOf(value)))
  }
}

function noteMaybe(l: Lowering, value: Value & { kind: 'maybe' }, node: CallExpression, name: string): void {
  const [none, end] = [l.build.label(), l.build.label()]
  l.build.branch(value.given, false, none)
  note(l, value.of, node, name)
  l.build.jump(end)
  l.build.place(none)
  mark(l, marks[value.none])
  l.build.place(end)
}

/** The one way of JavaScript to sleep without a promise. Nobody can wake it, since nobody else has the memory. */
function sleepCall(l: Lowering, node: CallExpression): Value {
  const [memory, index, value, time] = node.arguments
  if (!isOwnMemory(l, memory) || !isZero(index) || !isZero(value) || node.arguments.length > 4) {
    return l.refuse('CZ1011', node, 'Atomics.wait', 'memory that others may have')
  }
  if (time?.type === 'SpreadElement') return l.refuse('CZ1006', time, '`...spread` here')
  const found = time === undefined ? undefinedValue : l.value(time)
  if (found.kind === 'unknown') return found
  // NaN is for ever, as is a time left out
  const given = found.kind === 'undefined' ? float(constant('n', NaN)) : number(l, found, node, 'Atomics.wait')
  l.build.act('SLEEP', [toFloat(l.build, given)])
  return stringConstant('timed-out')
}

function isOwnMemory(l: Lowering, node: Expression | SpreadElement | undefined): boolean {
  const buffer = newOf(l, node, 'Int32Array')
  const size = newOf(l, buffer, 'SharedArrayBuffer')
  return size?.type === 'Literal' && typeof size.value === 'number' && size.value >= 4 && size.value % 4 === 0
}

/** The only argument of `new <name>(…)`. */
function newOf(
  l: Lowering,
  node: Expression | SpreadElement | undefined,
  name: string,
): Expression | SpreadElement | undefined {
  if (node?.type !== 'NewExpression' || node.callee.type !== 'Identifier' || node.arguments.length !== 1)
    return undefined
  return node.callee.name === name && isGlobal(l, node.callee) ? node.arguments[0] : undefined
}

function isZero(node: Expression | SpreadElement | undefined): boolean {
  return node?.type === 'Literal' && node.value === 0 && !Object.is(node.value, -0)
}
