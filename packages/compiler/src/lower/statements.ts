// Statements: what they do to the flow of control.
import type {
  BlockStatement,
  BreakStatement,
  ContinueStatement,
  IfStatement,
  LabeledStatement,
  ReturnStatement,
  Statement,
  TryStatement,
  VariableDeclaration,
} from 'acorn'
import { refuseConstruct } from '../check/refuse.ts'
import { isFunction } from '../scope/syntax.ts'
import { bind, takeArrayApart } from './assignments.ts'
import type { Lowering } from './lowering.ts'
import { doWhile, forOf, forStatement, whileStatement } from './loops.ts'
import { switchStatement } from './switches.ts'
import { undefinedValue } from './values.ts'

const MAX_FINALIZERS = 6
/** The reason of a BAIL for which JavaScript throws. */
export const BAIL_THROW = 1

export function statement(l: Lowering, node: Statement): void {
  switch (node.type) {
    case 'ExpressionStatement':
      return l.effect(node.expression)
    case 'VariableDeclaration':
      return declaration(l, node)
    case 'FunctionDeclaration':
      // hoisted: it is there as the block begins
      return undefined
    case 'ReturnStatement':
      return giveBack(l, node)
    case 'BlockStatement':
      return block(l, node)
    case 'IfStatement':
      return ifStatement(l, node)
    case 'ForStatement':
      return forStatement(l, node)
    case 'ForOfStatement':
      return forOf(l, node)
    case 'WhileStatement':
      return whileStatement(l, node)
    case 'DoWhileStatement':
      return doWhile(l, node)
    case 'SwitchStatement':
      return switchStatement(l, node)
    case 'LabeledStatement':
      return labeled(l, node)
    case 'BreakStatement':
    case 'ContinueStatement':
      return leave(l, node)
    case 'ThrowStatement':
      return l.build.bail(BAIL_THROW)
    case 'TryStatement':
      return tryStatement(l, node)
    case 'EmptyStatement':
      return undefined
    default:
      return refuseConstruct(l, node)
  }
}

function block(l: Lowering, node: BlockStatement): void {
  for (const binding of l.scopes.declaredIn(node)) l.begin(binding)
  for (const each of node.body) l.statement(each)
}

export function declaration(l: Lowering, node: VariableDeclaration): void {
  if (node.kind !== 'var' && node.kind !== 'let' && node.kind !== 'const') {
    return l.refuse('CZ1006', node, `\`${node.kind}\``)
  }
  for (const { id, init } of node.declarations) {
    if (id.type === 'Identifier') {
      const binding = l.binding(id)
      if (binding === undefined) continue
      if (init && isFunction(init) && binding.fn === init) l.assign(binding, { kind: 'opaque', what: 'a function' }, id)
      else if (init) l.assign(binding, l.raw(init), id)
      else if (node.kind !== 'var') l.beginUndefined(binding, id)
    } else if (init && id.type === 'ArrayPattern') takeArrayApart(l, id, init)
    else if (init) bind(l, id, l.snapshot(l.raw(init)))
  }
}

function ifStatement(l: Lowering, node: IfStatement): void {
  const { build } = l
  const [yes, no] = [build.label(), build.label()]
  l.condition(node.test, yes, no, 'yes')
  build.place(yes)
  l.statement(node.consequent)
  if (!node.alternate) return build.place(no)
  const end = build.label()
  build.jump(end)
  build.place(no)
  l.statement(node.alternate)
  build.place(end)
}

/** What takes the labels in front of it itself. */
const targets = new Set(['ForStatement', 'ForOfStatement', 'WhileStatement', 'DoWhileStatement', 'SwitchStatement'])

function labeled(l: Lowering, node: LabeledStatement): void {
  l.pendingLabels.push(node.label.name)
  if (targets.has(node.body.type) || node.body.type === 'LabeledStatement') return l.statement(node.body)
  const labels = l.pendingLabels
  l.pendingLabels = []
  const breakTo = l.build.label()
  l.targets.push({ labels, breakTo, plain: false })
  l.statement(node.body)
  l.targets.pop()
  l.build.place(breakTo)
}

function giveBack(l: Lowering, node: ReturnStatement): void {
  const value = node.argument ? l.raw(node.argument) : undefinedValue
  const isLeft = l.targets.some(({ finalizer }) => finalizer !== undefined)
  // what is returned is what it was before any `finally`
  const kept = isLeft ? l.snapshot(value) : value
  finish(l, 0)
  if (l.build.reachable) l.result(kept, node)
}

/** Runs each `finally` on the way out to a statement, the innermost first. */
function finish(l: Lowering, depth: number): void {
  const within = l.targets.slice(depth)
  for (let at = l.targets.length; at-- > depth && l.build.reachable;) {
    const { finalizer } = l.targets[at] ?? { finalizer: undefined }
    // what it leaves itself lies outside of it
    l.targets.length = at
    if (finalizer !== undefined) l.statement(finalizer)
  }
  l.targets.splice(depth, Infinity, ...within)
}

function leave(l: Lowering, node: BreakStatement | ContinueStatement): void {
  const name = node.label?.name
  const again = node.type === 'ContinueStatement'
  const depth = l.targets.findLastIndex((each) => {
    if (name !== undefined) return each.labels.includes(name)
    return again ? each.continueTo !== undefined : each.plain
  })
  const target = l.targets[depth]
  const to = again ? target?.continueTo : target?.breakTo
  if (to === undefined) return l.refuse('CZ1006', node, 'a jump out of nowhere')
  finish(l, depth + 1)
  if (l.build.reachable) l.build.jump(to)
}

/** Whatever throws inside gives up, so that no `catch` is ever come to. */
function tryStatement(l: Lowering, node: TryStatement): void {
  const { finalizer } = node
  if (!finalizer) return l.statement(node.block)
  // each way out has its own copy of what lies around it
  if (l.targets.filter((each) => each.finalizer !== undefined).length >= MAX_FINALIZERS) {
    return l.refuse('CZ1019', node, `it has more than ${MAX_FINALIZERS} \`finally\` within each other`)
  }
  l.targets.push({ labels: [], plain: false, finalizer })
  l.statement(node.block)
  l.targets.pop()
  l.statement(finalizer)
}
