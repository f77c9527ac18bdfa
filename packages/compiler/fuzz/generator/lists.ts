// Arrays: literals, what is asked of them, and what is done to them. They stay short, so that programs end soon.
import { elementOf, isListKind, listKinds, type ElementHint, type Hint, type ListKind } from '../program.ts'
import type { Context, Variable } from './context.ts'

type Block = (context: Context, statements: number) => string

/** Arrays in reach, those in fields too. */
export function lists(context: Context, element?: ElementHint): Variable[] {
  return context
    .places()
    .filter(({ type }) => isListKind(type) && (element === undefined || elementOf(type) === element))
}

/** An array of the kind: one in reach, or a new one. */
export function list(context: Context, kind: ListKind, depth: number): string {
  const { random } = context
  const known = lists(context, elementOf(kind))
  if (known.length > 0 && random.chance(0.6)) return random.pick(known).name
  return freshList(context, kind, depth)
}

/** An array that nobody else has. */
function freshList(context: Context, kind: ListKind, depth: number): string {
  const { random } = context
  const element = elementOf(kind)
  const own = (): string => list(context, kind, depth - 1)
  return depth <= 0
    ? literal(context, element, 1)
    : random.weighted<() => string>([
        [3, () => literal(context, element, depth)],
        [1, () => `[...${own()}.slice(0, 20), ${context.of(element, 2)}]`],
        [1, () => `${own()}.slice(${range(context)})`],
        [1, () => `${own()}.slice(0, 12).concat(${own()}.slice(0, 12), ${context.of(element, 2)})`],
        [2, () => `${own()}.map(${callback(context, element, element)})`],
        [1, () => `${other(context, depth)}.map(${callback(context, random.pick(elements), element, true)})`],
        [1.5, () => `${own()}.filter(${callback(context, element, 'boolean')})`],
        [0.7, () => `${own()}.toReversed()`],
        [0.4, () => `${own()}.toSorted(${comparator(context, element)})`],
        [0.5, () => `Array(${random.between(0, 6)}).fill(${context.of(element, 2)})`],
        [0.5, () => `Array.from({ length: ${random.between(0, 6)} }, ${callback(context, 'index', element)})`],
        [0.4, () => `Array.from(${own()})`],
        [element === 'string' ? 2 : 0, () => split(context)],
      ])()
}

const elements = ['number', 'string', 'boolean'] as const

function other(context: Context, depth: number): string {
  // its callback is written for the element it is given
  return list(context, context.random.pick(listKinds), depth - 1)
}

function literal(context: Context, element: ElementHint, depth: number): string {
  const values = Array.from({ length: context.random.between(0, 5) }, () => short(context, element, depth))
  // an empty one might be an array of anything
  if (values.length === 0) values.push(short(context, element, 1))
  return `[${values.join(', ')}]`
}

function short(context: Context, element: ElementHint, depth: number): string {
  const value = context.of(element, depth)
  return element === 'string' && context.repeats > 1 ? `${value}.slice(0, 20)` : value
}

function split(context: Context): string {
  const { random } = context
  const text = `${context.string(2)}.slice(0, 60)`
  return random.pick([
    `${text}.split(${random.pick(['""', '","', '" "', '"a"', context.string(1)])})`,
    `${text}.split(${random.pick(['""', '"b"'])}, ${random.between(0, 3)})`,
    `[...${text}]`,
    `Array.from(${text})`,
  ])
}

function range(context: Context): string {
  const { random } = context
  return random.pick(['', '1', '-2', '0, 2', '1, -1', '-3, -1', context.number(1), `0, ${context.number(1)}`])
}

/** A function of an element that gives a value of the type. */
function callback(context: Context, element: ElementHint | 'index', result: Hint, any = false): string {
  const { random } = context
  const known: Readonly<Record<string, string>> = { number: 'Number', string: 'String', boolean: 'Boolean' }
  if (random.chance(0.1) && typeof result === 'string' && known[result] !== undefined && element !== 'index') {
    return known[result]
  }
  const repeats = context.repeats
  context.repeats *= 10
  const [each, at] = [context.fresh('e'), context.fresh('n')]
  const text = context.inside(() => {
    // of an array of any kind nothing is known of the element
    if (!any && element !== 'index') context.declare({ name: each, type: element, mutable: false })
    context.declare({ name: at, type: 'number', mutable: false })
    const value = result === 'string' ? `${context.string(2)}.slice(0, 20)` : context.of(result, 2)
    if (random.chance(0.7)) return `(${each}, ${at}) => ${value}`
    const counts = context.variables('number', true)
    const before = counts.length > 0 && random.chance(0.5) ? `${random.pick(counts).name} += ${context.number(1)};` : ''
    const early = random.chance(0.3) ? `if (${context.boolean(1)}) return ${context.of(result, 1)};` : ''
    return random.pick([
      `(${each}, ${at}) => { ${before} ${early} return ${value}; }`,
      `function (${each}, ${at}) { ${before} ${early} return ${value}; }`,
    ])
  })
  context.repeats = repeats
  return text
}

function comparator(context: Context, element: ElementHint): string {
  const { random } = context
  const byElement = {
    number: ['(x, y) => x - y', '(x, y) => y - x', '(x, y) => x > y', '(x, y) => (x % 3) - (y % 3)'],
    string: ['(x, y) => x.length - y.length', '(x, y) => (x < y ? -1 : x > y ? 1 : 0)', '(x, y) => x > y'],
    boolean: ['(x, y) => x === y ? 0 : x ? -1 : 1', '(x, y) => (x ? 1 : 0) - (y ? 1 : 0)'],
  }
  // merging by a function is long: few programs have it
  if (random.chance(0.75)) return ''
  return random.pick([...byElement[element], ...byElement[element], '() => 0', '() => -1', '() => NaN'])
}

/** An element, where there is one. */
function elementAt(context: Context, { name, type }: Variable, depth: number): string {
  const { random } = context
  const element = elementOf(type as ListKind)
  if (context.hazard()) return `${name}[${context.number(depth)}]`
  const instead = context.of(element, 1)
  return random.pick([
    `(${name}.length > 0 ? ${name}[(${context.number(depth)} >>> 0) % ${name}.length] : ${instead})`,
    `(${name}.at(${context.number(1)}) ?? ${instead})`,
    `(${name}.length > 1 ? ${name}[${name}.length - 1] : ${instead})`,
    `(${name}.find(${callback(context, element, 'boolean')}) ?? ${instead})`,
    `(${name}.findLast(${callback(context, element, 'boolean')}) ?? ${instead})`,
  ])
}

/** A value of a basic type out of an array; undefined when there is none in reach. */
export function fromList(context: Context, result: ElementHint, depth: number): string | undefined {
  const { random } = context
  const all = lists(context)
  if (all.length === 0 || context.repeats > 60) return undefined
  const same = lists(context, result)
  if (same.length > 0 && random.chance(0.5)) return elementAt(context, random.pick(same), depth)
  const from = random.pick(all)
  const element = elementOf(from.type as ListKind)
  const ways = asked(context, from.name, element, depth)[result]
  return random.pick(ways)()
}

function asked(
  context: Context,
  name: string,
  element: ElementHint,
  depth: number,
): Record<ElementHint, (() => string)[]> {
  const { random } = context
  const value = (): string => context.of(element, depth)
  const from = (): string => (random.chance(0.7) ? '' : `, ${context.number(1)}`)
  const reduced = (result: ElementHint): string => {
    const sum = context.fresh('s')
    const fn = context.inside(() => {
      context.declare({ name: sum, type: result, mutable: false })
      return callback(context, element, result).replace(/^(function )?\(/, `$1(${sum}, `)
    })
    const built = /^[A-Z]/.test(fn) ? `(${sum}, e) => ${fn}(e)` : fn
    return `${name}.${random.pick(['reduce', 'reduceRight'])}(${built}, ${context.of(result, 1)})`
  }
  return {
    number: [
      () => `${name}.length`,
      () => `${name}.indexOf(${value()}${from()})`,
      () => `${name}.lastIndexOf(${value()}${from()})`,
      () => `${name}.findIndex(${callback(context, element, 'boolean')})`,
      () => `${name}.findLastIndex(${callback(context, element, 'boolean')})`,
      () => reduced('number'),
      ...(element === 'number' ? [() => `Math.${random.pick(['max', 'min'])}(...${name})`] : []),
    ],
    string: [
      () => `${name}.join(${random.pick(['', '""', '"-"', '"日"', context.string(1)])}).slice(0, 80)`,
      () => `\`\${${name}}\`.slice(0, 80)`,
      () => `${reduced('string')}.slice(0, 40)`,
    ],
    boolean: [
      () => `${name}.includes(${value()}${from()})`,
      () => `${name}.some(${callback(context, element, 'boolean')})`,
      () => `${name}.every(${callback(context, element, 'boolean')})`,
      () => `(${name} === ${random.pick(lists(context, element)).name})`,
    ],
  }
}

/** Something done to an array, or a new one. */
export function listStatement(context: Context, block: Block): string {
  const { random } = context
  const all = lists(context)
  if (all.length === 0 || random.chance(0.25)) return declared(context)
  const { name, type } = random.pick(all)
  const element = elementOf(type as ListKind)
  const value = (): string => short(context, element, 2)
  return random.weighted<() => string>([
    [3, () => `if (${name}.length < 30) ${name}.push(${value()}${random.chance(0.3) ? `, ${value()}` : ''});`],
    [2, () => `if (${name}.length > 0) ${name}[(${context.number(2)} >>> 0) % ${name}.length] = ${value()};`],
    [1, () => `if (${name}.length < 30) ${name}[${name}.length] = ${value()};`],
    [1, () => `${name}.${random.pick(['pop', 'shift'])}();`],
    [1, () => taken(context, name, element)],
    [0.7, () => `if (${name}.length < 30) ${name}.unshift(${value()});`],
    [1, () => `${name}.reverse();`],
    [0.5, () => `${name}.sort(${comparator(context, element)});`],
    [1, () => `${name}.fill(${value()}${random.pick(['', ', 1', ', -1', `, ${context.number(1)}`])});`],
    [
      1,
      () =>
        `if (${name}.length < 30) ${name}.splice(${random.pick(['0', '1', '-1', context.number(1)])}, ${random.between(0, 2)}, ${value()});`,
    ],
    [0.5, () => `${name}.length = Math.min(${name}.length, ${random.between(0, 8)});`],
    [2, () => through(context, name, element, block)],
    [1, () => pieces(context, name, element)],
    [context.hazard() ? 1 : 0, () => `${name}[${context.number(2)} % 64] = ${value()};`],
  ])()
}

function declared(context: Context): string {
  const { random } = context
  const kind = random.pick(listKinds)
  const name = context.fresh('a')
  const alias = lists(context, elementOf(kind))
  const value = alias.length > 0 && random.chance(0.2) ? random.pick(alias).name : freshList(context, kind, 2)
  if (random.chance(0.15)) {
    const element = elementOf(kind)
    const first = short(context, element, 2)
    context.declare({ name, type: kind, mutable: false })
    return `const ${name} = []; ${name}.push(${first});`
  }
  context.declare({ name, type: kind, mutable: false })
  return `${random.pick(['let', 'const'])} ${name} = ${value};`
}

function taken(context: Context, name: string, element: ElementHint): string {
  const { random } = context
  const made = context.fresh('v')
  const [method, instead] = [random.pick(['pop', 'shift']), context.of(element, 1)]
  context.declare({ name: made, type: element, mutable: true })
  return `let ${made} = ${name}.${method}() ?? ${instead};`
}

function through(context: Context, name: string, element: ElementHint, block: Block): string {
  const { random } = context
  const before = context.repeats
  if (before > 40) return `${name}.reverse();`
  const each = context.fresh('e')
  const text = context.inside(() => {
    context.declare({ name: each, type: element, mutable: false })
    context.repeats *= 10
    if (random.chance(0.5)) {
      context.loops += 1
      const body = `for (const ${each} of ${name}.slice(0, 20)) ${block(context, random.between(1, 2))}`
      context.loops -= 1
      return body
    }
    // a function: nothing inside may leave what lies around it
    const labels = context.labels.splice(0)
    const { loops, result } = context
    context.loops = 0
    context.result = 'nothing'
    const body = `${name}.forEach((${each}) => { ${block(context, random.between(1, 2))} });`
    context.loops = loops
    context.result = result
    context.labels.push(...labels)
    return body
  })
  context.repeats = before
  return text
}

function pieces(context: Context, name: string, element: ElementHint): string {
  const [first, rest] = [context.fresh('v'), context.fresh('a')]
  const text = `const [${first}, ...${rest}] = [...${name}.slice(0, 9), ${context.of(element, 1)}];`
  context.declare({ name: first, type: element, mutable: false })
  context.declare({ name: rest, type: `${element}[]`, mutable: false })
  return text
}
