// Where a module makes tasks of functions: `….task(config, body)`, `….task(body)` and `….addTask(body, args, config)`.
import { declaredNames } from './assigned-names.ts'
import type { SyntaxNode } from './syntax-node.ts'
import { childNodes, isFunctionNode, nodeAt, nodesAt, textAt } from './syntax-node.ts'

export interface TaskSite {
  /** What stands where the body is given: a function, or the name of one. */
  readonly body: SyntaxNode
  readonly config: SyntaxNode | undefined
  /** Names that mean something else there than in the module. */
  readonly shadowed: ReadonlySet<string>
}

const scopes = /^(BlockStatement|For(In|Of)?Statement|SwitchStatement|CatchClause|StaticBlock)$/

/** Calls on whatever object: what such a call is given is only marked, so that one that makes no task loses nothing. */
export function taskSites(program: SyntaxNode): TaskSite[] {
  return sitesIn(program, new Set())
}

function sitesIn(node: SyntaxNode, shadowed: ReadonlySet<string>): TaskSite[] {
  const opens = isFunctionNode(node) || scopes.test(node.type)
  const inside = opens ? new Set([...shadowed, ...declaredNames(node)]) : shadowed
  const here = node.type === 'CallExpression' ? siteOf(node, inside) : undefined
  return [...(here === undefined ? [] : [here]), ...childNodes(node).flatMap((child) => sitesIn(child, inside))]
}

function siteOf(call: SyntaxNode, shadowed: ReadonlySet<string>): TaskSite | undefined {
  const callee = nodeAt(call, 'callee')
  const method = callee?.type === 'MemberExpression' ? textAt(nodeAt(callee, 'property'), 'name') : undefined
  const [first, second, third] = nodesAt(call, 'arguments')
  if (method === 'addTask') return site(first, third, shadowed)
  if (method !== 'task') return undefined
  return second === undefined ? site(first, undefined, shadowed) : site(second, first, shadowed)
}

function site(
  body: SyntaxNode | undefined,
  config: SyntaxNode | undefined,
  shadowed: ReadonlySet<string>,
): TaskSite | undefined {
  if (body === undefined || (!isFunctionNode(body) && body.type !== 'Identifier')) return undefined
  return isExcluded(config) ? undefined : { body, config, shadowed }
}

/** One that is not to be compiled, as far as it is written out. */
function isExcluded(config: SyntaxNode | undefined): boolean {
  const compile = optionOf(config, 'compile')
  const lane = optionOf(config, 'lane')
  return compile?.['value'] === false || (lane !== undefined && lane['value'] !== 'native')
}

/** The value that an option is given where the options are written out. */
export function optionOf(config: SyntaxNode | undefined, name: string): SyntaxNode | undefined {
  const found = nodesAt(config, 'properties').find((each) => textAt(nodeAt(each, 'key'), 'name') === name)
  return nodeAt(found, 'value')
}
