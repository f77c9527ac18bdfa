// The functions of a TypeScript or JavaScript module that may be task bodies, with the types of their annotations and the
// constants of the module that they use.
import { hintOfParameter } from './annotations.ts'
import { declaredNames } from './assigned-names.ts'
import { declarationsOf } from './module-constants.ts'
import type { ModuleDeclarations } from './module-constants.ts'
import { signatureIn } from './declared-signature.ts'
import { optionOf } from './task-sites.ts'
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

/**
 * @param program the syntax tree of `text`
 * @param imported what is known of names that the module imports
 */
export function moduleFunctions(
  text: string,
  program: SyntaxNode,
  imported: Readonly<Record<string, unknown>> = {},
): ModuleFunction[] {
  const declarations = declarationsOf(text, program, imported)
  return bodiesOf(program).map((body) => moduleFunction(text, declarations, body))
}

/** One function of a module; `shadowed` names mean something else where it stands. */
export function moduleFunction(
  text: string,
  { types, captures, blanked }: ModuleDeclarations,
  { name, node, config, shadowed }: Body,
): ModuleFunction {
  const before = text.slice(0, node.start).split('\n')
  const declared = signatureIn(optionOf(config, 'signature'))
  const visible = Object.entries(captures).filter(([each]) => !shadowed.has(each))
  return {
    name,
    source: blanked.slice(node.start, node.end),
    types: declared ?? nodesAt(node, 'params').map((param) => hintOfParameter(param, types, text)),
    captures: shadowed.size === 0 ? captures : Object.fromEntries(visible),
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
  }
}

export interface Body {
  readonly name: string
  readonly node: SyntaxNode
  /** The options of the task that it is the body of, where they are written out. */
  readonly config: SyntaxNode | undefined
  readonly shadowed: ReadonlySet<string>
}

interface Place {
  readonly name: string
  readonly config: SyntaxNode | undefined
  readonly shadowed: ReadonlySet<string>
}

const blocks = /^(BlockStatement|For(In|Of)?Statement|SwitchStatement|CatchClause)$/

/** Functions that stand by themselves, are kept in a variable, or are handed to a call; none inside of another. */
function bodiesOf(
  node: SyntaxNode,
  place: Place = { name: 'body', config: undefined, shadowed: new Set() },
): readonly Body[] {
  if (isFunctionNode(node)) {
    const { name } = place
    return nodeAt(node, 'body') ? [{ ...place, name: textAt(nodeAt(node, 'id'), 'name') ?? name, node }] : []
  }
  if (node.type.startsWith('Class')) return []
  const inside: Place = {
    name: nameIn(node) ?? place.name,
    config: node.type === 'CallExpression' ? nodesAt(node, 'arguments')[0] : place.config,
    shadowed: blocks.test(node.type) ? new Set([...place.shadowed, ...declaredNames(node)]) : place.shadowed,
  }
  return childNodes(node).flatMap((child) => bodiesOf(child, inside))
}

/** What a function in there is called: its variable or key, or the name that it is handed over with. */
export function nameIn(node: SyntaxNode): string | undefined {
  if (node.type === 'VariableDeclarator') return textAt(nodeAt(node, 'id'), 'name')
  if (node.type === 'Property') return textAt(nodeAt(node, 'key'), 'name')
  if (node.type !== 'CallExpression') return undefined
  const [first] = nodesAt(node, 'arguments')
  return textAt(first, 'value') ?? textAt(optionOf(first, 'name'), 'value')
}
