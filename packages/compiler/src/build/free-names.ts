// Names that a function takes from its surroundings.
import type { AnyNode } from 'acorn'
import { resolveScopes } from '../scope/scopes.ts'
import type { Scopes } from '../scope/scopes.ts'
import { childrenOf } from '../scope/syntax.ts'
import { readSource } from '../source/function-source.ts'

/** @throws Refusal when the text is no function */
export function freeNames(source: string): ReadonlySet<string> {
  const { node } = readSource(source)
  const names = new Set<string>()
  // one that is declared by its name is, as a text, an expression that knows it
  collect(node, resolveScopes(node), names)
  return names
}

function collect(node: AnyNode, scopes: Scopes, names: Set<string>): void {
  if (node.type === 'Identifier' && scopes.bindingOf(node) === undefined) names.add(node.name)
  for (const child of childrenOf(node)) {
    const isField = node.type === 'MemberExpression' && child === node.property && !node.computed
    const isKey = node.type === 'Property' && child === node.key && !node.computed
    const isLabel = child.type === 'Identifier' && /^(Labeled|Break|Continue)Statement$/.test(node.type)
    if (!isField && !isKey && !isLabel) collect(child, scopes, names)
  }
}
