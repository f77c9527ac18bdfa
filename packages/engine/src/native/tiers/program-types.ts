// The types of a program's registers as types of a kernel's arguments and results.
import type { NativeSignature } from '@catzilla/core-c'
import { kernelTypes } from '../../kernels/kernel-type.ts'
import type { KernelType } from '../../kernels/kernel-type.ts'

/** By the number of a register's type: nothing, number, int32, counter, boolean, string. */
const scalars: readonly KernelType[] = ['void', 'f64', 'i32', 'f64', 'bool', 'text']
/** By kind: Int8, Uint8, Uint8Clamped, Int16, Uint16, Int32, Uint32, Float32, Float64. */
const arrays: readonly KernelType[] = [
  'i8-array',
  'bytes',
  'u8c-array',
  'i16-array',
  'u16-array',
  'i32-array',
  'u32-array',
  'f32-array',
  'f64-array',
]
const FIRST_ARRAY = 16
const RECORD = 32
const NUMBER = 1
const COUNTER = 3

/** Numbers of `ctz_type`. */
export function kernelTypesOf({ parameters, result }: NativeSignature): {
  readonly args: readonly number[]
  readonly result: number
} {
  // an int32 or a counter is any number outside: the program gives up what is none
  return { args: parameters.map((type) => numberOf(isNumber(type) ? NUMBER : type)), result: numberOf(result) }
}

function isNumber(type: number): boolean {
  return type >= NUMBER && type <= COUNTER
}

function numberOf(type: number): number {
  const name = type === RECORD ? 'record' : type < FIRST_ARRAY ? scalars[type] : arrays[type - FIRST_ARRAY]
  if (name === undefined) throw new TypeError(`a program has a value of the unknown type ${type}`)
  return kernelTypes.indexOf(name)
}
