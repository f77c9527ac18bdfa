// Errors as they are stored, and back: name, message, stack, code, cause and own plain fields.
import { errorTable } from '@catzilla/engine'
import { packValue, unpackValue } from './values.ts'

export interface StoredError {
  readonly name: string
  readonly message: string
  readonly stack: string
  /** Own fields, `code` among them, that could be written. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** Causes of causes are followed so far. */
const MOST_CAUSES = 8

const errorMark = 'catzilla:error'

export function storeError(error: unknown, depth = 0): StoredError {
  const found = error as Partial<Error> & Record<string, unknown>
  const fields: Record<string, unknown> = {}
  for (const name of ownNames(error)) {
    const value = readable(() => found[name])
    if (canBeWritten(value)) fields[name] = value
  }
  const cause = readable(() => found.cause)
  return {
    name: textOf(() => found.name, 'Error'),
    message: textOf(() => found.message, ''),
    stack: textOf(() => found.stack, ''),
    fields,
    ...(cause === undefined || depth >= MOST_CAUSES ? {} : { cause: storedCause(cause, depth) }),
  }
}

/** Checked: what is no stored error becomes an error that says so. */
export function restoreError(stored: unknown): Error {
  const { name, message, stack, fields, cause } = (stored ?? {}) as Partial<StoredError>
  const error = new Error(typeof message === 'string' ? message : 'the error could not be read')
  const define = (key: string, value: unknown): unknown =>
    Object.defineProperty(error, key, { value, configurable: true, writable: true, enumerable: false })
  if (typeof name === 'string') define('name', name)
  if (typeof stack === 'string') define('stack', stack)
  for (const [key, value] of Object.entries(typeof fields === 'object' ? (fields ?? {}) : {})) {
    if (key !== '__proto__')
      Object.defineProperty(error, key, { value, configurable: true, writable: true, enumerable: true })
  }
  const row = typeof name === 'string' && Object.hasOwn(errorTable, name) ? errorTable[name as never] : undefined
  if (row !== undefined) define('code', (row as { readonly code: string }).code)
  if (cause !== undefined) define('cause', restoredCause(cause))
  return error
}

/** The same value, in which errors are plain data: as deep as they stand in plain objects and lists. */
export function withStoredErrors(value: unknown): unknown {
  if (value instanceof Error) return { [errorMark]: storeError(value) }
  return mapped(value, withStoredErrors)
}

/** What `withStoredErrors` got. */
export function withRestoredErrors(value: unknown): unknown {
  if (isPlain(value) && Object.hasOwn(value, errorMark))
    return restoreError((value as Record<string, unknown>)[errorMark])
  return mapped(value, withRestoredErrors)
}

/** A copy where `change` changes a part of it, else the value itself: cycles and shared parts without errors stay. */
function mapped(value: unknown, change: (part: unknown) => unknown): unknown {
  if (!holdsErrors(value, 0)) return value
  if (Array.isArray(value)) return value.map((part) => change(part))
  if (!isPlain(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, change(part)]))
}

/** Deeper ones are left to V8. */
const MOST_DEPTH = 8

function holdsErrors(value: unknown, depth: number): boolean {
  if (value instanceof Error) return true
  if (depth > MOST_DEPTH || !(Array.isArray(value) || isPlain(value))) return false
  if (Object.hasOwn(value, errorMark)) return true
  return Object.values(value).some((part) => holdsErrors(part, depth + 1))
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

function storedCause(cause: unknown, depth: number): unknown {
  if (cause instanceof Error) return { [errorMark]: storeError(cause, depth + 1) }
  return canBeWritten(cause) ? cause : String(cause)
}

function restoredCause(cause: unknown): unknown {
  if (typeof cause !== 'object' || cause === null || !Object.hasOwn(cause, errorMark)) return cause
  return restoreError((cause as Record<string, unknown>)[errorMark])
}

function ownNames(error: unknown): string[] {
  if (typeof error !== 'object' || error === null) return []
  return Object.keys(error).filter(
    (name) => name !== 'cause' && name !== 'name' && name !== 'message' && name !== 'stack',
  )
}

function canBeWritten(value: unknown): boolean {
  try {
    unpackValue(packValue(value))
    return true
  } catch {
    return false
  }
}

/** The user's errors may have getters that throw. */
function readable(read: () => unknown): unknown {
  try {
    return read()
  } catch {
    return undefined
  }
}

function textOf(read: () => unknown, otherwise: string): string {
  const found = readable(read)
  return typeof found === 'string' ? found : otherwise
}
