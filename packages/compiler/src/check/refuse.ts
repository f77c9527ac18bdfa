// Turning down what the table of constructs says is not compiled, and anything that the table does not know.
import type { AnyNode } from 'acorn'
import type { Lowering } from '../lower/lowering.ts'
import { constructs } from './constructs.ts'

export function refuseConstruct(l: Lowering, node: AnyNode): never {
  const known = constructs[node.type]
  return l.refuse(known?.code ?? 'CZ1006', node, known?.shown ?? `this (${node.type})`)
}
