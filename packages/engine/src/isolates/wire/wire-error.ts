// Errors as they cross a boundary: packed where they were thrown, unpacked where the task was submitted.
export { packError } from './pack-error.ts'
export type { PackedError } from './packed-error.ts'
export { unpackError } from './unpack-error.ts'
