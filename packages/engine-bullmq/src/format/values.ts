// Values as the broker keeps them: JSON where JSON gives back exactly what it got, so that BullMQ's own tools can show it;
// V8's structured clone for everything else.
import { Deserializer, Serializer } from 'node:v8'

/** `j`: the value itself; `s`: structured clone, in base64. */
export type StoredValue = { readonly j: unknown } | { readonly s: string }

/** Deeper data is left to V8. */
const MOST_DEPTH = 32

/** @throws DataCloneError for what cannot travel: functions, symbols, … */
export function storeValue(value: unknown): StoredValue {
  return isJsonValue(value) ? { j: value } : { s: cloned(value).toString('base64') }
}

/** Whether JSON gives back exactly this. */
export function isJsonValue(value: unknown): boolean {
  return isJson(value, 0, new Set())
}

/** @throws TypeError for what is no stored value */
export function restoreValue(stored: unknown): unknown {
  if (typeof stored === 'object' && stored !== null) {
    if ('j' in stored) return stored.j
    if ('s' in stored && typeof stored.s === 'string') {
      const reading = new Deserializer(Buffer.from(stored.s, 'base64'))
      reading.readHeader()
      return reading.readValue()
    }
  }
  throw new TypeError('what the broker holds is no value of a task')
}

/** Not by `serialize`, with which arrays of numbers would come back as views into one large buffer. */
function cloned(value: unknown): Buffer {
  const writing = new Serializer()
  writing.writeHeader()
  writing.writeValue(value)
  return writing.releaseBuffer()
}

function isJson(value: unknown, depth: number, seen: Set<object>): boolean {
  switch (typeof value) {
    case 'boolean':
      return true
    case 'string':
      return isWellFormed(value)
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
    case 'object':
      return value === null || isJsonObject(value, depth, seen)
    default:
      return false
  }
}

function isJsonObject(value: object, depth: number, seen: Set<object>): boolean {
  // the same object in two places is one object afterwards too
  if (depth > MOST_DEPTH || seen.has(value)) return false
  seen.add(value)
  if (Array.isArray(value)) {
    return Object.keys(value).length === value.length && value.every((each) => isJson(each, depth + 1, seen))
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return false
  return Object.entries(value).every(
    ([name, each]) => name !== '__proto__' && name !== 'toJSON' && isWellFormed(name) && isJson(each, depth + 1, seen),
  )
}

/** Half a pair of surrogates would not survive UTF-8. Node 20 knows the method, the types of its language do not. */
function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed()
}
