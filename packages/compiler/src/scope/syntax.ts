// Walking a syntax tree without knowing its nodes.
import type { AnyNode, Pattern } from 'acorn'
import type { FunctionNode } from '../source/function-source.ts'

/** The nodes right below, in the order of the text. */
export function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = []
  for (const [key, value] of Object.entries(node)) {
    if (key === 'loc') continue
    if (Array.isArray(value)) children.push(...value.filter(isNode))
    else if (isNode(value)) children.push(value)
  }
  return children
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

export function isFunction(node: AnyNode): node is FunctionNode {
  return (
    node.type === 'FunctionExpression' || node.type === 'FunctionDeclaration' || node.type === 'ArrowFunctionExpression'
  )
}

/** The identifiers that a pattern binds or assigns to. */
export function patternNames(pattern: Pattern): (Pattern & { readonly type: 'Identifier' })[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern]
    case 'ObjectPattern':
      return pattern.properties.flatMap((each) => patternNames(each.type === 'Property' ? each.value : each.argument))
    case 'ArrayPattern':
      return pattern.elements.flatMap((each) => (each === null ? [] : patternNames(each)))
    case 'RestElement':
      return patternNames(pattern.argument)
    case 'AssignmentPattern':
      return patternNames(pattern.left)
    default:
      return []
  }
}

/** The identifiers that a statement declares. */
export function declaredNames(node: AnyNode): (Pattern & { readonly type: 'Identifier' })[] {
  return node.type === 'VariableDeclaration' ? node.declarations.flatMap(({ id }) => patternNames(id)) : []
}
