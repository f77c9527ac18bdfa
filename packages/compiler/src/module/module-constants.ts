// What a module declares that its functions can be compiled with: constants, functions and types.
import type { Declarations } from './annotations.ts'
import { blankTypes } from './blank-types.ts'
import type { SyntaxNode } from './syntax-node.ts'
import { isFunctionNode, nodeAt, nodesAt, textAt } from './syntax-node.ts'

export interface ModuleDeclarations {
  readonly types: Declarations
  /** For `compileFunction`; functions see the same. */
  readonly captures: Readonly<Record<string, unknown>>
  /** The text without types. */
  readonly blanked: string
}

export function declarationsOf(text: string, program: SyntaxNode): ModuleDeclarations {
  const blanked = blankTypes(text, program)
  const types = new Map<string, SyntaxNode>()
  const captures: Record<string, unknown> = {}
  for (const statement of nodesAt(program, 'body')) {
    const declared = nodeAt(statement, 'declaration') ?? statement
    const name = textAt(nodeAt(declared, 'id'), 'name')
    if (name !== undefined && /^TS(TypeAlias|Interface)Declaration$/.test(declared.type)) types.set(name, declared)
    if (name !== undefined && isFunctionNode(declared)) captures[name] = functionText(declared)
    if (declared.type !== 'VariableDeclaration' || declared['kind'] !== 'const') continue
    for (const each of nodesAt(declared, 'declarations')) {
      const constantName = textAt(nodeAt(each, 'id'), 'name')
      const constant = constantOf(nodeAt(each, 'init'), functionText)
      if (constantName !== undefined && constant !== undefined) captures[constantName] = constant.value
    }
  }
  return { types, captures, blanked }

  function functionText(node: SyntaxNode): unknown {
    return { source: blanked.slice(node.start, node.end), captures }
  }
}

/** The value of an expression that is always the same. */
function constantOf(
  node: SyntaxNode | undefined,
  functionText: (node: SyntaxNode) => unknown,
): { readonly value: unknown } | undefined {
  if (node === undefined) return undefined
  if (isFunctionNode(node)) return { value: functionText(node) }
  const inner = nodeAt(node, 'expression')
  if (inner !== undefined && node.type.startsWith('TS')) return constantOf(inner, functionText)
  const value = node['value']
  const plain = ['number', 'string', 'boolean'].includes(typeof value) || value === null
  if (node.type === 'Literal' && plain && node['regex'] === undefined && node['bigint'] === undefined) return { value }
  if (node.type === 'UnaryExpression' && node['operator'] === '-') {
    const number = nodeAt(node, 'argument')?.['value']
    return typeof number === 'number' ? { value: -number } : undefined
  }
  return frozenOf(node, functionText)
}

/** `Object.freeze({ … })` of constants. */
function frozenOf(
  node: SyntaxNode,
  functionText: (node: SyntaxNode) => unknown,
): { readonly value: unknown } | undefined {
  const callee = node.type === 'CallExpression' ? nodeAt(node, 'callee') : undefined
  const path = `${textAt(nodeAt(callee, 'object'), 'name')}.${textAt(nodeAt(callee, 'property'), 'name')}`
  const [object, ...more] = nodesAt(node, 'arguments')
  if (path !== 'Object.freeze' || object?.type !== 'ObjectExpression' || more.length > 0) return undefined
  const fields = nodesAt(object, 'properties').map((each) => {
    const name = textAt(nodeAt(each, 'key'), 'name')
    const constant = constantOf(nodeAt(each, 'value'), functionText)
    const isPlain = each.type === 'Property' && each['kind'] === 'init' && each['computed'] !== true
    return isPlain && name !== undefined && name !== '__proto__' && constant
      ? ([name, constant.value] as const)
      : undefined
  })
  const known = fields.filter((each) => each !== undefined)
  return known.length === fields.length ? { value: Object.freeze(Object.fromEntries(known)) } : undefined
}
