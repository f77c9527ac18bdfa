// Payloads that go by message, whatever shared memory refuses: what to post, and the buffers that move with it.
import { types } from 'node:util'
import { requireAttached } from '../../support/memory-copy.ts'
import { copyPayload } from '../../support/payload-copy.ts'

export interface PayloadMessage {
  readonly value: unknown
  /** For the second argument of `postMessage`. */
  readonly transfer: ArrayBuffer[]
}

/**
 * What to post. Buffers are copied at most once; shared memory is shared.
 * @param owned the value is a copy that is needed no longer, as `copyArguments` makes it: its buffers are transferred as
 *   they are. Otherwise the value is copied, and the copy is transferred.
 * @param where what the path in an error begins with: `task 'mail': result`
 * @throws PayloadError naming the path: what cannot be copied, or a buffer that was transferred before
 */
export function toMessage(value: unknown, owned: boolean, where = 'the payload'): PayloadMessage {
  if (!owned) return copied(value, where)
  const buffers = new Set<ArrayBuffer>()
  try {
    if (collect(value, buffers, new Set())) return { value, transfer: [...buffers] }
  } catch {
    // too deep, or a buffer that is gone: copying finds out where
  }
  return copied(value, where)
}

function copied(value: unknown, where: string): PayloadMessage {
  const copy = copyPayload(value, where)
  return { value: copy.value, transfer: [...(copy.memory?.buffers ?? [])] }
}

/** All buffers of `value`; false when there is something that is in no copy. */
function collect(value: unknown, buffers: Set<ArrayBuffer>, seen: Set<object>): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function' && typeof value !== 'symbol'
  if (seen.has(value)) return true
  seen.add(value)
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value
  if (types.isAnyArrayBuffer(buffer)) {
    if (types.isSharedArrayBuffer(buffer)) return true
    requireAttached(buffer)
    buffers.add(buffer)
    return true
  }
  for (const each of contentsOf(value)) if (!collect(each, buffers, seen)) return false
  return true
}

function contentsOf(value: object): Iterable<unknown> {
  if (value instanceof Map) return [...value.keys(), ...value.values()]
  if (value instanceof Set) return value
  if (value instanceof Error) return [value.cause]
  // also of an array: its elements
  return Object.values(value)
}
