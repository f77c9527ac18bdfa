// Loops: the test stands at the end, and every way back asks whether the task is to stop.
import type {
  AnyNode,
  DoWhileStatement,
  Expression,
  ForOfStatement,
  ForStatement,
  Statement,
  WhileStatement,
} from 'acorn'
import type { Label, Register } from '../ir/ir.ts'
import { int32Bound } from '../ir/views.ts'
import { typeName } from '../types/types.ts'
import { bind } from './assignments.ts'
import { constant } from './builder.ts'
import type { Lowering } from './lowering.ts'
import type { Value } from './values.ts'
import { readAt } from './lists.ts'
import type { ListValue } from './values.ts'
import { float, int32, string, typeOf } from './values.ts'

export function forStatement(l: Lowering, node: ForStatement): void {
  const labels = takeLabels(l)
  for (const binding of l.scopes.declaredIn(node)) l.begin(binding)
  if (node.init?.type === 'VariableDeclaration') l.statement(node.init)
  else if (node.init) l.effect(node.init)
  loop(l, labels, node.test ?? undefined, node.body, () => {
    if (node.update) l.effect(node.update)
  })
}

export function whileStatement(l: Lowering, node: WhileStatement): void {
  loop(l, takeLabels(l), node.test, node.body, () => undefined)
}

function takeLabels(l: Lowering): string[] {
  const labels = l.pendingLabels
  l.pendingLabels = []
  return labels
}

function loop(l: Lowering, labels: string[], test: Expression | undefined, body: Statement, update: () => void): void {
  const { build } = l
  if (!build.reachable) return
  const [again, next, check, end] = [build.label(), build.label(), build.label(), build.label()]
  build.jump(check)
  build.place(again, true)
  inside(l, { labels, breakTo: end, continueTo: next }, body)
  build.place(next)
  if (build.reachable) {
    update()
    poll(l)
  }
  build.place(check)
  if (test === undefined) build.jump(again)
  else l.condition(test, again, end, 'no')
  build.place(end)
}

export function doWhile(l: Lowering, node: DoWhileStatement): void {
  const labels = takeLabels(l)
  const { build } = l
  const [again, next, more, end] = [build.label(), build.label(), build.label(), build.label()]
  build.place(again)
  inside(l, { labels, breakTo: end, continueTo: next }, node.body)
  build.place(next)
  if (build.reachable) {
    l.condition(node.test, more, end, 'yes')
    build.place(more)
    poll(l)
    build.jump(again)
  }
  build.place(end)
}

function inside(
  l: Lowering,
  target: { readonly labels: string[]; readonly breakTo: Label; readonly continueTo: Label },
  body: Statement,
): void {
  l.targets.push({ ...target, plain: true })
  l.statement(body)
  l.targets.pop()
}

function poll(l: Lowering): void {
  if (!l.build.reachable) return
  l.loops()
  l.build.act('POLL', [])
}

/** Over an array, a typed array or a string, which says how long it is at each turn. */
export function forOf(l: Lowering, node: ForOfStatement): void {
  const labels = takeLabels(l)
  if (node.await) return l.refuse('CZ1006', node, '`for await`')
  const subject = l.snapshot(l.value(node.right))
  if (subject.kind === 'unknown') return undefined
  if (subject.kind !== 'view' && subject.kind !== 'string' && subject.kind !== 'list') {
    return l.refuse('CZ1007', node, '`for … of`', typeName(typeOf(subject)))
  }
  const { build } = l
  const at = build.register('k', 'at')
  const [again, next, check, end] = [build.label(), build.label(), build.label(), build.label()]
  build.move(at, constant('k', 0))
  build.jump(check)
  build.place(again, true)
  for (const binding of l.scopes.declaredIn(node)) l.begin(binding)
  const step = build.register('k')
  build.move(step, constant('k', 1))
  give(l, node, element(l, subject, at, step))
  inside(l, { labels, breakTo: end, continueTo: next }, node.body)
  build.place(next)
  build.move(at, build.emit('K_ADD', [at, step]))
  poll(l)
  build.place(check)
  const length = build.emit(lengthOps[subject.kind], [subject.operand])
  const limit = subject.kind === 'string' ? build.emit('K_FROM_I32', [length]) : length
  build.branch(build.emit('K_LT', [at, limit]), true, again)
  build.place(end)
}

const lengthOps = { list: 'LIST_LENGTH', string: 'STR_LENGTH', view: 'VIEW_LENGTH' } as const

function give(l: Lowering, node: ForOfStatement, value: Value): void {
  const { left } = node
  const pattern: AnyNode | undefined = left.type === 'VariableDeclaration' ? left.declarations[0]?.id : left
  if (pattern !== undefined) bind(l, pattern, value)
}

/** Strings go by code points: two units where they make a pair. */
function element(
  l: Lowering,
  subject: ListValue | (Value & { kind: 'view' | 'string' }),
  at: Register,
  step: Register,
): Value {
  const { build } = l
  if (subject.kind === 'list') return readAt(l, subject, at)
  if (subject.kind === 'string') {
    const index = build.emit('F64_FROM_K', [at])
    const point = build.emit('STR_CODE_POINT_AT', [subject.operand, index])
    const single = build.label()
    build.branch(build.emit('F64_LT', [point, constant('n', 0x10000)]), true, single)
    build.move(step, constant('k', 2))
    build.place(single)
    const end = build.emit('F64_FROM_K', [build.emit('K_ADD', [at, step])])
    return string(build.emit('STR_SLICE', [subject.operand, index, end]))
  }
  const { view, operand } = subject
  const bound = int32Bound(view)
  if (bound === undefined) return float(build.emit('VIEW_GET_K', [operand, at]))
  return int32(build.emit('VIEW_GET_I', [operand, at]), bound)
}
