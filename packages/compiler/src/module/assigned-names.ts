// Names that are assigned to anywhere in a piece of a module, and names that it declares.
import type { SyntaxNode } from './syntax-node.ts'
import { childNodes, isFunctionNode, nodeAt, nodesAt, textAt } from './syntax-node.ts'

/** Whatever variable of that name is meant: what is among them is not known to stay the same. */
export function assignedNames(node: SyntaxNode, names: Set<string> = new Set()): ReadonlySet<string> {
  if (node.type === 'AssignmentExpression') for (const name of patternNames(nodeAt(node, 'left'))) names.add(name)
  if (node.type === 'UpdateExpression') for (const name of patternNames(nodeAt(node, 'argument'))) names.add(name)
  if (node.type === 'ForInStatement' || node.type === 'ForOfStatement') {
    for (const name of patternNames(nodeAt(node, 'left'))) names.add(name)
  }
  for (const child of childNodes(node)) assignedNames(child, names)
  return names
}

/** Names that a function, block, loop, switch or catch declares for what is in it, those of blocks in it among them. */
export function declaredNames(node: SyntaxNode): readonly string[] {
  const params = isFunctionNode(node) ? nodesAt(node, 'params') : []
  const own = [...params, nodeAt(node, 'param'), isFunctionNode(node) ? nodeAt(node, 'id') : undefined]
  return [...own.flatMap(patternNames), ...childNodes(node).flatMap(declarationsIn)]
}

function declarationsIn(node: SyntaxNode): readonly string[] {
  if (node.type === 'VariableDeclarator') {
    return [...patternNames(nodeAt(node, 'id')), ...childNodes(node).flatMap(declarationsIn)]
  }
  if (isFunctionNode(node)) return node.type === 'FunctionDeclaration' ? patternNames(nodeAt(node, 'id')) : []
  if (node.type === 'ClassDeclaration') return patternNames(nodeAt(node, 'id'))
  return childNodes(node).flatMap(declarationsIn)
}

function patternNames(pattern: SyntaxNode | undefined): readonly string[] {
  if (pattern === undefined) return []
  if (pattern.type === 'Identifier') return [textAt(pattern, 'name') ?? '']
  if (pattern.type === 'MemberExpression') return []
  if (pattern.type === 'AssignmentPattern') return patternNames(nodeAt(pattern, 'left'))
  if (pattern.type === 'Property') return patternNames(nodeAt(pattern, 'value'))
  return childNodes(pattern).flatMap(patternNames)
}
