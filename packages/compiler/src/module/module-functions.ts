// The functions of a TypeScript or JavaScript module that may be task bodies, with the types of their annotations and the
// constants of the module that they use.
import { declarationsOf } from './module-constants.ts'
import { hintOfParameter } from './annotations.ts'
import type { TypeHint } from '../types/hints.ts'
import type { SyntaxNode } from './syntax-node.ts'
import { childNodes, isFunctionNode, nodeAt, nodesAt, textAt } from './syntax-node.ts'

export interface ModuleFunction {
  readonly name: string
  /** The function as JavaScript. */
  readonly source: string
  readonly types: readonly TypeHint[]
  readonly captures: Readonly<Record<string, unknown>>
  /** Where it stands, counted from 1. */
  readonly line: number
  readonly column: number
}

/** @param program the syntax tree of `text` */
export function moduleFunctions(text: string, program: SyntaxNode): ModuleFunction[] {
  const { types, captures, blanked } = declarationsOf(text, program)
  return bodiesOf(program).map(({ name, node }) => {
    const before = text.slice(0, node.start).split('\n')
    return {
      name,
      source: blanked.slice(node.start, node.end),
      types: nodesAt(node, 'params').map((param) => hintOfParameter(param, types, text)),
      captures,
      line: before.length,
      column: (before.at(-1)?.length ?? 0) + 1,
    }
  })
}

interface Body {
  readonly name: string
  readonly node: SyntaxNode
}

/** Functions that stand by themselves, are kept in a variable, or are handed to a call; none inside of another. */
function bodiesOf(node: SyntaxNode, name = 'body'): Body[] {
  if (isFunctionNode(node))
    return nodeAt(node, 'body') ? [{ name: textAt(nodeAt(node, 'id'), 'name') ?? name, node }] : []
  if (node.type.startsWith('Class')) return []
  return childNodes(node).flatMap((child) => bodiesOf(child, nameIn(node) ?? name))
}

/** What a function in there is called: its variable or key, or the name that it is handed over with. */
function nameIn(node: SyntaxNode): string | undefined {
  if (node.type === 'VariableDeclarator') return textAt(nodeAt(node, 'id'), 'name')
  if (node.type === 'Property') return textAt(nodeAt(node, 'key'), 'name')
  if (node.type !== 'CallExpression') return undefined
  const [first] = nodesAt(node, 'arguments')
  const property = nodesAt(first, 'properties').find((each) => textAt(nodeAt(each, 'key'), 'name') === 'name')
  return textAt(first, 'value') ?? textAt(nodeAt(property, 'value'), 'value')
}
