// Statements, each one or a few lines of text.
import { viewKinds, isListKind, isViewKind, type Hint } from '../program.ts'
import type { Context } from './context.ts'
import { idiom } from './idioms.ts'
import { nearIndex } from './indexes.ts'
import { listStatement } from './lists.ts'
import { loop } from './loops.ts'
import { records } from './records.ts'
import { secondRow } from './second-row.ts'

type Make = (context: Context) => string

export function block(context: Context, statements: number): string {
  return context.inside(() => {
    const lines: string[] = []
    if (context.random.chance(0.06)) lines.push(shadow(context))
    for (let i = 0; i < statements && context.budget > 0; i++) lines.push(statement(context))
    return `{ ${lines.join(' ')} }`
  })
}

export function statement(context: Context): string {
  context.budget -= 1
  const { views, strings } = context.taste
  const numeric = context.repeats > 1 ? 2 : 1
  const make = context.random.weighted<Make>([
    [4, declaration],
    [4 * numeric, assignment],
    [0.7 * strings + (context.repeats > 1 ? 1 : 0), growth],
    [1.5 * views, store],
    [2, branch],
    [context.repeats > 400 ? 0 : 2, (own) => loop(own, block)],
    [0.5, choice],
    [0.3, labelled],
    [0.5, leave],
    [0.5, early],
    [0.15, thrown],
    [0.3, (own) => `${own.of(own.random.pick(['number', 'string', 'boolean'] as const), 2)};`],
    [0.1, (own) => block(own, 2)],
    [context.taste.secondRow ? 1.5 : 0, (own) => secondRow(own, { block, assignment })],
    [2.5 * context.taste.lists, (own) => listStatement(own, block)],
    [context.taste.records, (own) => records(own, block)],
    [context.taste.idioms, idiom],
  ])
  return make(context)
}

const basic = ['number', 'number', 'number', 'string', 'boolean'] as const

function declaration(context: Context): string {
  const { random, taste } = context
  if (random.chance(0.1 * taste.views)) return newView(context)
  if (random.chance(0.05)) return several(context)
  const type = random.weighted<Hint>([
    [3, 'number'],
    [taste.strings, 'string'],
    [0.5, 'boolean'],
  ])
  const keyword = random.weighted([
    [4, 'let'],
    [3, 'const'],
    [0.7, 'var'],
  ] as const)
  const value = random.chance(0.3) && type === 'number' && keyword !== 'const' ? start(context) : initial(context, type)
  const name = context.fresh('v')
  if (keyword === 'let' && random.chance(0.05)) {
    context.declare({ name, type, mutable: true })
    return `let ${name}; ${name} = ${value};`
  }
  context.declare({ name, type, mutable: keyword !== 'const' })
  return `${keyword} ${name} = ${value};`
}

/** Where a sum or a counter begins: mostly at 0, now and then just below a border. */
function start({ random }: Context): string {
  if (random.chance(0.8)) return String(random.below(3))
  return random.pick(['2147483646', '-2147483647', '4294967294', '9007199254740989', '-9007199254740990', '0.5', '-1'])
}

const initial = (context: Context, type: Hint) => short(context, type, 3)

/** A value that does not make strings grow from one turn of a loop to the next. */
function short(context: Context, type: Hint, depth: number): string {
  const value = context.of(type, depth)
  return type === 'string' && context.repeats > 1 ? `${value}.slice(0, 40)` : value
}

function several(context: Context): string {
  const first = context.number(2)
  const second = context.number(2)
  const names = [context.fresh('v'), context.fresh('v')]
  for (const name of names) context.declare({ name, type: 'number', mutable: true })
  return `let ${names[0]} = ${first}, ${names[1]} = ${second};`
}

/** An inner variable of an outer one's name, perhaps of another type. */
function shadow(context: Context): string {
  const { random } = context
  const outer = context.all().filter(({ type }) => typeof type === 'string' && !isViewKind(type) && !isListKind(type))
  if (outer.length === 0) return ''
  const { name } = random.pick(outer)
  const type = random.pick(basic)
  const hidden = new RegExp(`\\b${name}\\b`)
  const value = short(context, type, 2)
  if (hidden.test(value)) return ''
  context.declare({ name, type, mutable: random.chance(0.5) })
  return `let ${name} = ${value};`
}

function newView(context: Context): string {
  const { random } = context
  const kind = random.pick(viewKinds)
  const name = context.fresh('a')
  const length = random.chance(0.7) ? String(random.between(1, 12)) : `(${context.number(2)} & 15)`
  const fill = random.chance(0.2) ? `.fill(${context.number(2)})` : ''
  context.declare({ name, type: kind, mutable: false })
  return `const ${name} = new ${kind}(${length})${fill};`
}

function assignment(context: Context): string {
  const { random } = context
  const targets = [...context.variables('number', true), ...context.variables('boolean', true)]
  if (targets.length === 0) return declaration(context)
  const target = random.pick(targets)
  if (target.type === 'boolean') return `${target.name} = ${context.boolean(3)};`
  if (random.chance(0.15)) return random.pick([`${target.name}++;`, `--${target.name};`])
  const operator = random.weighted([
    [4, '='],
    [4, '+='],
    [1, '-='],
    [1, '*='],
    [0.5, '/='],
    [0.5, '%='],
    [0.7, '^='],
    [0.4, '|='],
    [0.4, '&='],
    [0.3, '>>>='],
    [0.2, '>>='],
    [0.3, '<<='],
    [0.1, '**='],
  ] as const)
  return `${target.name} ${operator} ${context.number(3)};`
}

function growth(context: Context): string {
  const targets = context.variables('string', true)
  if (targets.length === 0) return declaration(context)
  const { name } = context.random.pick(targets)
  if (context.random.chance(0.4)) return `${name} = ${short(context, 'string', 3)};`
  if (context.random.chance(0.15)) return fork(context, name)
  if (context.repeats === 1) return `${name} += ${context.of(context.random.pick(basic), 2)};`
  // In a loop: a little that does not depend on how long it already is.
  const piece = context.random.pick([context.number(2), `${context.string(2)}.slice(0, 5)`, context.boolean(2), '"ab"'])
  return `${name} += ${piece};`
}

/** Two texts that begin alike: neither may be written over by what is appended to the other. */
function fork(context: Context, name: string): string {
  const copy = context.fresh('v')
  const first = `const ${copy} = ${name} + ${context.number(1)};`
  context.declare({ name: copy, type: 'string', mutable: false })
  return `${first} ${name} += ${context.random.pick(['"b"', '"\\u0101"', context.number(1)])};`
}

function store(context: Context): string {
  const { random } = context
  const views = context.views()
  if (views.length === 0) return newView(context)
  const view = random.pick(views)
  if (random.chance(0.1)) {
    const range = random.pick(['', ', 1', ', 1, 3', ', -2', `, ${context.number(1)}`])
    return `${view.name}.fill(${context.number(2)}${range});`
  }
  const place = `${view.name}[${nearIndex(context, view, 2)}]`
  const operator = random.pick(['=', '=', '=', '+=', '-=', '*=', '^=', '|='])
  if (random.chance(0.1)) return `${place}++;`
  return `${place} ${operator} ${context.number(3)};`
}

function branch(context: Context): string {
  const { random } = context
  const test = random.chance(0.85) ? context.boolean(3) : random.chance(0.5) ? context.number(2) : context.string(2)
  const yes = random.chance(0.8) ? block(context, random.between(1, 3)) : simple(context)
  if (random.chance(0.5)) return `if (${test}) ${yes}`
  const no = random.chance(0.2) ? branch(context) : block(context, random.between(1, 2))
  return `if (${test}) ${yes} else ${no}`
}

/** One statement that declares nothing. */
function simple(context: Context): string {
  const targets = context.variables('number', true)
  return targets.length === 0 ? context.inside(() => `{ ${declaration(context)} }`) : assignment(context)
}

function choice(context: Context): string {
  const { random } = context
  const byText = random.chance(0.3 * context.taste.strings)
  const test = byText
    ? `${context.string(2)}.charAt(0)`
    : random.pick([`(${context.number(2)} & 3)`, context.number(2)])
  const cases = Array.from({ length: random.between(1, 4) }, (_, i) => {
    const label = byText
      ? JSON.stringify(random.pick(['a', 'b', '', '0', 'x']))
      : random.pick([`${i}`, `${i}`, '2 - 1', '-0', '0.5'])
    return clause(context, `case ${label}:`)
  })
  if (random.chance(0.6)) cases.splice(random.between(0, cases.length), 0, clause(context, 'default:'))
  return `switch (${test}) { ${cases.join(' ')} }`
}

function clause(context: Context, label: string): string {
  const { random } = context
  const body = random.chance(0.8) ? block(context, random.between(1, 2)) : ''
  return `${label} ${body} ${random.chance(0.7) ? 'break;' : ''}`
}

function labelled(context: Context): string {
  const name = context.fresh('l')
  context.labels.push({ name, loop: false })
  const body = block(context, 3)
  context.labels.pop()
  return `${name}: ${body}`
}

function leave(context: Context): string {
  const { random } = context
  const ways: string[] = context.loops > 0 ? ['break;', 'continue;', 'continue;'] : []
  for (const { name, loop: loops } of context.labels) {
    ways.push(`break ${name};`)
    if (loops) ways.push(`continue ${name};`)
  }
  if (ways.length === 0) return assignment(context)
  return `if (${context.boolean(2)}) ${random.pick(ways)}`
}

function early(context: Context): string {
  return `if (${context.boolean(3)} && ${context.boolean(2)}) ${end(context, 2)}`
}

export function end(context: Context, depth: number): string {
  if (context.result === 'nothing') return 'return;'
  const value = context.of(context.result, depth)
  return `return ${value};`
}

/** The last statement: often one that shows what became of all variables. */
export function conclusion(context: Context): string {
  const { random } = context
  const known = context.all().filter(({ type }) => type === 'number' || type === 'string' || type === 'boolean')
  if (context.result === 'string' && known.length > 0 && random.chance(0.6)) {
    const parts = known
      .slice(-6)
      .map(({ name, type }) => (type === 'number' && random.chance(0.3) ? `1 / ${name}` : name))
    return 'return `' + parts.map((part) => '${' + part + '}').join(' ') + '`;'
  }
  if (context.result === 'number' && random.chance(0.4)) {
    const numbers = known.filter(({ type }) => type === 'number')
    if (numbers.length > 0)
      return `return ${numbers
        .slice(-random.between(1, 4))
        .map(({ name }) => name)
        .join(random.pick([' + ', ' * ', ' - ']))};`
  }
  return end(context, 4)
}

function thrown(context: Context): string {
  if (!context.hazard() && context.random.chance(0.8)) return assignment(context)
  const error = context.random.pick(['new Error("no")', 'new RangeError(`bad ${1}`)', '"text"', context.string(2)])
  return `if (${context.boolean(2)} && ${context.boolean(2)}) throw ${error};`
}
