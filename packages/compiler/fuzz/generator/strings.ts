// Expressions that are strings.
import type { Context } from './context.ts'
import { callOf } from './calls.ts'
import { stringIdiom } from './idioms.ts'
import { textIndex } from './indexes.ts'
import { fromList } from './lists.ts'

type Make = (context: Context, depth: number) => string

const literals = [
  '""',
  '"a"',
  '"-"',
  '", "',
  '" "',
  '"abc"',
  "'it\\'s'",
  '"\\n"',
  '"\\u00e9"',
  '"\\u0100"',
  '"\\ud83d\\ude00"',
  '"\\ud83d"',
  '"0"',
  '"x1"',
  '"Total: "',
  '`t`',
  '"\\0"',
  '"ß"',
  '"日本"',
  '"aa"',
  '"$"',
]
const plain = ['""', '"a"', '"b"', '"-"', '", "', '"abc"', '"0"', '" "']

export const leaf: Make = (context) => {
  const { random } = context
  const known = [...context.variables('string').map(({ name }) => name), ...context.fields('string')]
  if (known.length > 0 && random.chance(0.7)) return random.pick(known)
  return random.pick(random.chance(0.6) ? plain : literals)
}

const any: Make = (context, depth) => {
  const kind = context.random.weighted([
    [3, 'string'],
    [3, 'number'],
    [1, 'boolean'],
  ] as const)
  return context.of(kind, depth)
}

const joined: Make = (context, depth) => {
  const { random } = context
  return random.weighted<() => string>([
    [2, () => `(${context.string(depth)} + ${any(context, depth)})`],
    [1, () => `(${any(context, depth)} + ${context.string(depth)})`],
    [0.3, () => `${context.string(depth)}.concat(${any(context, depth)}, ${any(context, depth)})`],
  ])()
}

const template: Make = (context, depth) => {
  const parts = Array.from({ length: context.random.between(1, 3) }, () => '${' + any(context, depth) + '}')
  return '`' + context.random.pick(['', 'a', ': ', '\\n']) + parts.join(context.random.pick(['', '-', ' '])) + '`'
}

const ofNumber: Make = (context, depth) => {
  const { random } = context
  const value = context.number(depth)
  return random.weighted<() => string>([
    [2, () => `String(${value})`],
    [1, () => `(${value}).toString()`],
    [1.5, () => `(${value}).toFixed(${random.between(0, 8)})`],
    [0.2, () => `(${value}).toFixed(${random.between(9, 20)})`],
    [0.1, () => `(${value}).toFixed(${context.hazard() ? context.number(depth) : ''})`],
    [1, () => `(${value} >>> 0).toString(${random.pick([2, 8, 10, 16, 36, 7])})`],
    [0.3, () => `(${value} | 0).toString(${random.pick([2, 16, 36])})`],
    [context.hazard() ? 0.5 : 0, () => `(${value}).toString(${random.between(2, 36)})`],
  ])()
}

const ofBoolean: Make = (context, depth) => `String(${context.boolean(depth)})`

const cut: Make = (context, depth) => {
  const { random } = context
  const text = context.string(depth)
  const index = () => (random.chance(0.2) ? `-${random.between(1, 5)}` : textIndex(context, depth))
  const last = random.chance(0.6) ? `, ${index()}` : ''
  return random.weighted<() => string>([
    [3, () => `${text}.slice(${index()}${last})`],
    [2, () => `${text}.substring(${index()}${last})`],
    [0.7, () => `${text}.substr(${index()}${last})`],
    [2, () => `${text}.charAt(${index()})`],
    [0.5, () => (context.hazard() ? `${text}[${index()}]` : `(${text} + "z")[0]`)],
    [0.5, () => (context.hazard() ? `${text}.at(${index()})` : `("y" + ${text}).at(-1)`)],
  ])()
}

const shaped: Make = (context, depth) => {
  const { random } = context
  const text = context.string(depth)
  const small = context.hazard()
    ? `(${context.number(depth)} % 50)`
    : `(${context.number(depth)} & ${random.pick([7, 15])})`
  return random.weighted<() => string>([
    [2, () => `${text}.${random.pick(['trim', 'trimStart', 'trimEnd'])}()`],
    [
      2,
      () =>
        `${text}.${random.pick(['padStart', 'padEnd'])}(${small}${random.pick(['', ', "0"', ', "ab"', `, ${context.string(depth)}`])})`,
    ],
    [context.repeats > 8 ? 0 : 0.7, () => `${text}.repeat(${small})`],
    [0.7, () => (random.chance(0.5) ? text : `("Ab" + ${leaf(context, 0)})`)],
    [0.7, () => letterCase(context, depth)],
    [0.7, () => `${text}.replace(${context.string(depth)}, ${replacement(context, depth)})`],
    [
      0.4,
      () =>
        `${text}.replaceAll(${context.random.pick(['"a"', '"b"', '" "', leaf(context, 0)])}, ${replacement(context, 0)})`,
    ],
  ])()
}

const letterCase: Make = (context, depth) => {
  const text =
    context.hazard() || context.random.chance(0.3)
      ? context.string(depth)
      : `(${context.number(depth)} | 0).toString(16)`
  return `${text}.${context.random.pick(['toUpperCase', 'toLowerCase'])}()`
}

const replacement: Make = (context, depth) =>
  context.random.chance(0.6) ? context.random.pick(plain) : context.string(depth)

const fromCode: Make = (context, depth) =>
  context.random.chance(0.5)
    ? `String.fromCharCode(${context.number(depth)})`
    : `String.fromCharCode(97 + (${context.number(depth)} >>> 0) % 26)`

const choice: Make = (context, depth) =>
  `(${context.boolean(depth)} ? ${context.string(depth)} : ${context.string(depth)})`
const logical: Make = (context, depth) =>
  `(${context.string(depth)} ${context.random.pick(['||', '&&', '??'])} ${context.string(depth)})`

const change: Make = (context, depth) => {
  const targets = context.variables('string', true)
  if (targets.length === 0 || context.repeats > 1) return joined(context, depth)
  return `(${context.random.pick(targets).name} ${context.random.pick(['=', '+='])} ${context.string(depth)})`
}

export function string(context: Context, depth: number): string {
  if (depth <= 0) return leaf(context, depth)
  const make = context.random.weighted<Make>([
    [2, leaf],
    [2.5, joined],
    [1.5, template],
    [2, ofNumber],
    [0.3, ofBoolean],
    [2.5, cut],
    [1.5, shaped],
    [0.4, fromCode],
    [0.4, choice],
    [0.2, logical],
    [0.2, change],
    [0.7 * context.taste.idioms, stringIdiom],
    [0.4, (own, left) => callOf(own, 'string', left) ?? joined(own, left)],
    [1.5 * context.taste.lists, (own, left) => fromList(own, 'string', left) ?? joined(own, left)],
  ])
  return make(context, depth)
}
