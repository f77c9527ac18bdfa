// The `signature` of a task where it is written out: a list of types.
import type { TypeHint } from '../types/hints.ts'
import type { SyntaxNode } from './syntax-node.ts'
import { nodeAt, nodesAt, textAt } from './syntax-node.ts'
import { optionOf } from './task-sites.ts'

/** Undefined where there is none, or not all of it is written out. */
export function signatureIn(list: SyntaxNode | undefined): readonly TypeHint[] | undefined {
  // `[…] as const`
  const inner = nodeAt(list, 'expression') ?? list
  if (inner?.type !== 'ArrayExpression') return undefined
  const types = nodesAt(inner, 'elements').map(hintIn)
  return types.every((type) => type !== undefined) ? types : undefined
}

function hintIn(node: SyntaxNode): TypeHint | undefined {
  if (node.type === 'Literal') return textAt(node, 'value')
  const record = optionOf(node, 'record')
  if (record?.type !== 'ObjectExpression') return undefined
  const fields = nodesAt(record, 'properties').map((each) => {
    const [name, value] = [textAt(nodeAt(each, 'key'), 'name'), nodeAt(each, 'value')]
    const hint = value === undefined ? undefined : hintIn(value)
    return name === undefined || hint === undefined ? undefined : ([name, hint] as const)
  })
  const known = fields.filter((each) => each !== undefined)
  return known.length === fields.length ? { record: Object.fromEntries(known) } : undefined
}
