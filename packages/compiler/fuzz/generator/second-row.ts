// What the second row of the subset adds: values that may be missing, for-of, try, closures, defaults.
import type { Context } from './context.ts'
import { callOf } from './calls.ts'

interface Statements {
  readonly block: (context: Context, statements: number) => string
  readonly assignment: (context: Context) => string
}

export function secondRow(context: Context, { block, assignment }: Statements): string {
  const { random } = context
  return random.weighted<() => string>([
    [1, () => `try ${block(context, 2)} catch ${block(context, 1)}`],
    [0.5, () => `try ${block(context, 2)} catch (error) ${block(context, 1)}`],
    [0.5, () => `if (${context.boolean(2)}) { try ${block(context, 2)} finally ${block(context, 1)} }`],
    [1, () => leftEarly(context, block)],
    [context.repeats > 40 ? 0 : 1, () => written(context)],
    [2, () => missing(context, block)],
    [1, () => undefinedAtFirst(context)],
    [1, () => closure(context)],
    [1, () => withDefault(context)],
    [1, () => logicalAssignment(context, assignment)],
    [0.5, () => typeTest(context)],
    [0.5, () => `void ${callOf(context, 'number', 2) ?? context.number(2)};`],
  ])()
}

/** A block that may be left early, and what is done then. */
function leftEarly(context: Context, block: Statements['block']): string {
  const { random } = context
  const ways = context.loops > 0 ? ['break;', 'continue;'] : []
  const value = context.result === 'nothing' ? '' : context.of(context.result, 2)
  const leave = random.pick([...ways, `return ${value};`])
  const test = context.boolean(2)
  return `try { if (${test}) ${leave} ${block(context, 1)} } finally ${block(context, 2)}`
}

function written(context: Context): string {
  const { random } = context
  const method = random.pick(['log', 'log', 'info', 'warn', 'error', 'debug'])
  const args = Array.from({ length: random.below(4) }, () =>
    context.of(random.pick(['number', 'string', 'boolean'] as const), 2),
  )
  return `console.${method}(${args.join(', ')});`
}

/** The best of several, and none at first. */
function missing(context: Context, block: Statements['block']): string {
  const { random } = context
  const best = context.fresh('m')
  const name = context.fresh('i')
  const none = random.pick(['null', 'undefined'])
  const value = context.number(2)
  const test = random.pick([`${best} === ${none}`, `${best} == null`])
  const inner = context.inside(() => {
    context.declare({ name, type: 'number', mutable: false })
    return block(context, 1)
  })
  const found = context.fresh('v')
  const result = random.pick([
    `${best} ?? ${context.number(1)}`,
    `${best} === ${none} ? -1 : ${best}`,
    `${best} != null ? ${best} + 1 : 0`,
  ])
  const loop = `for (let ${name} = 0; ${name} < ${random.between(0, 4)}; ${name}++) { ${inner} const e = ${value}; if (${test} || e > ${best}) ${best} = e; }`
  context.declare({ name: found, type: 'number', mutable: true })
  return `let ${best} = ${none}; ${loop} let ${found} = ${result};`
}

function undefinedAtFirst(context: Context): string {
  const { random } = context
  const name = context.fresh('u')
  const type = random.pick(['number', 'string', 'boolean'] as const)
  const result = context.fresh('v')
  const text = `let ${name}; if (${context.boolean(2)}) ${name} = ${context.of(type, 2)};`
  const other = context.of(type, 1)
  const value = random.pick([
    `${name} === undefined ? ${other} : ${name}`,
    `typeof ${name} === "undefined" ? ${other} : ${name}`,
    `${name} ?? ${other}`,
    `${name} === void 0 ? ${other} : ${name}`,
  ])
  context.declare({ name: result, type, mutable: false })
  return `${text} const ${result} = ${value};`
}

function closure(context: Context): string {
  const { random } = context
  const seen = context.fresh('v')
  const name = context.fresh('g')
  const result = context.fresh('v')
  const first = `const ${seen} = ${context.number(2)};`
  const body = context.apart(() => {
    context.declare({ name: seen, type: 'number', mutable: false })
    context.declare({ name: 'x', type: 'number', mutable: true })
    return context.number(3)
  })
  const text = random.chance(0.5) ? `const ${name} = (x) => ${body};` : `function ${name}(x) { return ${body}; }`
  const call = `const ${result} = ${name}(${context.number(2)}) + ${name}(${context.number(1)});`
  context.declare({ name: seen, type: 'number', mutable: false })
  context.declare({ name: result, type: 'number', mutable: false })
  return `${first} ${text} ${call}`
}

function withDefault(context: Context): string {
  const { random } = context
  const name = context.fresh('g')
  const result = context.fresh('v')
  const body = context.apart(() => {
    for (const each of ['x', 'y']) context.declare({ name: each, type: 'number', mutable: true })
    return context.number(3)
  })
  const text = `function ${name}(x, y = ${random.pick(['2', '-0', 'x', 'x + 1', 'Math.abs(x)'])}) { return ${body}; }`
  const call = random.pick([
    `${name}(${context.number(1)})`,
    `${name}(${context.number(1)}, undefined)`,
    `${name}(1, ${context.number(1)})`,
  ])
  context.declare({ name: result, type: 'number', mutable: false })
  return `${text} const ${result} = ${call};`
}

function logicalAssignment(context: Context, assignment: Statements['assignment']): string {
  const { random } = context
  const targets = [...context.variables('number', true), ...context.variables('boolean', true)]
  if (targets.length === 0) return assignment(context)
  const { name, type } = random.pick(targets)
  return `${name} ${random.pick(['||=', '&&=', '??='])} ${context.of(type, 2)};`
}

function typeTest(context: Context): string {
  const { random } = context
  const type = random.pick(['number', 'string', 'boolean'] as const)
  const result = context.fresh('v')
  const text = `typeof ${context.of(type, 1)} ${random.pick(['===', '!=='])} "${random.pick(['number', 'string', 'boolean', 'undefined'])}"`
  context.declare({ name: result, type: 'boolean', mutable: false })
  return `const ${result} = ${text};`
}
