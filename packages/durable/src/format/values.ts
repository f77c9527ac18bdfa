// Values as bytes. Plain data goes through msgpackr, which is compact and quick; what it would change (cycles, shared parts,
// maps with objects as keys, negative zero, …) through V8's structured clone, which keeps everything.
import { deserialize, serialize } from 'node:v8'
import { Packr, RESET_BUFFER_MODE, REUSE_BUFFER_MODE } from 'msgpackr'
import type { Draft } from './draft.ts'

const MSGPACK = 1
const STRUCTURED = 2

/** Deeper data is left to V8. */
const MOST_DEPTH = 64

const packr = new Packr({ useRecords: false, moreTypes: false, structuredClone: false, mapsAsObjects: true })

/** The packer's own buffer, with `start` and `end` in it, until the next value is packed: no view of it is made. */
const IN_PLACE = REUSE_BUFFER_MODE | RESET_BUFFER_MODE

/** Objects met in the value that is being looked at; nobody else does meanwhile. The first few are soon looked through. */
const FEW = 16
const few: (object | null)[] = Array.from({ length: FEW }, () => null)
let met = 0
const many: Set<object> = new Set()

/** @throws DataCloneError for what cannot be written: functions, symbols, … */
export function packValue(value: unknown): Buffer {
  const plain = isPlainValue(value)
  const body = plain ? packr.pack(value) : serialize(value)
  const bytes = Buffer.allocUnsafe(body.length + 1)
  bytes[0] = plain ? MSGPACK : STRUCTURED
  body.copy(bytes, 1)
  return bytes
}

/** As `packValue`, to the end of a record. */
export function addValue(draft: Draft, value: unknown): void {
  if (isPlainValue(value)) return addPlain(draft, value)
  const body = serialize(value)
  draft.byte(STRUCTURED)
  draft.bytes(body)
}

/** As `addValue`, of what is known to be plain. */
export function addPlain(draft: Draft, value: unknown): void {
  const packed = packr.pack(value, IN_PLACE) as Buffer & { readonly start: number; readonly end: number }
  draft.byte(MSGPACK)
  draft.bytes(packed, packed.start, packed.end)
}

/** @throws when the bytes are none of `packValue` */
export function unpackValue(bytes: Uint8Array): unknown {
  const body = bytes.subarray(1)
  if (bytes[0] === MSGPACK) return packr.unpack(body)
  if (bytes[0] === STRUCTURED) return deserialize(body)
  throw new Error(`values of kind ${bytes[0]} are not known`)
}

/** Whether msgpackr gives back exactly what it got. */
function isPlainValue(value: unknown): boolean {
  const plain = isPlain(value, 0)
  while (met > 0) few[--met] = null
  if (many.size > 0) many.clear()
  return plain
}

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
  if (depth > MOST_DEPTH || isMet(value)) return false
  if (Array.isArray(value)) return isPlainArray(value, depth)
  if (Object.getPrototypeOf(value) !== Object.prototype) return false
  for (const name of Object.keys(value)) {
    if (name === '__proto__' || name === 'toJSON' || !isWellFormed(name)) return false
    if (!isPlain((value as Record<string, unknown>)[name], depth + 1)) return false
  }
  return true
}

/** Without holes, and with nothing in it but its items. */
function isPlainArray(value: readonly unknown[], depth: number): boolean {
  if (Object.keys(value).length !== value.length) return false
  for (const each of value) if (!isPlain(each, depth + 1)) return false
  return true
}

/** Whether the object was met before; it counts as met from now on. */
function isMet(value: object): boolean {
  for (let index = 0; index < met; index++) if (few[index] === value) return true
  if (met < FEW) few[met++] = value
  else if (many.has(value)) return true
  else many.add(value)
  return false
}

/** Half a pair of surrogates would not survive UTF-8. Node 20 knows the method, the types of its language do not. */
function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed()
}
