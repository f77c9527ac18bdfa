// Equality as structuredClone means it: values, prototypes, fields, and which objects are one and the same.
import { isDeepStrictEqual } from 'node:util'

/** Whether two values are equal, and objects met more than once in one are met at the same places in the other. */
export function isSameGraph(left: unknown, right: unknown): boolean {
  return isDeepStrictEqual(left, right) && isDeepStrictEqual(order(left), order(right))
}

/** For every object met, in order, the number of the meeting at which it was new. */
function order(root: unknown): number[] {
  const first = new Map<object, number>()
  const met: number[] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const known = first.get(value)
    met.push(known ?? first.size)
    if (known !== undefined) return
    first.set(value, first.size)
    for (const each of contents(value)) visit(each)
  }
  visit(root)
  return met
}

function contents(value: object): unknown[] {
  if (ArrayBuffer.isView(value)) return [value.buffer]
  if (value instanceof Map) return [...value].flat()
  if (value instanceof Set) return [...value]
  if (value instanceof Error) return [value.cause, ...Object.values(value)]
  return Object.values(value)
}
