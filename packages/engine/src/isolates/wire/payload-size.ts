// About how large plain data is, without looking at more of it than needed.
import { isMemory } from '../../support/memory-copy.ts'

/** Bytes for a value apart from its text or memory. */
const EACH = 8

/** Whether `value`, a copy without getters, takes more than `limit` bytes. */
export function isLarger(value: unknown, limit: number): boolean {
  const rest: unknown[] = [value]
  const seen = new Set<unknown>()
  let bytes = 0
  while (rest.length > 0) {
    const next = rest.pop()
    bytes += EACH
    if (typeof next === 'string') bytes += next.length
    else if (typeof next === 'bigint') bytes += next.toString(16).length
    else if (typeof next === 'object' && next !== null && !seen.has(next)) {
      seen.add(next)
      if (isMemory(next)) bytes += next.byteLength
      // counted before they are listed: a list may be longer than the limit
      if (Array.isArray(next)) bytes += next.length
      if (bytes <= limit) rest.push(...contentsOf(next))
    }
    if (bytes > limit) return true
  }
  return false
}

function contentsOf(value: object): unknown[] {
  if (isMemory(value)) return []
  if (value instanceof Map) return [...value].flat()
  if (value instanceof Set) return [...value]
  return Object.entries(value).flat()
}
