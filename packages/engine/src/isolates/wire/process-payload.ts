// Payloads between processes: the bytes of structured clone. The channel would give views on its own buffers instead of
// arrays of their own, cut buffers that are shared inside of a payload apart, and turn what it does not know into `{}`.
import { Deserializer, Serializer } from 'node:v8'
import { PayloadError } from '../../contract/errors.ts'
import { SHARED_FROM } from '../../support/memory-snapshot.ts'
import { formatPath } from '../../support/payload-copy.ts'
import type { Carrier } from './carrier.ts'

/** A value on its way to another process. */
export interface PackedValue {
  /** As structured clone writes it, without the large buffers that go beside it. */
  readonly bytes: Uint8Array
  /** How many bytes each of these has, in their order. */
  readonly carried: readonly number[]
}

type Path = readonly (string | number)[]

/**
 * @param large the buffers in it that are to go by the carrier
 * @throws when something of it cannot be cloned; `copyArguments` and `copyResult` say what
 */
export function packValue(
  value: unknown,
  large: readonly ArrayBuffer[] = [],
  carrier: Carrier | null = null,
): PackedValue {
  const carries = carrier !== null && large.length > 0 && carrier.write(large)
  try {
    return packApart(value, carries ? large : [])
  } catch (thrown) {
    if (carries) carrier.clear()
    throw thrown
  }
}

/** Without those buffers, which go in another way. @throws as `packValue` */
export function packApart(value: unknown, apart: readonly ArrayBuffer[]): PackedValue {
  const serializer = new Serializer()
  serializer.writeHeader()
  // in the bytes they are numbers, to which views on them keep their places
  apart.forEach((buffer, index) => serializer.transferArrayBuffer(index, buffer))
  serializer.writeValue(value)
  return { bytes: serializer.releaseBuffer(), carried: apart.map(({ byteLength }) => byteLength) }
}

/** @throws when the bytes are not what `packValue` gives, or the carrier has less than it says */
export function unpackValue(packed: PackedValue, carrier: Carrier | null): unknown {
  const { carried } = packed
  if (carried.length > 0 && carrier === null) throw new TypeError('there is no file that could carry them')
  return unpackApart(packed, carried.length > 0 ? (carrier?.read(carried) ?? []) : [])
}

/** With the buffers that went in another way. @throws when the bytes are not what `packApart` gives */
export function unpackApart({ bytes }: PackedValue, apart: readonly ArrayBuffer[]): unknown {
  const deserializer = new Deserializer(bytes)
  deserializer.readHeader()
  apart.forEach((buffer, index) => deserializer.transferArrayBuffer(index, buffer))
  return deserializer.readValue()
}

/** Whether it is one for a carrier: large, and of a length that stays. */
function isLarge(buffer: ArrayBufferLike): buffer is ArrayBuffer {
  return (
    buffer instanceof ArrayBuffer &&
    buffer.byteLength >= SHARED_FROM &&
    (buffer as { readonly resizable?: boolean }).resizable !== true
  )
}

/** The buffers for a carrier in a payload that was copied, and so is plain data. */
export function largeBuffers(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>()
  collectLarge(value, found, new Set())
  return [...found]
}

function collectLarge(value: unknown, found: Set<ArrayBuffer>, seen: Set<object>): void {
  if (!isObject(value) || seen.has(value)) return
  seen.add(value)
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value
  if (buffer instanceof ArrayBuffer) {
    if (isLarge(buffer)) found.add(buffer)
    return
  }
  for (const [, each] of objectsIn(value)) collectLarge(each, found, seen)
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
  if (value instanceof Set || (Array.isArray(value) && value.length <= MAY_BE_DENSE)) {
    let index = 0
    for (const each of value as Iterable<unknown>) {
      if (isObject(each)) yield [index, each]
      index++
    }
    return
  }
  for (const [key, each] of Object.entries(value))
    if (isObject(each)) yield [Array.isArray(value) ? Number(key) : key, each]
}

/** A list that is longer is asked for its keys: it may be a thousand million holes. */
const MAY_BE_DENSE = 2 ** 22

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
