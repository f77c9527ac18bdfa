// Payloads that go by message, whatever shared memory refuses: what to post, and the buffers that move with it.
import { types } from 'node:util'
import { requireAttached } from '../../support/memory-copy.ts'
import { isSnapshot } from '../../support/memory-snapshot.ts'
import { copyPayload } from '../../support/payload-copy.ts'

export interface PayloadMessage {
  readonly value: unknown
  /** For the second argument of `postMessage`. */
  readonly transfer: ArrayBuffer[]
  /** Snapshots of memory in it, which is the task's own on the other side. */
  readonly snapshots: SharedArrayBuffer[]
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
  const snapshots = new Set<SharedArrayBuffer>()
  try {
    if (collect(value, { buffers, snapshots, seen: new Set() })) {
      return { value, transfer: [...buffers], snapshots: [...snapshots] }
    }
  } catch {
    // too deep, or a buffer that is gone: copying finds out where
  }
  return copied(value, where)
}

function copied(value: unknown, where: string): PayloadMessage {
  const copy = copyPayload(value, where)
  return { value: copy.value, transfer: copy.memory?.buffers ?? [], snapshots: copy.memory?.snapshots ?? [] }
}

interface Collected {
  readonly buffers: Set<ArrayBuffer>
  readonly snapshots: Set<SharedArrayBuffer>
  readonly seen: Set<object>
}

/** All buffers of `value`; false when there is something that is in no copy. */
function collect(value: unknown, found: Collected): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function' && typeof value !== 'symbol'
  if (found.seen.has(value)) return true
  found.seen.add(value)
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value
  if (types.isSharedArrayBuffer(buffer)) {
    if (isSnapshot(buffer)) found.snapshots.add(buffer)
    return true
  }
  if (types.isArrayBuffer(buffer)) {
    requireAttached(buffer)
    found.buffers.add(buffer)
    return true
  }
  for (const each of contentsOf(value)) if (!collect(each, found)) return false
  return true
}

function contentsOf(value: object): Iterable<unknown> {
  if (value instanceof Map) {
    const map: ReadonlyMap<unknown, unknown> = value
    return [...map.keys(), ...map.values()]
  }
  if (value instanceof Set) return value
  if (value instanceof Error) return [value.cause]
  // also of an array: its elements
  return Object.values<unknown>(value as Record<string, unknown>)
}
