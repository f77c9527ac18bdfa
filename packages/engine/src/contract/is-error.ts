// What is an error, and what only looks like one.

/** Also errors of another realm. Never throws. */
export function isError(value: unknown): value is Error {
  try {
    // an error of another realm (vm context, worker) is no instance of this one's Error, yet it is one
    return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
  } catch {
    // a proxy that is revoked or throws, or a throwing Symbol.toStringTag
    return false
  }
}
