// Expressions whose value is always the same, and known without running the module: evaluated as JavaScript would.
import type { SyntaxNode } from './syntax-node.ts'
import { isFunctionNode, nodeAt, nodesAt, textAt } from './syntax-node.ts'

export interface Known {
  readonly value: unknown
}

/** What an expression may refer to: constants by their names, and functions as `compileFunction` takes them. */
export interface Surroundings {
  readonly captures: Readonly<Record<string, unknown>>
  functionText(node: SyntaxNode): unknown
}

type Plain = number | string | boolean

/** Undefined: it may be anything. */
export function constantOf(node: SyntaxNode | undefined, around: Surroundings): Known | undefined {
  if (node === undefined) return undefined
  if (isFunctionNode(node)) return { value: around.functionText(node) }
  const inner = nodeAt(node, 'expression')
  if (inner !== undefined && (node.type.startsWith('TS') || node.type === 'ParenthesizedExpression')) {
    return constantOf(inner, around)
  }
  return frozenOf(node, around) ?? plainOf(node, around)
}

function plainOf(node: SyntaxNode, around: Surroundings): Known | undefined {
  switch (node.type) {
    case 'Literal': {
      const { value } = node
      const odd = node['regex'] !== undefined || node['bigint'] !== undefined
      return !odd && (value === null || isPlain(value)) ? { value } : undefined
    }
    case 'TemplateLiteral': {
      const [only, ...more] = nodesAt(node, 'quasis')
      const cooked = (only?.['value'] as { readonly cooked?: unknown } | undefined)?.cooked
      return more.length === 0 && typeof cooked === 'string' ? { value: cooked } : undefined
    }
    case 'Identifier':
      return named(textAt(node, 'name') ?? '', around)
    case 'MemberExpression':
      return memberOf(node)
    case 'UnaryExpression':
      return unary(textAt(node, 'operator') ?? '', plainValue(nodeAt(node, 'argument'), around))
    case 'BinaryExpression': {
      const [left, right] = [nodeAt(node, 'left'), nodeAt(node, 'right')].map((each) => plainValue(each, around))
      return left === undefined || right === undefined ? undefined : binary(textAt(node, 'operator') ?? '', left, right)
    }
    default:
      return undefined
  }
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'
}

function plainValue(node: SyntaxNode | undefined, around: Surroundings): Plain | undefined {
  const value = constantOf(node, around)?.value
  return isPlain(value) ? value : undefined
}

function named(name: string, { captures }: Surroundings): Known | undefined {
  if (Object.hasOwn(captures, name)) return isPlain(captures[name]) ? { value: captures[name] } : undefined
  if (name === 'NaN' || name === 'Infinity') return { value: name === 'NaN' ? NaN : Infinity }
  return undefined
}

/** `Math.PI` and its like. */
function memberOf(node: SyntaxNode): Known | undefined {
  const [object, field] = [textAt(nodeAt(node, 'object'), 'name'), textAt(nodeAt(node, 'property'), 'name') ?? '']
  const holder = object === 'Math' ? Math : object === 'Number' ? Number : undefined
  if (holder === undefined || node['computed'] === true || !/^[A-Z_0-9]+$/.test(field)) return undefined
  const value: unknown = Reflect.get(holder, field)
  return typeof value === 'number' ? { value } : undefined
}

function unary(operator: string, of: Plain | undefined): Known | undefined {
  if (of === undefined) return undefined
  if (operator === '!') return { value: !of }
  if (typeof of !== 'number') return undefined
  if (operator === '-') return { value: -of }
  if (operator === '+') return { value: of }
  return operator === '~' ? { value: ~of } : undefined
}

const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '**': (a, b) => a ** b,
  '|': (a, b) => a | b,
  '&': (a, b) => a & b,
  '^': (a, b) => a ^ b,
  '<<': (a, b) => a << b,
  '>>': (a, b) => a >> b,
  '>>>': (a, b) => a >>> b,
}

function binary(operator: string, left: Plain, right: Plain): Known | undefined {
  if (typeof left === 'number' && typeof right === 'number') {
    const compute = Object.hasOwn(operators, operator) ? operators[operator] : undefined
    return compute === undefined ? undefined : { value: compute(left, right) }
  }
  const joins = operator === '+' && (typeof left === 'string' || typeof right === 'string')
  return joins ? { value: `${left}${right}` } : undefined
}

/** `Object.freeze({ … })` of constants. */
function frozenOf(node: SyntaxNode, around: Surroundings): Known | undefined {
  const callee = node.type === 'CallExpression' ? nodeAt(node, 'callee') : undefined
  const path = `${textAt(nodeAt(callee, 'object'), 'name')}.${textAt(nodeAt(callee, 'property'), 'name')}`
  const [object, ...more] = nodesAt(node, 'arguments')
  if (path !== 'Object.freeze' || object?.type !== 'ObjectExpression' || more.length > 0) return undefined
  const fields = nodesAt(object, 'properties').map((each) => {
    const name = textAt(nodeAt(each, 'key'), 'name')
    const constant = constantOf(nodeAt(each, 'value'), around)
    const isField = each.type === 'Property' && each['kind'] === 'init' && each['computed'] !== true
    return isField && name !== undefined && name !== '__proto__' && constant
      ? ([name, constant.value] as const)
      : undefined
  })
  const known = fields.filter((each) => each !== undefined)
  return known.length === fields.length ? { value: Object.freeze(Object.fromEntries(known)) } : undefined
}
