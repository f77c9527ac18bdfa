// A random program, well typed, that ends: the same one for the same random numbers.
import { isListKind, listKinds, viewKinds, type Capture, type Hint, type Program } from '../program.ts'
import type { Random } from '../random.ts'
import { boolean } from './booleans.ts'
import { Context, type Callee, type Features } from './context.ts'
import { number } from './numbers.ts'
import { list } from './lists.ts'
import { conclusion, end, statement } from './statements.ts'
import { string } from './strings.ts'

export type { Features } from './context.ts'

export function generate(random: Random, features: Features): Program {
  const context = new Context(random, features, { number, string, boolean, list })
  const captures = capturedValues(context)
  const locals = Array.from({ length: random.pick([0, 0, 0, 1, 1, 2]) }, () => helper(context, captures))
  const parameters = Array.from({ length: random.pick([0, 1, 1, 2, 2, 2, 3, 3, 4]) }, () => parameter(context))
  context.result = drawResult(context)
  const heads = parameters.map((each) => each.text)
  const body = writeBody(context, locals)
  return {
    source: shaped(context, heads.join(', '), body),
    types: parameters.map((each) => each.type),
    captures,
  }
}

function writeBody(context: Context, locals: string[]): string {
  const { random } = context
  const unpacked = context.all().flatMap((variable) => {
    if (typeof variable.type !== 'object' || !random.chance(0.3)) return []
    return [unpack(context, variable.name, variable.type.record)]
  })
  const lines = Array.from({ length: random.between(0, 7) }, () => (context.budget > 0 ? statement(context) : ''))
  // Functions are known before the place where they are declared.
  const [early, late] = random.chance(0.8)
    ? [locals, []]
    : [locals.filter((each) => each.startsWith('const')), locals.filter((each) => each.startsWith('function'))]
  return [...early, ...unpacked, ...lines, conclusion(context), ...late].filter(Boolean).join('\n  ')
}

function shaped({ random }: Context, head: string, body: string): string {
  return random.weighted<() => string>([
    [4, () => `function body(${head}) {\n  ${body}\n}`],
    [1, () => `function (${head}) {\n  ${body}\n}`],
    [3, () => `(${head}) => {\n  ${body}\n}`],
    [0.5, () => `run(${head}) {\n  ${body}\n}`],
  ])()
}

function drawType(context: Context): Hint {
  const { random, taste } = context
  return random.weighted<Hint>([
    [4, 'number'],
    [2 * taste.strings, 'string'],
    [0.6, 'boolean'],
    [taste.views, random.pick(viewKinds)],
    [2 * taste.lists, random.pick(listKinds)],
  ])
}

function fieldsOf(context: Context): Record<string, Hint> {
  const names = ['x', 'y', 'total', 'name', 'ok', 'kind']
  const count = context.random.between(1, 3)
  const fields: Record<string, Hint> = {}
  for (let i = 0; i < count; i++) {
    fields[context.random.pick(names)] = fieldType(context)
  }
  return fields
}

function fieldType(context: Context): Hint {
  const { random, taste } = context
  return random.weighted<Hint>([
    [4, 'number'],
    [1.5, 'string'],
    [1, 'boolean'],
    [0.5 * taste.views, random.pick(viewKinds)],
    [0.5 * taste.lists, random.pick(listKinds)],
    [taste.secondRow ? 0.5 : 0, { record: { x: 'number', y: random.pick(['number', 'string'] as const) } }],
  ])
}

function parameter(context: Context): { text: string; type: Hint } {
  const { random } = context
  if (random.chance(0.12)) {
    const type = { record: fieldsOf(context) }
    if (random.chance(0.4)) return { text: pattern(context, type.record), type }
    const name = context.fresh('r')
    context.declare({ name, type, mutable: false })
    return { text: name, type }
  }
  const type = drawType(context)
  const name = context.fresh('p')
  context.declare({ name, type, mutable: typeof type === 'string' && !type.endsWith('Array') && !isListKind(type) })
  return { text: name, type }
}

/** `{ x, y: v3 }`, which declares what it takes out. */
function pattern(context: Context, fields: Record<string, Hint>): string {
  const taken = Object.entries(fields).map(([field, type]) => {
    const name = context.fresh('d')
    context.declare({ name, type, mutable: true })
    return `${field}: ${name}`
  })
  return `{ ${taken.join(', ')} }`
}

function unpack(context: Context, name: string, fields: Record<string, Hint>): string {
  return `let ${pattern(context, fields)} = ${name};`
}

function drawResult(context: Context): Hint | 'nothing' {
  const { random, taste } = context
  const views = context.views()
  return random.weighted<Hint | 'nothing'>([
    [4, 'number'],
    [2 * taste.strings, 'string'],
    [1, 'boolean'],
    [0.05, 'nothing'],
    [0.3 * taste.views, random.pick(viewKinds)],
    [2 * taste.lists, random.pick(listKinds)],
    // What was written to a parameter shows only when it is returned.
    ...views.map(({ type }) => [1.5, type] as const),
    [0.5, { record: fieldsOf(context) }],
  ])
}

function capturedValues(context: Context): Record<string, Capture> {
  const { random } = context
  const captures: Record<string, Capture> = {}
  const count = random.pick([0, 0, 0, 1, 2])
  for (let i = 0; i < count; i++) {
    const name = random.pick(['RATE', 'LIMIT', 'NAME', 'FLAG'])
    const value = random.pick<Capture>([0.19, 7, -3, 1e9, 'tax', 'é', true, false, 2147483647])
    captures[name] = value
  }
  for (const [name, value] of Object.entries(captures)) {
    context.declare({ name, type: typeof value as 'number', mutable: false })
  }
  if (random.chance(0.05)) {
    captures['SETTINGS'] = { fields: { x: random.pick([0.5, -0, 3]), name: 'tax', inner: { ok: true, y: 2 ** 31 } } }
    const type = { record: { x: 'number', name: 'string', inner: { record: { ok: 'boolean', y: 'number' } } } } as const
    context.declare({ name: 'SETTINGS', type, mutable: false })
  }
  return captures
}

/** A helper, declared in the body (its text is the answer) or captured (there is none). */
function helper(context: Context, captures: Record<string, Capture>): string {
  const { random } = context
  const name = context.fresh('h')
  const recursive = random.chance(0.4)
  const result = random.pick(['number', 'number', 'string', 'boolean'] as const)
  const types: Hint[] = Array.from({ length: random.between(0, 2) }, () =>
    random.pick(['number', 'number', 'string', 'boolean'] as const),
  )
  if (recursive) types.push('number')
  const callee: Callee = { name, parameters: types, result, recursive }
  const text = context.apart(() => writeHelper(context, callee))
  context.callees.push(callee)
  if (
    random.chance(0.3) &&
    !/\bh\d+\(/.test(text.replace(`${name}(`, '').replaceAll(`${name}(`, recursive ? 'h0(' : ''))
  ) {
    captures[name] = { text }
    return ''
  }
  return !recursive && random.chance(0.3) ? `const ${name} = ${asArrow(text, name)};` : text
}

function writeHelper(context: Context, callee: Callee): string {
  const { random } = context
  context.result = callee.result
  context.repeats = 8
  context.budget = 5
  const names = callee.parameters.map((type) => {
    const name = context.fresh('p')
    context.declare({ name, type, mutable: !callee.recursive })
    return name
  })
  const lines: string[] = []
  if (callee.recursive) {
    const depth = names.at(-1)
    lines.push(`if (!(${depth} > 0)) ${end(context, 2)}`)
    const values = callee.parameters.map((type) => context.of(type, 2))
    values[values.length - 1] = `${depth} - 1`
    const name = context.fresh('v')
    lines.push(`const ${name} = ${callee.name}(${values.join(', ')});`)
    context.declare({ name, type: callee.result, mutable: false })
  }
  for (let i = random.below(3); i > 0; i--) lines.push(statement(context))
  lines.push(end(context, 3))
  return `function ${callee.name}(${names.join(', ')}) { ${lines.join(' ')} }`
}

function asArrow(text: string, name: string): string {
  const short = /^function \w+(\([^)]*\)) \{ return ([^;]*); \}$/.exec(text)
  if (short !== null && !short[2]?.startsWith('{')) return `${short[1]} => ${short[2]}`
  return text.replace(`function ${name}(`, 'function (')
}
