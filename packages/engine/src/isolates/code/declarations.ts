// What statements declare: the names of patterns, of `var` wherever they stand in a function, and of one block.
import type { AnyNode, BlockStatement, Node, Statement } from 'acorn'

/** The nodes directly below a node, in the order of the text. */
export function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node)
    .flat()
    .filter((value): value is AnyNode => typeof (value as Partial<Node> | null)?.type === 'string')
}

/** The names that a pattern binds: `a`, and `b` and `c` of `{ b, x: [c = d] }`. */
export function patternNames(pattern: AnyNode | null | undefined): string[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern.name]
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        patternNames(property.type === 'Property' ? property.value : property),
      )
    case 'ArrayPattern':
      return pattern.elements.flatMap(patternNames)
    case 'AssignmentPattern':
      return patternNames(pattern.left)
    case 'RestElement':
      return patternNames(pattern.argument)
    default:
      return []
  }
}

/** The names that the statements of one block declare for that block alone: let, const, using, class, function. */
export function blockNames(statements: readonly AnyNode[]): string[] {
  return statements.flatMap((statement) => [...lexicalNames(statement), ...functionName(statement)])
}

function lexicalNames(statement: AnyNode): string[] {
  if (statement.type === 'ClassDeclaration') return patternNames(statement.id)
  if (statement.type !== 'VariableDeclaration' || statement.kind === 'var') return []
  return statement.declarations.flatMap(({ id }) => patternNames(id))
}

/** The name of a function declaration; it may stand behind a label. */
function functionName(statement: AnyNode): string[] {
  if (statement.type === 'LabeledStatement') return functionName(statement.body)
  return statement.type === 'FunctionDeclaration' ? patternNames(statement.id) : []
}

/**
 * The names that a function's body declares for the whole function with `var`, and in sloppy code with a plain function in
 * a block, unless a `let` or the like round it has the name.
 */
export function varNames(body: BlockStatement | readonly Statement[], strict: boolean): string[] {
  const statements = 'body' in body ? body.body : body
  const taken = statements.flatMap(lexicalNames)
  return statements.flatMap((statement) => varNamesIn(statement, strict, taken))
}

function varNamesIn(node: AnyNode, strict: boolean, taken: readonly string[]): string[] {
  switch (node.type) {
    case 'VariableDeclaration':
      return node.kind === 'var' ? node.declarations.flatMap(({ id }) => patternNames(id)) : []
    case 'FunctionDeclaration':
      return strict || node.async || node.generator ? [] : patternNames(node.id).filter((name) => !taken.includes(name))
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'ClassDeclaration':
    case 'ClassExpression':
      return []
    case 'BlockStatement': {
      const inner = [...taken, ...node.body.flatMap(lexicalNames)]
      return node.body.flatMap((statement) => varNamesIn(statement, strict, inner))
    }
    default:
      return childrenOf(node).flatMap((child) => varNamesIn(child, strict, taken))
  }
}
