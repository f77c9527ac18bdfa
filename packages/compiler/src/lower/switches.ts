// `switch`: the tests one after the other, then the cases, each falling through to the next.
import type { SwitchStatement } from 'acorn'
import type { Lowering } from './lowering.ts'
import { binary } from './operators.ts'

export function switchStatement(l: Lowering, node: SwitchStatement): void {
  const labels = l.pendingLabels
  l.pendingLabels = []
  const { build } = l
  const subject = l.snapshot(l.raw(node.discriminant))
  for (const binding of l.scopes.declaredIn(node)) l.begin(binding)
  const end = build.label()
  const places = node.cases.map(() => build.label())
  node.cases.forEach(({ test }, index) => {
    const place = places[index]
    if (!test || place === undefined || !build.reachable) return
    const equal = binary(l, '===', subject, l.raw(test), test, undefined)
    build.branch(l.truth(equal), true, place)
  })
  const byDefault = node.cases.findIndex(({ test }) => !test)
  build.jump(places[byDefault] ?? end)
  l.targets.push({ labels, breakTo: end, plain: true })
  node.cases.forEach(({ consequent }, index) => {
    const place = places[index]
    if (place !== undefined) build.place(place)
    for (const each of consequent) l.statement(each)
  })
  l.targets.pop()
  build.place(end)
}
