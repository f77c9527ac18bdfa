// What of the language a program uses, as short names: nodes of its syntax, operators, functions and methods that it calls,
// the types that go in and come out. By these it is seen what random programs reach.
import { parse, type AnyNode } from 'acorn'
import { childrenOf, isFunction } from '../src/scope/syntax.ts'
import type { ResultShape } from '../src/signature.ts'
import { isListKind, isViewKind, type Hint, type Program } from './program.ts'

/** Of the text and the arguments; `resultFeature` knows the rest. */
export function featuresOf(program: Program): Set<string> {
  const found = new Set<string>()
  const texts = Object.values(program.captures).flatMap((each) =>
    typeof each === 'object' && 'text' in each ? [each.text] : [],
  )
  for (const text of [program.source, ...texts]) walk(treeOf(text), undefined, found)
  for (const hint of program.types) found.add(`takes ${typeName(hint)}`)
  for (const capture of Object.values(program.captures))
    found.add(`captures ${typeof capture !== 'object' ? typeof capture : 'text' in capture ? 'function' : 'object'}`)
  return found
}

export function resultFeature({ kind, ...rest }: ResultShape): string {
  return `gives ${'view' in rest ? 'a typed array' : kind === 'list' ? 'an array' : kind}`
}

function typeName(hint: Hint): string {
  if (typeof hint === 'object') return 'record'
  return isViewKind(hint) ? 'a typed array' : isListKind(hint) ? 'an array' : hint
}

const options = { ecmaVersion: 'latest', preserveParens: true } as const

/** Of a function in any form: an expression, or a method. */
function treeOf(text: string): AnyNode {
  try {
    return parse(`(${text}\n)`, options)
  } catch {
    return parse(`({${text}\n})`, options)
  }
}

function walk(node: AnyNode, inside: string | undefined, found: Set<string>): void {
  found.add(node.type)
  for (const each of detailsOf(node, inside)) found.add(each)
  const name = isFunction(node) ? (node.id?.name ?? inside) : inside
  for (const child of childrenOf(node)) walk(child, name, found)
}

function detailsOf(node: AnyNode, inside: string | undefined): string[] {
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
    case 'AssignmentExpression':
      return [node.operator, ...(node.type === 'AssignmentExpression' ? targetOf(node.left) : [])]
    case 'UnaryExpression':
      return [`${node.operator} …`]
    case 'UpdateExpression':
      return [node.prefix ? `${node.operator} before` : `${node.operator} behind`, ...targetOf(node.argument)]
    case 'VariableDeclaration':
      return [node.kind]
    case 'BreakStatement':
    case 'ContinueStatement':
      return node.label ? [`${node.type} with a label`] : []
    case 'Identifier':
      return ['undefined', 'NaN', 'Infinity'].includes(node.name) ? [node.name] : []
    case 'Literal':
      return [node.value === null ? 'null' : `a ${typeof node.value}`]
    case 'MemberExpression':
      return node.computed ? ['a[i]'] : node.property.type === 'Identifier' ? [`.${node.property.name}`] : []
    case 'CallExpression':
    case 'NewExpression':
      return callOf(node, inside)
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
    case 'FunctionDeclaration':
      return node.params.map((each) => `${each.type} as a parameter`)
    case 'CatchClause':
      return [node.param ? 'catch (error)' : 'catch']
    case 'TryStatement':
      return node.finalizer ? ['finally'] : []
    case 'SwitchCase':
      return [node.test ? 'case' : 'default']
    default:
      return []
  }
}

/** What is assigned to. */
function targetOf(node: AnyNode): string[] {
  return node.type === 'MemberExpression' ? [node.computed ? 'a[i] =' : 'a.b ='] : []
}

function callOf(node: AnyNode & { type: 'CallExpression' | 'NewExpression' }, inside: string | undefined): string[] {
  const { callee, type } = node
  const word = type === 'NewExpression' ? 'new ' : ''
  if (callee.type === 'Identifier') {
    return callee.name === inside ? ['a function that calls itself'] : [`${word}${callee.name}()`]
  }
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier') return []
  const { name } = callee.property
  return callee.object.type === 'Identifier' ? [`${callee.object.name}.${name}()`, `.${name}()`] : [`.${name}()`]
}
