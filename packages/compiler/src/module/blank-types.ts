// TypeScript without its types: blanks where they stood, so that everything else stays where it is.
import type { SyntaxNode } from './syntax-node.ts'
import { childNodes, nodeAt } from './syntax-node.ts'

export function blankTypes(text: string, root: SyntaxNode): string {
  const ranges: [start: number, end: number][] = []
  collect(text, root, ranges)
  const pieces: string[] = []
  let at = 0
  for (const [start, end] of ranges.toSorted((a, b) => a[0] - b[0])) {
    if (start < at) continue
    pieces.push(text.slice(at, start), text.slice(start, end).replaceAll(/[^\r\n\u2028\u2029]/g, ' '))
    at = end
  }
  return [...pieces, text.slice(at)].join('')
}

const typesOnly = new Set([
  'TSTypeAnnotation',
  'TSTypeParameterDeclaration',
  'TSTypeParameterInstantiation',
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
  'TSDeclareFunction',
])

function collect(text: string, node: SyntaxNode, ranges: [number, number][]): void {
  if (typesOnly.has(node.type)) {
    ranges.push([node.start, node.end])
    return
  }
  const inner = nodeAt(node, 'expression')
  if (inner !== undefined && /^TS(As|Satisfies|NonNull)Expression$/.test(node.type)) ranges.push([inner.end, node.end])
  if (inner !== undefined && node.type === 'TSTypeAssertion') ranges.push([node.start, inner.start])
  if (node['optional'] === true && node.type === 'Identifier') {
    const mark = text.indexOf('?', node.start)
    if (mark >= 0 && mark < node.end) ranges.push([mark, mark + 1])
  }
  for (const child of childNodes(node)) collect(text, child, ranges)
}
