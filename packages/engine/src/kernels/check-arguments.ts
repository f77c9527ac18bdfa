// Arguments of kernels are checked against the signature before the body runs: C could not read anything else, and the
// twins must refuse what C refuses.
import { types } from 'node:util'
import { PayloadError, describeValue } from '../contract/errors.ts'
import type { KernelType } from './kernel-type.ts'

interface Accepted {
  readonly what: string
  readonly fits: (value: unknown) => boolean
}

const nothing: Accepted = { what: 'left out', fits: () => false }

const accepted: Readonly<Record<KernelType, Accepted>> = {
  void: nothing,
  fields: nothing,
  record: nothing,
  f64: { what: 'a number', fits: (value) => typeof value === 'number' },
  i32: {
    what: 'a whole number in -2^31 .. 2^31-1',
    fits: (value) => typeof value === 'number' && (value | 0) === value,
  },
  u32: { what: 'a whole number in 0 .. 2^32-1', fits: (value) => typeof value === 'number' && value >>> 0 === value },
  bool: { what: 'a boolean', fits: (value) => typeof value === 'boolean' },
  bytes: { what: 'a Uint8Array', fits: types.isUint8Array },
  string: { what: 'a string', fits: (value) => typeof value === 'string' },
  text: { what: 'a string', fits: (value) => typeof value === 'string' },
  'i8-array': { what: 'an Int8Array', fits: types.isInt8Array },
  'u8c-array': { what: 'a Uint8ClampedArray', fits: types.isUint8ClampedArray },
  'i16-array': { what: 'an Int16Array', fits: types.isInt16Array },
  'u16-array': { what: 'a Uint16Array', fits: types.isUint16Array },
  'f64-array': { what: 'a Float64Array', fits: types.isFloat64Array },
  'f32-array': { what: 'a Float32Array', fits: types.isFloat32Array },
  'i32-array': { what: 'an Int32Array', fits: types.isInt32Array },
  'u32-array': { what: 'a Uint32Array', fits: types.isUint32Array },
}

/** @throws PayloadError when the arguments are not those of the signature, in number and type */
export function checkKernelArguments(name: string, signature: readonly KernelType[], args: readonly unknown[]): void {
  if (args.length !== signature.length) {
    const wanted = signature.length === 0 ? 'no arguments' : `${signature.length} (${signature.join(', ')})`
    throw new PayloadError(`kernel '${name}' takes ${wanted}, got ${args.length}`)
  }
  for (let index = 0; index < signature.length; index++) {
    const { what, fits } = accepted[signature[index] ?? 'void']
    if (fits(args[index])) continue
    const message = `must be ${what}, got ${describeValue(args[index])}`
    throw new PayloadError(`kernel '${name}': args[${index}] ${message}`, [{ path: [index], message }])
  }
}
