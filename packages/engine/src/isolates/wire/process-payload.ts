// Payloads between processes: the bytes of structured clone. The channel would give views on its own buffers instead of
// arrays of their own, cut buffers that are shared inside of a payload apart, and turn what it does not know into `{}`.
import { Deserializer, Serializer } from 'node:v8'
import { PayloadError } from '../../contract/errors.ts'
import { formatPath } from '../../support/payload-copy.ts'

type Path = readonly (string | number)[]

/** @throws when something of it cannot be cloned; `copyArguments` and `copyResult` say what */
export function packValue(value: unknown): Uint8Array {
  const serializer = new Serializer()
  serializer.writeHeader()
  serializer.writeValue(value)
  return serializer.releaseBuffer()
}

/** @throws when the bytes are not what `packValue` gives */
export function unpackValue(bytes: Uint8Array): unknown {
  const deserializer = new Deserializer(bytes)
  deserializer.readHeader()
  return deserializer.readValue()
}

/**
 * Refuses what two threads could share, or what lives outside of JavaScript's memory: processes have neither in common.
 * @param where such as `task 'resize': args`
 * @throws PayloadError naming the path
 */
export function refuseShared(value: unknown, where: string): void {
  let found: Found | undefined
  try {
    found = findShared(value, [], new Set())
  } catch {
    // a getter or a proxy of the payload threw: the copy that comes next says so
    return
  }
  if (found === undefined) return
  const { path, kind } = found
  const message = `a ${kind} cannot be copied to another process`
  const remedy = kind === 'Blob' ? 'pass its arrayBuffer()' : `pass a copy of it, or use lane: 'thread'`
  throw new PayloadError(`${where}${formatPath(path)}: ${message}; ${remedy}`, [{ path, message }])
}

interface Found {
  readonly path: Path
  readonly kind: string
}

function findShared(value: unknown, path: Path, seen: Set<object>): Found | undefined {
  if (typeof value !== 'object' || value === null || seen.has(value)) return undefined
  seen.add(value)
  if (value instanceof SharedArrayBuffer) return { path, kind: 'SharedArrayBuffer' }
  if (ArrayBuffer.isView(value)) {
    return value.buffer instanceof SharedArrayBuffer ? { path, kind: 'view of a SharedArrayBuffer' } : undefined
  }
  if (value instanceof Blob) return { path, kind: 'Blob' }
  for (const [step, each] of objectsIn(value)) {
    const found = findShared(each, [...path, step], seen)
    if (found !== undefined) return found
  }
  return undefined
}

/** The objects in a value, with the step to each; what else it holds cannot be shared. */
function* objectsIn(value: object): Generator<[string | number, object]> {
  if (value instanceof Map) {
    for (const [key, each] of value) {
      const step = isObject(key) ? 'object' : String(key)
      if (isObject(key)) yield [step, key]
      if (isObject(each)) yield [step, each]
    }
    return
  }
  const isList = value instanceof Set || Array.isArray(value)
  let index = 0
  for (const each of isList ? value : Object.values(value)) {
    if (isObject(each)) yield [isList ? index : (Object.keys(value)[index] ?? ''), each]
    index++
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
