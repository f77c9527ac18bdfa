// Calls of methods of arrays: their arguments, and our own texts that do what is asked.
import type { CallExpression, Expression, SpreadElement } from 'acorn'
import { refuseConstruct } from '../check/refuse.ts'
import type { Operand } from '../ir/ir.ts'
import { constant } from './builder.ts'
import { givenFunction } from './callbacks.ts'
import { toFloat } from './convert.ts'
import type { Lowering } from './lowering.ts'
import { number } from './operators.ts'
import type { ListValue, Value } from './values.ts'
import { unknownValue } from './values.ts'

export interface ListCall {
  readonly l: Lowering
  readonly subject: ListValue
  readonly node: CallExpression
  readonly name: string
}

export interface ListMethod {
  /** The conditions under which it is compiled, for the documentation. */
  readonly conditions?: string
  lower(call: ListCall): Value
}

/** The arguments, evaluated from left to right; undefined while one of them is not known. */
function argumentsOf({ l, node, name }: ListCall, most: number): Value[] | undefined {
  if (node.arguments.length > most) return l.refuse('CZ1011', node, name, 'so many arguments')
  const args = l.values(node.arguments.map((each) => plain(l, each)))
  return args.some(({ kind }) => kind === 'unknown') ? undefined : args
}

export function plain(l: Lowering, node: Expression | SpreadElement): Expression {
  return node.type === 'SpreadElement' ? refuseConstruct(l, node) : node
}

/** A method of values alone. */
export const ofValues = (
  most: number,
  lower: (call: ListCall, args: readonly Value[]) => Value,
  conditions?: string,
): ListMethod => ({
  ...(conditions === undefined ? {} : { conditions }),
  lower: (call) => {
    const args = argumentsOf(call, most)
    return args === undefined ? unknownValue : lower(call, args)
  },
})

/** A position; `byDefault` where it is left out, or is undefined. */
export function position({ l, node, name }: ListCall, value: Value | undefined, byDefault: number): Operand {
  if (value === undefined || value.kind === 'undefined') return constant('n', byDefault)
  return toFloat(l.build, number(l, value, node, name))
}

/** One of our own texts as a part of the caller. */
export function runText(call: ListCall, source: string, args: readonly Value[], at = 0): Value {
  const { l, node, subject } = call
  const f = givenFunction(l, node.arguments[at], node)
  const unit = l.prelude(source, new Map([['f', f]]), node)
  return l.inline(unit.source.node, unit, [subject, ...args], node)
}

/** Of values, by one of our own texts. */
export const byText = (most: number, source: string, ...defaults: readonly Value[]): ListMethod =>
  ofValues(most, ({ l, subject, node }, args) => {
    const unit = l.prelude(source, new Map(), node)
    return l.inline(unit.source.node, unit, [subject, ...(args.length === 0 ? defaults : args)], node)
  })

/** A number that one of our own texts gives. */
export function within({ l, node, name }: ListCall, source: string, args: readonly Value[]): Operand {
  const unit = l.prelude(source, new Map(), node)
  return toFloat(l.build, number(l, l.inline(unit.source.node, unit, args, node), node, name))
}
