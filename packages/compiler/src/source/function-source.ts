// The text of a function as a syntax tree: function expressions and declarations, arrows, and methods taken out of their
// object or class.
import { parse } from 'acorn'
import type {
  AnonymousFunctionDeclaration,
  AnyNode,
  ArrowFunctionExpression,
  Comment,
  FunctionDeclaration,
  FunctionExpression,
  Program,
} from 'acorn'
import { Refusal } from '../check/blockers.ts'
import type { Position } from '../ir/ir.ts'

export type FunctionNode =
  | AnonymousFunctionDeclaration
  | ArrowFunctionExpression
  | FunctionDeclaration
  | FunctionExpression

export interface FunctionSource {
  readonly node: FunctionNode
  /** Where a node stands in the text, or in the file that it came from. */
  at(node: AnyNode): Position
}

/** Room for anything that a person or a bundler writes as one function. */
const MAX_LENGTH = 1 << 16

/** @param start where the text begins in its file */
export function readSource(text: string, start: Position = { line: 1, column: 1 }): FunctionSource {
  if (text.length > MAX_LENGTH) throw new Refusal('CZ1019', start, `its text has more than ${MAX_LENGTH} characters`)
  if (/\{\s*\[native code\]\s*\}\s*$/.test(text)) throw new Refusal('CZ1002', start, 'a built-in or bound function')
  const forms = [
    { before: '(', after: '\n)', find: expressionIn },
    { before: '({', after: '\n})', find: methodIn },
    { before: '(class {', after: '\n})', find: memberIn },
  ]
  let first: unknown
  for (const { before, after, find } of forms) {
    try {
      const node = find(programOf(`${before}${text}${after}`, start), start)
      if (node === undefined) continue
      const source: FunctionSource = { node, at: (each) => positionOf(each, start, before.length) }
      refuseForm(node, start)
      return source
    } catch (thrown) {
      if (thrown instanceof Refusal) throw thrown
      // the stack of the parser was full
      if (thrown instanceof RangeError || /stack space/.test(String(thrown)))
        throw new Refusal('CZ1019', start, 'it is nested too deeply')
      first ??= thrown
    }
  }
  throw new Refusal('CZ1001', start, first instanceof Error ? first.message : 'it is no function')
}

function positionOf(node: AnyNode, from: Position, before: number): Position {
  const start = node.loc?.start ?? { line: 1, column: before }
  const column = start.line === 1 ? start.column - before + from.column : start.column + 1
  return { line: from.line + start.line - 1, column }
}

function programOf(text: string, start: Position): Program {
  const comments: Comment[] = []
  const program = parse(text, { ecmaVersion: 'latest', sourceType: 'script', locations: true, onComment: comments })
  // in modules these are operators: the text does not say which is meant
  if (comments.some(({ start: at }) => /^(<!--|-->)/.test(text.slice(at, at + 4)))) {
    throw new Refusal('CZ1006', start, 'a comment that begins with <!-- or -->')
  }
  return program
}

function onlyExpression(program: Program): AnyNode | undefined {
  const [statement] = program.body
  return program.body.length === 1 && statement?.type === 'ExpressionStatement' ? statement.expression : undefined
}

function expressionIn(program: Program, start: Position): FunctionNode | undefined {
  const node = onlyExpression(program)
  if (node?.type === 'ClassExpression') throw new Refusal('CZ1002', start, 'a class')
  return node?.type === 'FunctionExpression' || node?.type === 'ArrowFunctionExpression' ? node : undefined
}

function methodIn(program: Program, start: Position): FunctionNode | undefined {
  const object = onlyExpression(program)
  const [method, ...more] = object?.type === 'ObjectExpression' ? object.properties : []
  if (more.length > 0 || method?.type !== 'Property' || method.value.type !== 'FunctionExpression') return undefined
  if (method.kind !== 'init') throw new Refusal('CZ1002', start, 'a getter or setter')
  return method.method ? method.value : undefined
}

function memberIn(program: Program, start: Position): FunctionNode | undefined {
  const found = onlyExpression(program)
  const [member, ...more] = found?.type === 'ClassExpression' ? found.body.body : []
  if (more.length > 0 || member?.type !== 'MethodDefinition') return undefined
  if (member.kind !== 'method') throw new Refusal('CZ1002', start, `a ${member.kind}`)
  return member.value
}

function refuseForm(node: FunctionNode, start: Position): void {
  if (node.async) throw new Refusal('CZ1002', start, 'an async function')
  if (node.generator) throw new Refusal('CZ1002', start, 'a generator')
}
