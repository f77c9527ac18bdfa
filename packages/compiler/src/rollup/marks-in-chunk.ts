// Marked bodies as they stand in a file that was written, when bundler and minifier have done with it.
import { createHash } from 'node:crypto'
import type { SyntaxNode } from '../module/syntax-node.ts'
import { childNodes, isFunctionNode, isSyntaxNode, nodeAt, nodesAt, textAt } from '../module/syntax-node.ts'
import { ANY_FUNCTION, fingerprintOfText } from '../prebuilt/fingerprint.ts'
import { MARK } from './marked-module.ts'

export interface MarkInChunk {
  readonly key: string
  /** Hash of the body's text; null when it is not to be seen which function it is. */
  readonly text: string | null
  /** Fingerprints of captured functions, by the name of the capture. */
  readonly functions: Readonly<Record<string, string>>
}

export function marksInChunk(code: string, program: SyntaxNode): MarkInChunk[] {
  const functions = functionsIn(program)
  const textOf = (node: SyntaxNode | undefined): string | undefined => {
    const found = node?.type === 'Identifier' ? functions.get(textAt(node, 'name') ?? '') : node
    return found !== undefined && isFunctionNode(found) ? code.slice(found.start, found.end) : undefined
  }
  return callsIn(program).map(({ key, body, captures }) => {
    const text = textOf(body)
    const known = nodesAt(captures, 'properties').map((each) => {
      const inner = textOf(nodeAt(each, 'value'))
      const name = textAt(nodeAt(each, 'key'), 'name') ?? textAt(nodeAt(each, 'key'), 'value') ?? ''
      return [name, inner === undefined ? ANY_FUNCTION : fingerprintOfText(inner)] as const
    })
    const hash = text === undefined ? null : createHash('sha256').update(text).digest('hex')
    return { key, text: hash, functions: Object.fromEntries(known) }
  })
}

interface MarkCall {
  readonly key: string
  readonly body: SyntaxNode | undefined
  /** The object that gives them. */
  readonly captures: SyntaxNode | undefined
}

function callsIn(node: SyntaxNode): MarkCall[] {
  const inside = childNodes(node).flatMap(callsIn)
  const [body, mark, captures] = node.type === 'CallExpression' ? nodesAt(node, 'arguments') : []
  const key = plainText(mark)
  return key?.startsWith(MARK) === true ? [{ key, body, captures: objectIn(captures) }, ...inside] : inside
}

/** Minifiers write texts in backquotes, too. */
function plainText(node: SyntaxNode | undefined): string | undefined {
  const [only, ...more] = node?.type === 'TemplateLiteral' ? nodesAt(node, 'quasis') : []
  const value = only?.['value'] as { readonly cooked?: unknown } | undefined
  if (more.length === 0 && typeof value?.cooked === 'string') return value.cooked
  return textAt(node, 'value')
}

/** What `() => ({ … })` and `function () { return { … } }` give. */
function objectIn(node: SyntaxNode | undefined): SyntaxNode | undefined {
  if (node === undefined || node.type === 'ObjectExpression') return node
  const inner =
    nodeAt(node, 'body') ?? nodeAt(node, 'expression') ?? nodeAt(node, 'argument') ?? nodesAt(node, 'body')[0]
  return objectIn(inner)
}

/** Functions that the file itself declares, by name; none of those names is assigned to again, or the body would not compile. */
function functionsIn(program: SyntaxNode): ReadonlyMap<string, SyntaxNode> {
  const found = new Map<string, SyntaxNode>()
  const note = (declared: SyntaxNode, fn: SyntaxNode | undefined): void => {
    const name = textAt(nodeAt(declared, 'id'), 'name')
    if (name !== undefined && fn !== undefined && isFunctionNode(fn)) found.set(name, fn)
  }
  for (const statement of nodesAt(program, 'body')) {
    const declared = nodeAt(statement, 'declaration') ?? statement
    note(declared, declared)
    for (const each of nodesAt(declared, 'declarations')) note(each, nodeAt(each, 'init'))
  }
  return found
}

export function asSyntaxNode(program: unknown): SyntaxNode {
  if (isSyntaxNode(program)) return program
  throw new TypeError('the bundler gave no syntax tree')
}
