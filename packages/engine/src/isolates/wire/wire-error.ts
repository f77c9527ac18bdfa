export type PackedError = unknown
export function packError(thrown: unknown): PackedError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  return { name: error.name, message: error.message, stack: error.stack }
}
export function unpackError(packed: unknown): Error {
  return Object.assign(new Error(), packed as object)
}
