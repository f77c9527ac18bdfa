// The syntax tree of a TypeScript module as it is looked at here: nodes of whatever kind, and where they stand.

export interface SyntaxNode {
  readonly type: string
  /** Counted in code units of the text. */
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

export function isSyntaxNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

/** The node under a key, if there is one. */
export function nodeAt(node: SyntaxNode | undefined, key: string): SyntaxNode | undefined {
  const value = node?.[key]
  return isSyntaxNode(value) ? value : undefined
}

export function nodesAt(node: SyntaxNode | undefined, key: string): SyntaxNode[] {
  const value = node?.[key]
  return Array.isArray(value) ? value.filter(isSyntaxNode) : []
}

export function childNodes(node: SyntaxNode): SyntaxNode[] {
  return Object.values(node).flatMap((value): SyntaxNode[] => {
    if (Array.isArray(value)) return value.filter(isSyntaxNode)
    return isSyntaxNode(value) ? [value] : []
  })
}

export function textAt(node: SyntaxNode | undefined, key: string): string | undefined {
  const value = node?.[key]
  return typeof value === 'string' ? value : undefined
}

const functions = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])

export function isFunctionNode(node: SyntaxNode): boolean {
  return functions.has(node.type)
}
