// What the annotations of parameters say of their types. Names are looked up in the same module only.
import { isViewName } from '../ir/views.ts'
import type { TypeHint } from '../types/hints.ts'
import type { SyntaxNode } from './syntax-node.ts'
import { nodeAt, nodesAt, textAt } from './syntax-node.ts'

/** Type aliases and interfaces of a module. */
export type Declarations = ReadonlyMap<string, SyntaxNode>

const MAX_DEPTH = 12

export function hintOfParameter(param: SyntaxNode, types: Declarations, text: string): TypeHint {
  const defaulted = param.type === 'AssignmentPattern'
  const pattern = defaulted ? nodeAt(param, 'left') : param
  const annotation = nodeAt(nodeAt(pattern, 'typeAnnotation'), 'typeAnnotation')
  if (annotation !== undefined) return hintOf(annotation, types, text, 0)
  const value = defaulted ? nodeAt(param, 'right')?.['value'] : undefined
  return ['number', 'string', 'boolean'].includes(typeof value) ? typeof value : 'unknown'
}

const keywords: Readonly<Record<string, TypeHint>> = {
  TSNumberKeyword: 'number',
  TSStringKeyword: 'string',
  TSBooleanKeyword: 'boolean',
  TSUndefinedKeyword: 'undefined',
  TSNullKeyword: 'null',
}

function hintOf(node: SyntaxNode, types: Declarations, text: string, depth: number): TypeHint {
  const word = text.slice(node.start, node.end)
  const known = keywords[node.type]
  if (known !== undefined || depth > MAX_DEPTH) return known ?? word
  const inner = (each: SyntaxNode): TypeHint => hintOf(each, types, text, depth + 1)
  switch (node.type) {
    case 'TSParenthesizedType':
    case 'TSTypeOperator': {
      const of = nodeAt(node, 'typeAnnotation')
      return of === undefined || node['operator'] === 'keyof' ? word : inner(of)
    }
    case 'TSLiteralType':
      return literal(nodeAt(node, 'literal')) ?? word
    case 'TSTemplateLiteralType':
      return 'string'
    case 'TSUnionType':
      return union(nodesAt(node, 'types').map(inner)) ?? word
    case 'TSTypeLiteral':
      return record(nodesAt(node, 'members'), inner) ?? word
    case 'TSArrayType': {
      const of = nodeAt(node, 'elementType')
      return of === undefined ? word : (list(inner(of)) ?? word)
    }
    case 'TSTypeReference': {
      const name = textAt(nodeAt(node, 'typeName'), 'name') ?? ''
      const [of] = nodesAt(nodeAt(node, 'typeArguments'), 'params')
      if ((name === 'Array' || name === 'ReadonlyArray') && of !== undefined) return list(inner(of)) ?? word
      if (isViewName(name)) return name
      const declared = types.get(name)
      if (declared?.type === 'TSInterfaceDeclaration') {
        return record(nodesAt(nodeAt(declared, 'body'), 'body'), inner) ?? word
      }
      const alias = nodeAt(declared, 'typeAnnotation')
      return alias === undefined ? word : inner(alias)
    }
    default:
      return word
  }
}

function literal(node: SyntaxNode | undefined): TypeHint | undefined {
  const value = node?.type === 'UnaryExpression' ? nodeAt(node, 'argument')?.['value'] : node?.['value']
  return ['number', 'string', 'boolean'].includes(typeof value) ? typeof value : undefined
}

function list(of: TypeHint): TypeHint | undefined {
  return of === 'number' || of === 'string' || of === 'boolean' ? `${of}[]` : undefined
}

/** Of one kind, or none: compiled is what is there, the rest runs in JavaScript. */
function union(hints: readonly TypeHint[]): TypeHint | undefined {
  const some = hints.filter((hint) => hint !== 'undefined' && hint !== 'null')
  const [first] = some
  return some.every((hint) => JSON.stringify(hint) === JSON.stringify(first)) ? first : undefined
}

function record(members: readonly SyntaxNode[], inner: (node: SyntaxNode) => TypeHint): TypeHint | undefined {
  const fields: Record<string, TypeHint> = {}
  for (const member of members) {
    const key = nodeAt(member, 'key')
    const name = textAt(key, 'name') ?? textAt(key, 'value')
    const type = nodeAt(nodeAt(member, 'typeAnnotation'), 'typeAnnotation')
    if (member.type !== 'TSPropertySignature' || name === undefined || type === undefined) return undefined
    // one that may be left out mostly is
    if (member['optional'] !== true) fields[name] = inner(type)
  }
  return { record: fields }
}
