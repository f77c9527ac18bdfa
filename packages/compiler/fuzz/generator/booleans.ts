// Expressions that are true or false.
import type { Context } from './context.ts'
import { callOf } from './calls.ts'
import { booleanIdiom } from './idioms.ts'
import { textIndex } from './indexes.ts'
import { fromList } from './lists.ts'

type Make = (context: Context, depth: number) => string

const leaf: Make = (context) => {
  const { random } = context
  const known = [...context.variables('boolean').map(({ name }) => name), ...context.fields('boolean')]
  if (known.length > 0 && random.chance(0.75)) return random.pick(known)
  return random.pick(['true', 'false', '!0', '!1'])
}

const compared: Make = (context, depth) =>
  `(${context.number(depth)} ${context.random.pick(['<', '<=', '>', '>=', '===', '!==', '==', '!='])} ${context.number(depth)})`

const texts: Make = (context, depth) =>
  `(${context.string(depth)} ${context.random.pick(['<', '<=', '>', '>=', '===', '!==', '==', '!='])} ${context.string(depth)})`

const truths: Make = (context, depth) =>
  `(${context.boolean(depth)} ${context.random.pick(['===', '!==', '==', '!='])} ${context.boolean(depth)})`

const joined: Make = (context, depth) =>
  `(${context.boolean(depth)} ${context.random.pick(['&&', '||'])} ${context.boolean(depth)})`
const negated: Make = (context, depth) => `!${context.boolean(depth)}`
const choice: Make = (context, depth) =>
  `(${context.boolean(depth)} ? ${context.boolean(depth)} : ${context.boolean(depth)})`

const truthy: Make = (context, depth) => {
  const value = context.random.chance(0.6) ? context.number(depth) : context.string(depth)
  return context.random.pick([`!!${value}`, `Boolean(${value})`, `!${value}`])
}

const tested: Make = (context, depth) => {
  const { random } = context
  const name = random.pick([
    'Number.isNaN',
    'Number.isFinite',
    'Number.isInteger',
    'Number.isSafeInteger',
    'isNaN',
    'isFinite',
  ])
  if (random.chance(0.2)) return `Object.is(${context.number(depth)}, ${context.number(depth)})`
  return `${name}(${context.number(depth)})`
}

const searched: Make = (context, depth) => {
  const method = context.random.pick(['includes', 'startsWith', 'endsWith'])
  const from = context.random.chance(0.2) ? `, ${textIndex(context, depth)}` : ''
  return `${context.string(depth)}.${method}(${context.string(depth)}${from})`
}

const change: Make = (context, depth) => {
  const targets = context.variables('boolean', true)
  if (targets.length === 0) return compared(context, depth)
  return `(${context.random.pick(targets).name} = ${context.boolean(depth)})`
}

/** The same array, or another. */
const arrays: Make = (context, depth) => {
  const views = context.views()
  if (views.length < 2) return compared(context, depth)
  const operator = context.random.pick(['===', '!==', '==', '!='])
  return `(${context.random.pick(views).name} ${operator} ${context.random.pick(views).name})`
}

const neverNull: Make = (context, depth) =>
  `(${context.number(depth)} ${context.random.pick(['!= null', '== null', '=== undefined', '!== void 0'])})`

export function boolean(context: Context, depth: number): string {
  if (depth <= 0) return leaf(context, depth)
  const { strings } = context.taste
  const make = context.random.weighted<Make>([
    [1, leaf],
    [4, compared],
    [strings, texts],
    [0.4, truths],
    [1.2, joined],
    [0.8, negated],
    [0.3, choice],
    [0.6, truthy],
    [0.6, tested],
    [strings, searched],
    [0.2, change],
    [0.05, neverNull],
    [1.5 * context.taste.idioms, booleanIdiom],
    [0.3 * context.taste.views, arrays],
    [0.3, (own, left) => callOf(own, 'boolean', left) ?? compared(own, left)],
    [1.5 * context.taste.lists, (own, left) => fromList(own, 'boolean', left) ?? compared(own, left)],
  ])
  return make(context, depth)
}
