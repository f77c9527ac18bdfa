// The kernels that come with the engine, as JavaScript: twins of packages/core-c/csrc/kernels, so that the same task
// runs on every engine. The twins and C agree to the bit.
import { crc32 } from 'node:zlib'
import type { TaskHandler } from '../contract/task.ts'
import { checkKernelArguments } from './check-arguments.ts'
import type { KernelType } from './kernel-type.ts'
import { dot, scale, statisticsFields, stats, sum } from './number-arrays.ts'
import type { ValueStatistics } from './number-arrays.ts'
import { spin } from './spin.ts'
import { xxh32 } from './xxh32.ts'

/** What each built-in kernel takes and gives. */
export interface BuiltInKernels {
  /** Does nothing: what a task costs. */
  noop: () => void
  add: (a: number, b: number) => number
  multiply: (a: number, b: number) => number
  /** CRC-32 with the polynomial of zlib and PNG. */
  crc32: (bytes: Uint8Array) => number
  /** XXH32 with seed 0. */
  xxh32: (bytes: Uint8Array) => number
  /** From left to right; 0 of none. */
  sum: (values: Float64Array) => number
  /** The sum of `a[i] * b[i]`; a RangeError when the lengths differ. */
  dot: (a: Float64Array, b: Float64Array) => number
  /** A new array of `values[i] * factor`. */
  scale: (values: Float64Array, factor: number) => Float64Array
  stats: (values: Float64Array) => ValueStatistics
  /** Keeps a CPU busy for that many microseconds and gives how many it were; for load tests. */
  spin: (microseconds: number) => number
  /** How many bytes the text has as UTF-8. */
  'bytes-of': (text: string) => number
}

export type BuiltInKernelName = keyof BuiltInKernels

/** A built-in kernel as its signature, and its twin in JavaScript. */
export interface BuiltInKernel {
  readonly name: BuiltInKernelName
  readonly args: readonly KernelType[]
  readonly result: KernelType
  /** Names of the numbers, for the result 'fields'. */
  readonly fields: readonly string[]
  /** Runs the twin. Throws a PayloadError when the arguments are not those of the signature. */
  readonly run: TaskHandler
}

/** In the order in which C has them. */
export const builtInKernels: readonly BuiltInKernel[] = Object.freeze([
  twinOf('noop', [], 'void', () => {}),
  twinOf('add', ['f64', 'f64'], 'f64', (a, b) => a + b),
  twinOf('multiply', ['f64', 'f64'], 'f64', (a, b) => a * b),
  twinOf('crc32', ['bytes'], 'u32', (bytes) => crc32(bytes)),
  twinOf('xxh32', ['bytes'], 'u32', xxh32),
  twinOf('sum', ['f64-array'], 'f64', sum),
  twinOf('dot', ['f64-array', 'f64-array'], 'f64', dot),
  twinOf('scale', ['f64-array', 'f64'], 'f64-array', scale),
  twinOf('stats', ['f64-array'], 'fields', stats, statisticsFields),
  twinOf('spin', ['f64'], 'f64', spin),
  twinOf('bytes-of', ['string'], 'u32', (text) => Buffer.byteLength(text)),
])

const byName = new Map<string, BuiltInKernel>(builtInKernels.map((kernel) => [kernel.name, kernel]))

/** The built-in kernel of that name; undefined when there is none. */
export function kernelNamed(name: string): BuiltInKernel | undefined {
  return byName.get(name)
}

function twinOf<N extends BuiltInKernelName>(
  name: N,
  args: readonly KernelType[],
  result: KernelType,
  body: BuiltInKernels[N],
  fields: readonly string[] = [],
): BuiltInKernel {
  const run = (...given: unknown[]): unknown => {
    checkKernelArguments(name, args, given)
    return (body as (...checked: unknown[]) => unknown)(...given)
  }
  return Object.freeze({ name, args, result, fields, run })
}
