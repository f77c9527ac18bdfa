// Loops, which end by construction: their counters are not assigned inside, or only forward.
import type { Context } from './context.ts'

type Block = (context: Context, statements: number) => string

export function loop(context: Context, block: Block): string {
  const { random } = context
  const label = random.chance(0.2) ? context.fresh('l') : undefined
  if (label !== undefined) context.labels.push({ name: label, loop: true })
  context.loops += 1
  const before = context.repeats
  const text = context.inside(() =>
    random.weighted<() => string>([
      [5, () => counted(context, block)],
      [1.5, () => overView(context, block)],
      [1, () => overText(context, block)],
      [1, () => whileLoop(context, block)],
      [1, () => doLoop(context, block)],
      [0.7, () => fuelled(context, block)],
      [0.5, () => oddCounter(context, block)],
      [context.repeats > 10 ? 0 : 0.5, () => growing(context)],
      [context.taste.secondRow ? 2 : 0, () => forOf(context, block)],
    ])(),
  )
  context.repeats = before
  context.loops -= 1
  if (label !== undefined) context.labels.pop()
  return text.replace('/*loop*/', label === undefined ? '' : `${label}: `)
}

const body = (context: Context, block: Block, times: number) => {
  context.repeats *= times
  return block(context, context.random.between(1, 3))
}

function counted(context: Context, block: Block): string {
  const { random } = context
  const name = context.fresh('i')
  const from = random.pick([0, 0, 0, 0, 1, -3])
  const times = random.between(1, context.repeats > 20 ? 4 : 9)
  const up = random.chance(0.8)
  const step = random.pick([1, 1, 1, 1, 2, 3])
  const last = from + times * step
  const forward =
    step === 1 ? random.pick([`${name}++`, `++${name}`, `${name} += 1`, `${name} = ${name} + 1`]) : `${name} += ${step}`
  const back = step === 1 ? random.pick([`${name}--`, `--${name}`, `${name} -= 1`]) : `${name} -= ${step}`
  const limit = random.chance(0.4) ? `Math.min(${context.number(2)}, ${last})` : String(last)
  const head = up
    ? `let ${name} = ${from}; ${name} ${random.pick(['<', '<', '<='])} ${limit}; ${forward}`
    : `let ${name} = ${last}; ${name} ${random.pick(['>=', '>'])} ${from}; ${back}`
  const keyword = random.chance(0.1) ? head.replace('let', 'var') : head
  context.declare({ name, type: 'number', mutable: false })
  return `/*loop*/for (${keyword}) ${body(context, block, times)}`
}

function overView(context: Context, block: Block): string {
  const views = context.views()
  if (views.length === 0 || context.repeats > 40) return counted(context, block)
  const { random } = context
  const view = random.pick(views)
  const name = context.fresh('i')
  context.declare({ name, type: 'number', mutable: false, indexOf: view.name })
  const head = random.pick([
    `let ${name} = 0; ${name} < ${view.name}.length; ${name}++`,
    `let ${name} = ${view.name}.length - 1; ${name} >= 0; ${name}--`,
    `let ${name} = 0, n${name} = ${view.name}.length; ${name} < n${name}; ++${name}`,
  ])
  return `/*loop*/for (${head}) ${body(context, block, 10)}`
}

function overText(context: Context, block: Block): string {
  const texts = context.variables('string')
  if (texts.length === 0 || context.repeats > 20) return counted(context, block)
  const { random } = context
  const text = random.pick(texts)
  const name = context.fresh('i')
  const head = `let ${name} = 0; ${name} < ${text.name}.length && ${name} < 60; ${name}++`
  context.declare({ name, type: 'number', mutable: false })
  const unit = context.fresh('c')
  context.declare({ name: unit, type: 'number', mutable: false })
  const inner = body(context, block, 20)
  return `/*loop*/for (${head}) { const ${unit} = ${text.name}.charCodeAt(${name}); ${inner} }`
}

function whileLoop(context: Context, block: Block): string {
  const { random } = context
  const name = context.fresh('w')
  const times = random.between(1, 6)
  context.declare({ name, type: 'number', mutable: false })
  const test = random.chance(0.3) ? ` && ${context.boolean(2)}` : ''
  const inner = body(context, block, times)
  return `let ${name} = 0; /*loop*/while (${name} < ${times}${test}) { ${name}++; ${inner} }`
}

function doLoop(context: Context, block: Block): string {
  const name = context.fresh('w')
  const times = context.random.between(1, 6)
  context.declare({ name, type: 'number', mutable: false })
  return `let ${name} = 0; /*loop*/do ${body(context, block, times)} while (++${name} < ${times});`
}

/** A loop whose condition is anything: a counter of its own ends it. */
function fuelled(context: Context, block: Block): string {
  const fuel = context.fresh('f')
  const times = context.random.between(2, 12)
  const test = context.boolean(3)
  const inner = body(context, block, times)
  const head = context.random.pick([`while (${test})`, 'for (;;)', 'while (true)'])
  return `let ${fuel} = 0; /*loop*/${head} { if (++${fuel} > ${times}) break; ${inner} }`
}

/** Counters where int32 and doubles part, and such that are no whole numbers. */
function oddCounter(context: Context, block: Block): string {
  const { random } = context
  const name = context.fresh('i')
  const head = random.pick([
    `let ${name} = 2147483645; ${name} < 2147483650; ${name}++`,
    `let ${name} = -2147483646; ${name} > -2147483652; ${name}--`,
    `let ${name} = 4294967294; ${name} <= 4294967297; ${name} += 1`,
    `let ${name} = 9007199254740988; ${name} < 9007199254740991; ${name}++`,
    `let ${name} = 0; ${name} < 2; ${name} += 0.25`,
    `let ${name} = 1; ${name} < 1e10; ${name} *= 16`,
    `let ${name} = 0x7fffffff; ${name} > 0; ${name} >>= 5`,
    `let ${name} = 1000; ${name} >= 1; ${name} /= 7`,
    `let ${name} = -2; ${name} <= 0; ${name}++`,
  ])
  context.declare({ name, type: 'number', mutable: false })
  return `/*loop*/for (${head}) ${body(context, block, 6)}`
}

/** Whole numbers that grow past int32, and past 2^53. */
function growing(context: Context): string {
  const { random } = context
  const names = [context.fresh('v'), context.fresh('v')]
  const [a, b] = names
  const step = random.pick([
    `${a} += ${a};`,
    `${a} = ${a} + ${b}; ${b} = ${a} - ${b};`,
    `const t = ${a} + ${b}; ${a} = ${b}; ${b} = t;`,
    `${a} = ${a} + ${a} - 1; ${b} -= ${a};`,
    `${b} = ${a} - ${b}; ${a} += ${b} + ${b};`,
    `${a} += 1073741824; ${b} = ${b} + ${a};`,
  ])
  const name = context.fresh('i')
  const times = random.pick([20, 33, 56, 80])
  return `/*loop*/for (let ${name} = 0, ${a} = ${random.between(0, 3)}, ${b} = 1; ${name} < ${times}; ${name}++) { ${step} ${noted(context, names)} }`
}

/** What became of them is seen outside. */
function noted(context: Context, names: readonly string[]): string {
  const [target] = context.variables('number', true)
  const [a, b] = names
  return target === undefined
    ? ''
    : `${target.name} = ${context.random.pick([`${a}`, `${b}`, `${a} + ${b}`, `(${a} | 0) ^ (${b} >>> 0)`])};`
}

function forOf(context: Context, block: Block): string {
  const { random } = context
  const texts = context.variables('string')
  const views = context.views()
  if (texts.length > 0 && context.repeats <= 10 && random.chance(0.5)) {
    const { name: text } = random.pick(texts)
    const name = context.fresh('c')
    context.declare({ name, type: 'string', mutable: false })
    return `/*loop*/for (const ${name} of ${text}.slice(0, 30)) ${body(context, block, 20)}`
  }
  if (views.length === 0 || context.repeats > 40) return counted(context, block)
  const { name: view } = random.pick(views)
  const name = context.fresh('e')
  context.declare({ name, type: 'number', mutable: false })
  return `/*loop*/for (const ${name} of ${view}) ${body(context, block, 10)}`
}
