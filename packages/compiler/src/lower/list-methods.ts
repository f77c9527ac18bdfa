// Methods of arrays: a table, which the documentation is written from.
import type { CallExpression } from 'acorn'
import type { Operand } from '../ir/ir.ts'
import { typeName } from '../types/types.ts'
import { constant } from './builder.ts'
import { givenFunction } from './callbacks.ts'
import {
  append,
  copy,
  elementOp,
  elementOperand,
  emptyList,
  lengthOf,
  listLength,
  push,
  readAt,
  slice,
  spreadList,
} from './lists.ts'
import type { ListCall, ListMethod } from './list-calls.ts'
import { byText, ofValues, plain, position, runText, within } from './list-calls.ts'
import type { Lowering } from './lowering.ts'
import { text } from './operators.ts'
import { reductions, withFunction } from './prelude.ts'
import { sortWith } from './sorting.ts'
import type { ListValue, Value } from './values.ts'
import { boolean, float, string, typeOf, undefinedValue, unknownValue } from './values.ts'

const zero = constant('n', 0)
const all = constant('n', Infinity)

const fromText = (source: string): ListMethod => ({
  conditions: 'with a function that is written out, named or built in',
  lower: (call) => {
    if (call.node.arguments.length > 1) return call.l.refuse('CZ1011', call.node, call.name, 'so many arguments')
    return runText(call, source, [])
  },
})

const reduction = ([without, withFirst]: readonly [string, string]): ListMethod => ({
  conditions: 'with such a function; what is added up keeps one type',
  lower: (call) => {
    const { l, node, name } = call
    const [, first, more] = node.arguments
    if (more !== undefined) return l.refuse('CZ1011', node, name, 'so many arguments')
    if (first === undefined) return runText(call, without, [])
    const value = l.raw(plain(l, first))
    return value.kind === 'unknown' ? value : runText(call, withFirst, [value])
  },
})

/** What an array can never hold is not found in it. */
function search(op: 'INDEX_OF' | 'LAST_INDEX_OF', byDefault: number): ListMethod {
  return ofValues(2, (call, [wanted = undefinedValue, from]) => {
    const { l, subject } = call
    const element = soughtElement(call, wanted)
    if (element === undefined) return subject.elements.kind === undefined ? unknownValue : float(constant('n', -1))
    // lastIndexOf takes undefined for 0, where it is given
    const last = op === 'LAST_INDEX_OF' && from?.kind === 'undefined'
    const at = last ? zero : position(call, from, byDefault)
    return float(l.build.emit(elementOp(subject.elements, op), [subject.operand, element, at]))
  })
}

function soughtElement(call: ListCall, wanted: Value): Operand | undefined {
  const { l, subject, node } = call
  if (wanted.kind === 'maybe') return l.refuse('CZ1011', node, call.name, typeName(typeOf(wanted)))
  return wanted.kind === subject.elements.kind ? elementOperand(l, subject, wanted, node) : undefined
}

const includes = ofValues(2, (call, [wanted = undefinedValue, from]) => {
  const { l, subject } = call
  const element = soughtElement(call, wanted)
  if (element === undefined) return subject.elements.kind === undefined ? unknownValue : boolean(constant('b', false))
  const at = position(call, from, 0)
  if (subject.elements.kind === 'number') return boolean(l.build.emit('NLIST_INCLUDES', [subject.operand, element, at]))
  const index = l.build.emit(elementOp(subject.elements, 'INDEX_OF'), [subject.operand, element, at])
  return boolean(l.build.emit('F64_LE', [zero, index]))
})

/** The element at an index, where there is one; else undefined. */
function elementOrNone(
  l: Lowering,
  from: ListValue,
  index: Operand,
  there: Operand,
  node: CallExpression,
  remove?: () => void,
): Value {
  const [none, end] = [l.build.label(), l.build.label()]
  l.build.branch(there, false, none)
  const value = readAt(l, from, index)
  if (value.kind !== 'unknown') remove?.()
  const arms = [{ value, end: l.build.here() }]
  l.build.jump(end)
  l.build.place(none)
  arms.push({ value: undefinedValue, end: l.build.here() })
  l.build.jump(end)
  const merged = l.merge(arms, node)
  l.build.place(end)
  return value.kind === 'unknown' ? value : merged
}

const one = constant('k', 1)
const none = constant('k', 0)

/** `pop` and `shift`: the element, and the array without it. */
const taken = (last: boolean): ListMethod =>
  ofValues(0, ({ l, subject, node }) => {
    const { build } = l
    const length = lengthOf(l, subject)
    const rest = build.emit('K_SUB', [length, one])
    const some = build.emit('K_LT', [none, length])
    return elementOrNone(l, subject, last ? rest : none, some, node, () => {
      if (last) build.act('LIST_RESIZE', [subject.operand, rest])
      else build.act('LIST_REMOVE', [subject.operand, none, one])
    })
  })

const sliced = ofValues(2, (call, [from, to]) =>
  slice(call.l, call.subject, position(call, from, 0), position(call, to, Infinity)),
)

/** Values, and `...` of arrays and texts, as one array. */
function itemsOf({ l, subject, node }: ListCall): ListValue {
  const items = emptyList(l, subject.elements, node.arguments.length)
  for (const each of node.arguments) {
    const value = l.value(each.type === 'SpreadElement' ? each.argument : each)
    if (each.type !== 'SpreadElement') push(l, items, value, each)
    else {
      const spread = spreadList(l, value, each)
      if (spread !== undefined) append(l, items, spread, each)
    }
  }
  return items
}

const pushed: ListMethod = {
  lower: (call) => {
    const { l, subject, node } = call
    const [only, more] = node.arguments
    if (only !== undefined && more === undefined && only.type !== 'SpreadElement') push(l, subject, l.value(only), only)
    else append(l, subject, itemsOf(call), node)
    return listLength(l, subject)
  },
}

const unshift: ListMethod = {
  lower: (call) => {
    const { l, subject } = call
    const items = itemsOf(call)
    l.build.act('LIST_INSERT', [subject.operand, none, items.operand])
    return listLength(l, subject)
  },
}

const concat = ofValues(Infinity, ({ l, subject, node }, args) => {
  const joined = copy(l, subject)
  for (const each of args) {
    if (each.kind === 'list') append(l, joined, each, node)
    else push(l, joined, each, node)
  }
  return joined
})

const joined = ofValues(1, ({ l, subject, node }, [separator = undefinedValue]) => {
  const between = separator.kind === 'undefined' ? constant('s', ',') : text(l, separator, node)
  return string(l.build.emit('LIST_JOIN', [subject.operand, between]))
})

const fill = ofValues(3, (call, [value = undefinedValue, from, to]) => {
  const { l, subject, node } = call
  const element = elementOperand(l, subject, value, node)
  if (element === undefined) return unknownValue
  const range = [position(call, from, 0), position(call, to, Infinity)]
  l.build.act(elementOp(subject.elements, 'FILL'), [subject.operand, element, ...range])
  return subject
})

/** `splice`: where to begin and how many, within the array, are worked out by a text. */
const splice: ListMethod = {
  conditions: 'with a place to begin',
  lower: (call) => {
    const { l, subject, node, name } = call
    const [start, count, ...items] = node.arguments
    if (start === undefined) return l.refuse('CZ1011', node, name, 'no place to begin')
    const places = l.values([start, ...(count === undefined ? [] : [count])].map((each) => plain(l, each)))
    const isWritten = items.some((each) => l.scopes.writesOf(each).size > 0)
    const numbers = isWritten ? places.map((place) => l.snapshot(place)) : places
    const added = itemsOf({ ...call, node: { ...node, arguments: items } })
    if (numbers.some(({ kind }) => kind === 'unknown')) return unknownValue
    const from = within(call, spliceStart, [subject, numbers[0] ?? undefinedValue])
    const many = count === undefined ? all : position(call, numbers[1], 0)
    const removed = within(call, spliceCount, [subject, float(from), float(many)])
    const [at, how] = [from, removed].map((each) => l.build.emit('K_INDEX', [each])) as [Operand, Operand]
    const end = l.build.emit('F64_ADD', [from, removed])
    const result = slice(l, subject, from, end)
    l.build.act('LIST_REMOVE', [subject.operand, at, how])
    l.build.act('LIST_INSERT', [subject.operand, at, added.operand])
    return result
  },
}

const spliceStart =
  '(a, start) => { const n = Math.trunc(start) || 0; return n < 0 ? Math.max(a.length + n, 0) : Math.min(n, a.length) }'
const spliceCount = '(a, from, count) => Math.min(Math.max(Math.trunc(count) || 0, 0), a.length - from)'

function reversed({ l, subject }: ListCall): ListValue {
  l.build.act('LIST_REVERSE', [subject.operand])
  return subject
}

/** Without a function by the texts of the elements; with one by a text of ours, which asks as V8 does. */
function sorted(call: ListCall): Value {
  const { l, subject, node, name } = call
  const [by, more] = node.arguments
  if (more !== undefined) return l.refuse('CZ1011', node, name, 'so many arguments')
  if (by === undefined || (by.type === 'Identifier' && by.name === 'undefined')) {
    l.build.act('LIST_SORT', [subject.operand])
    return subject
  }
  const f = givenFunction(l, by, node, true)
  const unit = l.prelude(sortWith, new Map([['f', f]]), node)
  l.call(unit.source.node, unit, [subject], node)
  return subject
}

const sortConditions = 'with a function that assigns to nothing outside of it, or without one'

/** The same of a copy. */
const ofCopy =
  (lower: (call: ListCall) => Value): ((call: ListCall) => Value) =>
  (call) =>
    lower({ ...call, subject: copy(call.l, call.subject) })

export const listMethods: Readonly<Record<string, ListMethod>> = {
  at: byText(
    1,
    '(a, index) => { const n = Math.trunc(index) || 0; const i = n < 0 ? a.length + n : n; if (i >= 0 && i < a.length) return a[i] }',
    undefinedValue,
  ),
  concat,
  every: fromText(withFunction['every'] ?? ''),
  fill,
  filter: fromText(withFunction['filter'] ?? ''),
  find: fromText(withFunction['find'] ?? ''),
  findIndex: fromText(withFunction['findIndex'] ?? ''),
  findLast: fromText(withFunction['findLast'] ?? ''),
  findLastIndex: fromText(withFunction['findLastIndex'] ?? ''),
  forEach: fromText(withFunction['forEach'] ?? ''),
  includes,
  indexOf: search('INDEX_OF', 0),
  join: joined,
  lastIndexOf: search('LAST_INDEX_OF', Infinity),
  map: fromText(withFunction['map'] ?? ''),
  pop: taken(true),
  push: pushed,
  reduce: reduction(reductions['reduce'] ?? ['', '']),
  reduceRight: reduction(reductions['reduceRight'] ?? ['', '']),
  reverse: ofValues(0, reversed),
  shift: taken(false),
  slice: sliced,
  some: fromText(withFunction['some'] ?? ''),
  sort: { conditions: sortConditions, lower: sorted },
  splice,
  toReversed: ofValues(0, ofCopy(reversed)),
  toSorted: { conditions: sortConditions, lower: ofCopy(sorted) },
  toString: ofValues(0, ({ l, subject }) => string(l.build.emit('LIST_JOIN', [subject.operand, constant('s', ',')]))),
  unshift,
}
