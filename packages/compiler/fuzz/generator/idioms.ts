// What people write and grammars seldom meet: tests of divisibility, `?.`, defaults of fields that are missing, arrays made of
// arrays, the clock and chance where their answer is known, a nap that is over at once.
import { viewKinds, type ListKind } from '../program.ts'
import type { Context } from './context.ts'
import { list, lists } from './lists.ts'

type Make = (context: Context, depth: number) => string

/** Whole numbers most of the time: remainders of others are seldom 0. */
const whole: Make = (context, depth) =>
  context.random.pick([
    context.number(depth),
    `(${context.number(depth)} | 0)`,
    `${context.string(depth)}.length`,
    `Math.floor(${context.number(depth)})`,
  ])

const divisor: Make = (context, depth) =>
  context.random.chance(0.6) ? context.random.pick(['2', '3', '7', '10', '0', '-2', '0.5', '1']) : whole(context, depth)

const divisible: Make = (context, depth) => {
  const rest = `${whole(context, depth)} % ${divisor(context, depth)}`
  return context.random.pick([
    `(${rest} === 0)`,
    `(${rest} !== 0)`,
    `(${rest} == 0)`,
    `!(${rest})`,
    `(${rest} === -0)`,
    `(0 === ${rest})`,
  ])
}

const known: Make = (context, depth) => {
  const { random } = context
  return random.pick([
    `(Date.now() > ${random.pick(['1e12', '0', '-Infinity'])})`,
    '(Math.random() < 1)',
    `(Math.random() * 0 === 0 && ${context.boolean(depth)})`,
    'Number.isInteger(Date.now())',
    `(${context.boolean(depth)}).valueOf()`,
  ])
}

const isArray: Make = (context, depth) => {
  const [first] = lists(context)
  return `Array.isArray(${first === undefined || context.random.chance(0.2) ? context.number(depth) : first.name})`
}

export const booleanIdiom: Make = (context, depth) =>
  context.random.weighted<Make>([
    [4, divisible],
    [0.5, known],
    [context.taste.lists > 0 ? 1 : 0, isArray],
  ])(context, depth)

const ofMissing: Make = (context, depth) => {
  const text = `(${context.boolean(depth)} ? ${context.string(depth)} : ${context.random.pick(['null', 'undefined'])})`
  return context.random.pick([
    `(${text}?.length ?? ${context.number(depth)})`,
    `(${text}?.indexOf(${context.string(depth)}) ?? -1)`,
  ])
}

/** Of a record that is handed in, or of a text, which are there. */
const chained: Make = (context, depth) => {
  const [field] = context.fields('number')
  if (field === undefined || context.random.chance(0.3)) return `(${context.string(depth)}?.length)`
  return `(${field.replace('.', '?.')})`
}

const fromTypedArray: Make = (context) => {
  const { random } = context
  const elements = context.taste.lists > 0 ? list(context, 'number[]', 2) : undefined
  const from = elements === undefined || random.chance(0.5) ? `[${context.number(1)}, ${context.number(1)}]` : elements
  return `(new ${random.pick(viewKinds)}(${from}).length)`
}

export const numberIdiom: Make = (context, depth) =>
  context.random.weighted<Make>([
    [1, (own, left) => `(${divisible(own, left)} ? ${own.number(left)} : ${own.number(left)})`],
    [1, (own, left) => `Number.parseInt(${own.string(left)}${own.random.pick(['', ', 10', ', 16', ', 36'])})`],
    [0.5, (own, left) => `(${own.number(left)}).valueOf()`],
    [0.3, () => 'Math.floor(Math.random())'],
    [0.3, (own, left) => `(Math.min(Date.now(), 7) + ${own.number(left)})`],
    [context.taste.secondRow ? 1 : 0, ofMissing],
    [context.taste.secondRow ? 1 : 0, chained],
    [context.taste.secondRow ? 0.5 : 0, fromTypedArray],
  ])(context, depth)

const nap = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, '

export const stringIdiom: Make = (context, depth) =>
  context.random.weighted<Make>([
    [1, (own, left) => `(${own.string(left)}).valueOf()`],
    [0.5, (own, left) => `(${own.boolean(left)}).toString()`],
    [0.2, ({ random }) => `${nap}${random.pick(['0', '-1', '-Infinity', '-0'])})`],
    [
      context.taste.secondRow ? 1 : 0,
      (own, left) => `(${own.string(left)}?.${own.random.pick(['trim()', 'slice(1)', 'charAt(0)'])})`,
    ],
    [
      context.taste.secondRow ? 1 : 0,
      (own, left) => `((${own.boolean(left)} ? ${own.string(left)} : undefined)?.slice(0, 9) ?? ${own.string(left)})`,
    ],
  ])(context, depth)

const nothing: Make = () => ';'

/** An object whose pattern names fields that it has, and one that it has not. */
const defaults: Make = (context) => {
  const { random } = context
  const [x, y, w] = [context.fresh('v'), context.fresh('v'), context.fresh('v')]
  const text = `const { x: ${x}, y: ${y} = ${context.number(1)}, w: ${w} = ${context.number(1)} } = { x: ${context.number(2)}, y: ${random.pick([context.number(2), 'undefined'])} };`
  for (const name of [x, y, w]) context.declare({ name, type: 'number', mutable: false })
  return text
}

/** Several at once out of what is written out. */
const unpacked: Make = (context) => {
  const [a, b] = [context.fresh('v'), context.fresh('v')]
  const text = `let [${a}, ${b} = ${context.number(1)}] = [${context.number(2)}, ${context.random.pick([context.number(2), 'undefined'])}];`
  for (const name of [a, b]) context.declare({ name, type: 'number', mutable: true })
  return text
}

const viewOfList: Make = (context) => {
  const kind = context.random.pick(viewKinds)
  const name = context.fresh('a')
  const from =
    context.taste.lists > 0 ? list(context, 'number[]', 2) : `[${context.number(2)}, ${context.number(2)}, 1]`
  context.declare({ name, type: kind, mutable: false })
  return `const ${name} = new ${kind}(${from});`
}

const listMade: Make = (context) => {
  const { random } = context
  const [kind, element] = random.pick([
    ['number[]', 'number'],
    ['string[]', 'string'],
    ['boolean[]', 'boolean'],
  ] as const) satisfies readonly [ListKind, string]
  const name = context.fresh('a')
  const value = (): string => (element === 'string' ? `${context.string(2)}.slice(0, 20)` : context.of(element, 2))
  const text = random.pick([
    () => `const ${name} = Array.of(${value()}, ${value()});`,
    () => `const ${name} = new Array(${random.between(0, 6)}).fill(${value()});`,
    () => `const ${name} = new Array(${context.number(1)} & 7).fill(${value()});`,
  ])()
  context.declare({ name, type: kind, mutable: false })
  return text
}

export function idiom(context: Context): string {
  const { secondRow, lists: likesLists } = context.taste
  return context.random.weighted<Make>([
    [0.5, nothing],
    [1, defaults],
    [1, unpacked],
    [secondRow ? 1 : 0, viewOfList],
    [likesLists > 0 ? 2 : 0, listMade],
  ])(context, 2)
}
