// Whether C and JavaScript have given the same: bit for bit, NaN being NaN.
import { isDeepStrictEqual } from 'node:util'

/** Numbers, strings, booleans, undefined, typed arrays, and arrays and plain objects of those. */
export function isSameValue(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || one === null) return Object.is(one, other)
  if (typeof other !== 'object' || other === null) return false
  if (Array.isArray(one) !== Array.isArray(other)) return false
  if (ArrayBuffer.isView(one)) return isDeepStrictEqual(one, other)
  const [mine, theirs] = [Object.entries(one), Object.entries(other)]
  return (
    mine.length === theirs.length &&
    // in the same order: it can be seen
    mine.every(([name, value], index) => name === theirs[index]?.[0] && isSameValue(value, theirs[index][1]))
  )
}
