// The errors of the monitor. They are rows of the table of errors of `@catzilla/engine`, of which this package uses types alone:
// so they are told by their `name` and `code`, as across packages anyway.
import type { ErrorCode, ErrorName } from '@catzilla/engine'

const codes = {
  ConfigurationError: 'ERR_CATZILLA_CONFIGURATION',
  UnsupportedByEngineError: 'ERR_CATZILLA_UNSUPPORTED_BY_ENGINE',
} as const satisfies Partial<Record<ErrorName, ErrorCode>>

function errorOf(name: keyof typeof codes, message: string): Error {
  const error = new Error(message)
  error.name = name
  return Object.assign(error, { code: codes[name] })
}

export function configurationError(message: string): Error {
  return errorOf('ConfigurationError', message)
}

export function unsupportedError(message: string): Error {
  return errorOf('UnsupportedByEngineError', message)
}
