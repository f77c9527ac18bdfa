// The types that arguments are said to have.
import { isViewName } from '../ir/views.ts'
import type { ElementKind } from './elements.ts'
import { elementsOf } from './elements.ts'
import type { Type } from './types.ts'

/**
 * 'number', 'string', 'boolean', 'undefined', 'null', 'number[]', 'string[]', 'boolean[]', or the name of a typed array; of
 * an object its fields. Any other word
 * says what the argument is, and that the body may not look at it.
 */
export type TypeHint = string | { readonly record: Readonly<Record<string, TypeHint>> }

const MAX_DEPTH = 16

export function typeOfHint(hint: TypeHint, depth = 0): Type {
  if (typeof hint === 'object') {
    if (depth > MAX_DEPTH) return { kind: 'opaque', what: 'a deep object' }
    const fields = Object.entries(hint.record).map(([name, each]) => [name, typeOfHint(each, depth + 1)] as const)
    return { kind: 'record', fields: new Map(fields), argument: true }
  }
  if (hint === 'number') return { kind: 'number', number: 'n' }
  if (hint === 'string' || hint === 'boolean' || hint === 'undefined' || hint === 'null') return { kind: hint }
  const [, element] = /^(number|boolean|string)\[\]$/.exec(hint) ?? []
  if (element !== undefined) return { kind: 'list', elements: elementsOf[element as ElementKind] }
  return isViewName(hint) ? { kind: 'view', view: hint } : { kind: 'opaque', what: `a value of type ${hint}` }
}
