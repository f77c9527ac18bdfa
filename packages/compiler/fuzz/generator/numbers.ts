// Expressions that are numbers.
import { edgeNumbers } from '../values.ts'
import { viewKinds, type ViewKind } from '../program.ts'
import { callOf } from './calls.ts'
import type { Context } from './context.ts'
import { numberIdiom } from './idioms.ts'
import { nearIndex, textIndex } from './indexes.ts'
import { fromList } from './lists.ts'

const unary = [
  'abs',
  'floor',
  'ceil',
  'round',
  'trunc',
  'sign',
  'sqrt',
  'fround',
  'cbrt',
  'sin',
  'cos',
  'tan',
  'asin',
  'acos',
  'atan',
  'sinh',
  'cosh',
  'tanh',
  'asinh',
  'acosh',
  'atanh',
  'exp',
  'expm1',
  'log',
  'log1p',
  'log2',
  'log10',
]
const rounding = ['abs', 'floor', 'ceil', 'round', 'trunc', 'sign', 'sqrt', 'fround']
const constants = [
  'Math.PI',
  'Math.E',
  'Math.LN2',
  'Math.SQRT1_2',
  'Number.MAX_SAFE_INTEGER',
  'Number.EPSILON',
  'Number.MIN_VALUE',
  'Number.MAX_VALUE',
  'Infinity',
  'NaN',
  'Number.NaN',
  'Number.POSITIVE_INFINITY',
]
const ownText = [
  '0xff',
  '0x7fffffff',
  '0b1011',
  '1e3',
  '.5',
  '1_000',
  '-0',
  '-1',
  '-2147483648',
  '1e21',
  '1e-7',
  '0.1',
  '31',
  '16777619',
  '2166136261',
  '0.30000000000000004',
  '4294967295',
  '0xdeadbeef',
]

export function literal({ random }: Context): string {
  if (random.chance(0.6)) return String(random.between(0, 10))
  if (random.chance(0.15)) return random.pick(constants)
  if (random.chance(0.4)) return wrapped(random.pick(ownText))
  const value = random.pick(edgeNumbers)
  return wrapped(Object.is(value, -0) ? '-0' : String(value))
}

const wrapped = (text: string) => (text.startsWith('-') ? `(${text})` : text)

export function leaf(context: Context): string {
  const { random } = context
  const known = [...context.variables('number').map(({ name }) => name), ...context.fields('number')]
  if (known.length > 0 && random.chance(0.75)) return random.pick(known)
  return literal(context)
}

type Make = (context: Context, depth: number) => string

const two =
  (operators: readonly string[]): Make =>
  (context, depth) =>
    `(${context.number(depth)} ${context.random.pick(operators)} ${context.number(depth)})`

const arithmetic = two(['+', '+', '-', '-', '*', '*', '/', '%'])
const power: Make = (context, depth) =>
  context.random.chance(0.6)
    ? `(${context.number(depth)} ** ${context.random.pick(['2', '3', '0.5', '(-1)', '0'])})`
    : context.random.chance(0.5)
      ? `(${base(context, depth)} ** ${context.number(depth)})`
      : `Math.pow(${context.number(depth)}, ${context.number(depth)})`
const base: Make = (context, depth) => `(${context.number(depth)})`
const bits = two(['&', '|', '^', '<<', '>>', '>>>'])
const truncated: Make = (context, depth) =>
  `(${context.number(depth)} ${context.random.pick(['| 0', '>>> 0', '>> 0', '& 255', '& 7'])})`

/** a*b+c: where a fused multiply-add would show. */
const fused: Make = (context, depth) => {
  const product = `${leaf(context)} * ${context.number(depth)}`
  const other = context.number(depth)
  return context.random.pick([
    `(${product} + ${other})`,
    `(${other} - ${product})`,
    `(${product} - ${other})`,
    `(${other} + ${product})`,
  ])
}

const sign: Make = (context, depth) =>
  `(${context.random.pick(['-', '+', '~', '- -', '-', '~~'])}${space(context.number(depth))})`
const space = (text: string) => ` ${text}`

const mathOne: Make = (context, depth) =>
  `Math.${context.random.pick(context.random.chance(0.5) ? rounding : unary)}(${context.number(depth)})`

const mathSome: Make = (context, depth) => {
  const name = context.random.pick(['min', 'max', 'min', 'max', 'atan2', 'hypot', 'imul', 'clz32', 'pow'])
  const count = name === 'clz32' ? 1 : name === 'min' || name === 'max' ? context.random.between(1, 4) : 2
  return `Math.${name}(${Array.from({ length: count }, () => context.number(depth)).join(', ')})`
}

const clamp: Make = (context, depth) =>
  `Math.min(Math.max(${context.number(depth)}, ${context.random.between(-5, 5)}), ${context.random.between(6, 1000)})`

const hash: Make = (context, depth) =>
  context.random.pick([
    `Math.imul(${leaf(context)} ^ ${context.number(depth)}, 16777619)`,
    `((${leaf(context)} * 31 + ${context.number(depth)}) | 0)`,
    `((${leaf(context)} << 5) - ${leaf(context)} + ${context.number(depth)})`,
    `((${leaf(context)} ^ (${leaf(context)} >>> ${context.random.between(1, 20)})) >>> 0)`,
  ])

const choice: Make = (context, depth) =>
  `(${context.boolean(depth)} ? ${context.number(depth)} : ${context.number(depth)})`
const logical = two(['||', '&&', '??'])
const sequence: Make = (context, depth) => `(${context.number(depth)}, ${context.number(depth)})`

const change: Make = (context, depth) => {
  const { random } = context
  const targets = context.variables('number', true)
  if (targets.length === 0) return arithmetic(context, depth)
  const { name } = random.pick(targets)
  if (random.chance(0.4))
    return random.pick([`${name}++`, `${name}--`, `++${name}`, `--${name}`]).replace(/^/, '(') + ')'
  const operator = random.pick(['=', '+=', '-=', '*=', '|=', '&=', '^=', '>>>=', '<<=', '%=', '/=', '**='])
  return `(${name} ${operator} ${context.number(depth)})`
}

const ofText: Make = (context, depth) => {
  const { random } = context
  const text = () => context.string(depth)
  return random.weighted<() => string>([
    [3, () => `${text()}.length`],
    [3, () => `${text()}.charCodeAt(${textIndex(context, depth)})`],
    [
      1,
      () =>
        context.hazard() ? `${text()}.codePointAt(${textIndex(context, depth)})` : `("a" + ${text()}).codePointAt(0)`,
    ],
    [1, () => `${text()}.indexOf(${text()})`],
    [0.5, () => `${text()}.indexOf(${text()}, ${textIndex(context, depth)})`],
    [0.5, () => `${text()}.lastIndexOf(${text()})`],
    [0.3, () => `${text()}.lastIndexOf(${text()}, ${textIndex(context, depth)})`],
    [1, () => `${random.pick(['Number', 'parseFloat', 'Number.parseFloat'])}(${text()})`],
    [0.5, () => `(+${text()})`],
    [1, () => `parseInt(${text()}${random.pick(['', ', 10', ', 16', ', 2', `, ${context.number(depth)}`])})`],
  ])()
}

const ofBoolean: Make = (context, depth) =>
  context.random.chance(0.6) ? `Number(${context.boolean(depth)})` : `(+${context.boolean(depth)})`

const ofView: Make = (context, depth) => {
  const views = context.views()
  if (views.length === 0) return arithmetic(context, depth)
  const view = context.random.pick(views)
  return context.random.chance(0.3) ? `${view.name}.length` : `${view.name}[${nearIndex(context, view, depth)}]`
}

const store: Make = (context, depth) => {
  const views = context.views()
  if (views.length === 0) return arithmetic(context, depth)
  const view = context.random.pick(views)
  const place = `${view.name}[${nearIndex(context, view, depth)}]`
  return `(${place} ${context.random.pick(['=', '=', '+=', '|='])} ${context.number(depth)})`
}

const extra: Make = (context, depth) => {
  const kind: ViewKind = context.random.pick(viewKinds)
  return context.random.chance(0.5)
    ? `Number(${context.number(depth)})`
    : `new ${kind}(${context.random.between(0, 5)}).length`
}

export function number(context: Context, depth: number): string {
  if (depth <= 0) return leaf(context)
  const { integers, strings, views, mathematics } = context.taste
  const make = context.random.weighted<Make>([
    [2, leaf],
    [4, arithmetic],
    [1.5, fused],
    [0.3, power],
    [1.5 * integers, bits],
    [1 * integers, truncated],
    [0.4 * integers, hash],
    [1, sign],
    [1.2, mathOne],
    [mathematics, mathOne],
    [0.6, mathSome],
    [0.3, clamp],
    [0.7, choice],
    [0.3, logical],
    [0.15, sequence],
    [0.5, change],
    [1.5 * strings, ofText],
    [0.2, ofBoolean],
    [1.5 * views, ofView],
    [0.3 * views, store],
    [0.1, extra],
    [context.taste.idioms, numberIdiom],
    [0.6, (own, left) => callOf(own, 'number', left) ?? arithmetic(own, left)],
    [1.5 * context.taste.lists, (own, left) => fromList(own, 'number', left) ?? arithmetic(own, left)],
  ])
  return make(context, depth)
}
