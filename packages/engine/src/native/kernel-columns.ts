// Whole columns of numbers as the arguments of one task: C reads them where they are.
import type { NativeKernel } from '@catzilla/core-c'
import { PayloadError, TaskDefinitionError, describeValue } from '../contract/errors.ts'
import { signatureOf } from './kernel-plan.ts'

/** Rows of one chunk, the share that a worker takes at a time: it should fit the cache of a core. */
const FEWEST_ROWS = 1024
const MOST_ROWS = 16_384

export type NumberColumn = Float64Array | Float32Array | Int32Array | Uint32Array | Int16Array | Uint16Array | Int8Array

/** @throws TaskDefinitionError when the kernel does not go from numbers to a number */
export function requireColumnsKernel(kernel: NativeKernel, task: string, isProgram: boolean): void {
  const signature = signatureOf(kernel)
  // a program may know its numbers to be whole: 1 f64, 2 i32
  const isNumber = kernel.result === 1 || (kernel.result === 2 && isProgram)
  if (isNumber && signature.length > 0 && signature.every((type) => type === 'f64')) return
  throw new TaskDefinitionError(
    `task '${task}': columns need a kernel that makes a number (f64) out of numbers (f64), '${kernel.name}' is another`,
  )
}

/** @throws PayloadError naming the column that is none, or of another length than the first */
export function checkColumns(kernel: NativeKernel, columns: readonly unknown[], task: string): void {
  if (columns.length !== kernel.args.length) {
    throw new PayloadError(
      `task '${task}': kernel '${kernel.name}' takes ${kernel.args.length} columns, got ${columns.length}`,
    )
  }
  const rows = (columns[0] as NumberColumn | undefined)?.length
  columns.forEach((column, index) => {
    const what = whyNoColumn(column, rows)
    if (what === undefined) return
    throw new PayloadError(`task '${task}': args[${index}] ${what}`, [{ path: [index], message: what }])
  })
}

function whyNoColumn(column: unknown, rows: number | undefined): string | undefined {
  if (!ArrayBuffer.isView(column) || column instanceof DataView || typeof (column as NumberColumn)[0] === 'bigint') {
    return `must be a typed array of numbers, got ${describeValue(column)}`
  }
  const { length, buffer } = column as NumberColumn & { readonly buffer: { readonly resizable?: boolean } }
  if (buffer.resizable === true) return 'must not lie in a buffer that can be resized'
  return length === rows ? undefined : `must have as many rows as the first column, ${rows}, got ${length}`
}

/** Columns as C reads them: those that are no doubles are made into some. */
export function asDoubles(columns: readonly unknown[]): Float64Array[] {
  return columns.map((column) => (column instanceof Float64Array ? column : Float64Array.from(column as NumberColumn)))
}

/** Rows that a worker takes at a time: enough chunks for all, and none too small. */
export function rowsPerChunk(rows: number, workers: number): number {
  return Math.min(Math.max(Math.ceil(rows / (workers * 4)), FEWEST_ROWS), MOST_ROWS)
}
