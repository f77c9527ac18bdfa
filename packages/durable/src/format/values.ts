// Values as bytes. Plain data goes through msgpackr, which is compact and quick; what it would change (cycles, shared parts,
// maps with objects as keys, negative zero, …) through V8's structured clone, which keeps everything.
import { deserialize, serialize } from 'node:v8'
import { Packr } from 'msgpackr'

const MSGPACK = 1
const STRUCTURED = 2

/** Deeper data is left to V8. */
const MOST_DEPTH = 64

const packr = new Packr({ useRecords: false, moreTypes: false, structuredClone: false, mapsAsObjects: true })

/** Objects met in the value that is being looked at; nobody else does meanwhile. */
const seen = new Set<object>()

/** @throws DataCloneError for what cannot be written: functions, symbols, … */
export function packValue(value: unknown): Buffer {
  seen.clear()
  const plain = isPlain(value, 0)
  seen.clear()
  const body = plain ? packr.pack(value) : serialize(value)
  const bytes = Buffer.allocUnsafe(body.length + 1)
  bytes[0] = plain ? MSGPACK : STRUCTURED
  body.copy(bytes, 1)
  return bytes
}

/** @throws when the bytes are none of `packValue` */
export function unpackValue(bytes: Uint8Array): unknown {
  const body = bytes.subarray(1)
  if (bytes[0] === MSGPACK) return packr.unpack(body)
  if (bytes[0] === STRUCTURED) return deserialize(body)
  throw new Error(`values of kind ${bytes[0]} are not known`)
}

/** Whether msgpackr gives back exactly what it got. */
function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'boolean':
    case 'undefined':
      return true
    case 'string':
      return isWellFormed(value)
    case 'number':
      return !Object.is(value, -0)
    case 'object':
      return value === null || isPlainObject(value, depth)
    default:
      return false
  }
}

function isPlainObject(value: object, depth: number): boolean {
  // the same object in two places is one object afterwards too
  if (depth > MOST_DEPTH || seen.has(value)) return false
  seen.add(value)
  if (Array.isArray(value)) {
    if (Object.keys(value).length !== value.length) return false
    return value.every((each) => isPlain(each, depth + 1))
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return false
  for (const [name, each] of Object.entries(value)) {
    if (name === '__proto__' || name === 'toJSON' || !isWellFormed(name) || !isPlain(each, depth + 1)) return false
  }
  return true
}

/** Half a pair of surrogates would not survive UTF-8. Node 20 knows the method, the types of its language do not. */
function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed()
}
