// Errors as they cross a thread or process boundary.
import { describeValue, toError } from '../../contract/errors.ts'
import * as errors from '../../contract/errors.ts'
import { copyResult } from '../../support/payload-copy.ts'

export interface PackedError {
  readonly name: string
  readonly message: string
  readonly stack: string
  readonly cause?: PackedError
  readonly fields: Readonly<Record<string, unknown>>
}

export function packError(thrown: unknown): PackedError {
  const error = toError(thrown)
  const fields: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(error)) {
    try {
      fields[name] = copyResult(value, '')
    } catch {
      fields[name] = describeValue(value)
    }
  }
  const { name, message, stack = '' } = error
  const packed = { name, message, stack, fields }
  return error.cause instanceof Error ? { ...packed, cause: packError(error.cause) } : packed
}

export function unpackError(packed: unknown): Error {
  const { name, message, stack, cause, fields } = packed as PackedError
  const known = (errors as unknown as Record<string, new (message: string) => Error>)[name]
  const native = (globalThis as unknown as Record<string, new (message: string) => Error>)[name]
  const error = new (known ?? native ?? Error)(message)
  Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true, enumerable: false })
  Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true })
  if (cause !== undefined) Object.defineProperty(error, 'cause', { value: unpackError(cause), configurable: true })
  return Object.assign(error, fields)
}
