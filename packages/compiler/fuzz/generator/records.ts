// Objects of the body's own: made, changed, copied, handed to functions and given by them.
import type { Hint } from '../program.ts'
import type { Context, Variable } from './context.ts'

type Block = (context: Context, statements: number) => string
type Fields = Record<string, Hint>

export function records(context: Context, block: Block): string {
  return context.random.weighted<() => string>([
    [3, () => made(context)],
    [4, () => changed(context)],
    [1, () => replaced(context)],
    [1, () => another(context)],
    [1, () => spread(context)],
    [1, () => given(context)],
    [1, () => handed(context)],
    [0.7, () => takenApart(context)],
    [0.7, () => swapped(context)],
    [0.5, () => chosen(context, block)],
  ])()
}

const shapes: readonly Fields[] = [
  { x: 'number', y: 'number' },
  { x: 'number', s: 'string' },
  { ok: 'boolean', x: 'number', s: 'string' },
  { p: { record: { x: 'number', y: 'number' } }, n: 'number' },
]

function own(context: Context): Variable[] {
  return context.all().filter(({ name, type }) => typeof type === 'object' && name.startsWith('o'))
}

function made(context: Context): string {
  const { random } = context
  const record = random.pick(shapes)
  const value = literal(context, record)
  const name = context.fresh('o')
  context.declare({ name, type: { record }, mutable: true })
  return `${random.pick(['let', 'const'])} ${name} = ${value};`
}

function literal(context: Context, fields: Fields): string {
  const entries = Object.entries(fields).map(([name, type]) =>
    typeof type === 'object' ? `${name}: ${literal(context, type.record)}` : `${name}: ${short(context, type)}`,
  )
  return `{ ${entries.join(', ')} }`
}

/** Strings do not grow from turn to turn. */
function short(context: Context, type: Hint): string {
  const value = context.of(type, 2)
  return type === 'string' && context.repeats > 1 ? `${value}.slice(0, 20)` : value
}

function changed(context: Context): string {
  const { random } = context
  const places = context
    .places()
    .filter(({ name, type }) => name.startsWith('o') && name.includes('.') && typeof type !== 'object')
  if (places.length === 0) return made(context)
  const { name, type } = random.pick(places)
  if (type !== 'number') return `${name} = ${short(context, type)};`
  if (random.chance(0.2)) return random.pick([`${name}++;`, `--${name};`])
  return `${name} ${random.pick(['=', '=', '+=', '-=', '*=', '|='])} ${context.number(2)};`
}

/** A whole new object for a variable; only of `let`, so that a `const` stays refused. */
function replaced(context: Context): string {
  const name = context.fresh('o')
  const record = context.random.pick(shapes)
  const first = literal(context, record)
  context.declare({ name, type: { record }, mutable: true })
  return `let ${name} = ${first}; if (${context.boolean(2)}) ${name} = ${literal(context, record)};`
}

/** A second name of one object: a change through the one is seen through the other. */
function another(context: Context): string {
  const known = own(context)
  if (known.length === 0) return made(context)
  const { name: first, type } = context.random.pick(known)
  const name = context.fresh('o')
  context.declare({ name, type, mutable: true })
  return `const ${name} = ${first};`
}

function spread(context: Context): string {
  const known = own(context)
  if (known.length === 0) return made(context)
  const { name: first, type } = context.random.pick(known)
  const name = context.fresh('o')
  const value = `{ ...${first}, ${context.random.pick(['x', 'n', 'z'])}: ${context.number(2)} }`
  const keeps = typeof type === 'object' && ('x' in type.record || 'n' in type.record)
  if (
    keeps &&
    !value.includes(' z:') &&
    !(value.includes(' x:') && !('x' in type.record)) &&
    !(value.includes(' n:') && !('n' in type.record))
  ) {
    context.declare({ name, type, mutable: true })
  }
  return `const ${name} = ${value};`
}

/** By a function inside. */
function given(context: Context): string {
  const { random } = context
  const maker = context.fresh('g')
  const record = random.pick(shapes)
  const body = context.apart(() => {
    context.declare({ name: 'x', type: 'number', mutable: true })
    return literal(context, record)
  })
  const name = context.fresh('o')
  const text = random.chance(0.5) ? `function ${maker}(x) { return ${body}; }` : `const ${maker} = (x) => (${body});`
  const call = `const ${name} = ${maker}(${context.number(2)});`
  context.declare({ name, type: { record }, mutable: true })
  return `${text} ${call}`
}

/** To a function inside, which may change it. */
function handed(context: Context): string {
  const { random } = context
  const known = own(context)
  if (known.length === 0) return made(context)
  const { name: argument, type } = random.pick(known)
  const taker = context.fresh('g')
  const body = context.apart(() => {
    context.declare({ name: 'o', type, mutable: true })
    const change = random.chance(0.3) ? changed(context) : ''
    return `${change} return ${context.number(3)};`
  })
  const name = context.fresh('v')
  context.declare({ name, type: 'number', mutable: true })
  return `function ${taker}(o) { ${body} } let ${name} = ${taker}(${argument});`
}

function takenApart(context: Context): string {
  const known = own(context)
  if (known.length === 0) return made(context)
  const { name: from, type } = context.random.pick(known)
  if (typeof type !== 'object') return ''
  const parts = Object.entries(type.record).map(([field, inner]) => {
    const name = context.fresh(typeof inner === 'object' ? 'o' : 'v')
    context.declare({ name, type: inner, mutable: true })
    return `${field}: ${name}`
  })
  return `let { ${parts.join(', ')} } = ${from};`
}

function swapped(context: Context): string {
  const { random } = context
  const numbers = context.variables('number', true)
  if (numbers.length < 2) return made(context)
  const [a, b] = [random.pick(numbers).name, random.pick(numbers).name]
  return random.pick([`[${a}, ${b}] = [${b}, ${a}];`, `[${a}, ${b}] = [${b} + 1, ${a} - ${b}];`])
}

/** One object or another. */
function chosen(context: Context, block: Block): string {
  const record = context.random.pick(shapes)
  const text = `(${context.boolean(2)} ? ${literal(context, record)} : ${literal(context, record)})`
  const name = context.fresh('o')
  context.declare({ name, type: { record }, mutable: true })
  return `const ${name} = ${text}; if (${context.boolean(2)}) ${block(context, 2)}`
}
