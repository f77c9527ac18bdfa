// What a module declares that its functions can be compiled with: constants, functions and types.
import type { Declarations } from './annotations.ts'
import { assignedNames } from './assigned-names.ts'
import { blankTypes } from './blank-types.ts'
import { constantOf } from './constant-expressions.ts'
import type { SyntaxNode } from './syntax-node.ts'
import { isFunctionNode, nodeAt, nodesAt, textAt } from './syntax-node.ts'

export interface ModuleDeclarations {
  readonly types: Declarations
  /** For `compileFunction`; functions see the same. */
  readonly captures: Readonly<Record<string, unknown>>
  /** Functions by name. */
  readonly functions: ReadonlyMap<string, SyntaxNode>
  /** The text without types. */
  readonly blanked: string
}

/** @param imported what is known of names that the module imports */
export function declarationsOf(
  text: string,
  program: SyntaxNode,
  imported: Readonly<Record<string, unknown>> = {},
): ModuleDeclarations {
  const blanked = blankTypes(text, program)
  const types = new Map<string, SyntaxNode>()
  const functions = new Map<string, SyntaxNode>()
  const captures: Record<string, unknown> = { ...imported }
  const assigned = assignedNames(program)
  for (const statement of nodesAt(program, 'body')) {
    const declared = nodeAt(statement, 'declaration') ?? statement
    const name = textAt(nodeAt(declared, 'id'), 'name')
    if (name !== undefined && /^TS(TypeAlias|Interface)Declaration$/.test(declared.type)) types.set(name, declared)
    if (name !== undefined && isFunctionNode(declared) && nodeAt(declared, 'body') && !assigned.has(name)) {
      declare(name, declared, functionText(declared))
    }
    if (declared.type !== 'VariableDeclaration' || declared['kind'] !== 'const') continue
    for (const each of nodesAt(declared, 'declarations')) {
      const constantName = textAt(nodeAt(each, 'id'), 'name')
      const constant = constantOf(nodeAt(each, 'init'), { captures, functionText })
      if (constantName !== undefined && constant !== undefined) {
        declare(constantName, nodeAt(each, 'init'), constant.value)
      }
    }
  }
  return { types, captures, functions, blanked }

  function declare(name: string, node: SyntaxNode | undefined, value: unknown): void {
    captures[name] = value
    if (node !== undefined && isFunctionNode(node)) functions.set(name, node)
  }

  function functionText(node: SyntaxNode): unknown {
    return { source: blanked.slice(node.start, node.end), captures }
  }
}
