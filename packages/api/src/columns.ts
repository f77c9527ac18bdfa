// Tasks over columns of numbers: rows go through in chunks, so that a million rows are a few hundred tasks.
import { PayloadError, describeValue } from '@catzilla/engine'
import type { NumberColumn } from '@catzilla/engine'

export type { NumberColumn } from '@catzilla/engine'

/** Rows that one task works through: long enough to make the cost per row small, short enough to share the loop. */
export const ROWS_PER_TASK = 4096

/**
 * The columns cut into chunks of rows: the argument lists of the tasks.
 * @param place puts the columns elsewhere before they are cut
 * @throws PayloadError when something is no column of numbers or the columns differ in length
 */
export function cutIntoChunks(
  name: string,
  columns: readonly NumberColumn[],
  place: (columns: readonly NumberColumn[]) => readonly NumberColumn[] = (where) => where,
): NumberColumn[][] {
  const rows = requireColumns(name, columns)
  const placed = place(columns)
  const chunks: NumberColumn[][] = []
  for (let from = 0; from < rows; from += ROWS_PER_TASK) {
    chunks.push(placed.map((column) => column.subarray(from, from + ROWS_PER_TASK)))
  }
  return chunks
}

/**
 * The columns as doubles: those that are, as they are, the others copied.
 * @throws PayloadError as `cutIntoChunks`
 */
export function wholeColumns(name: string, columns: readonly NumberColumn[]): Float64Array[] {
  requireColumns(name, columns)
  return columns.map((column) => (column instanceof Float64Array ? column : Float64Array.from(column)))
}

/**
 * The columns as doubles in memory that threads share, so that chunks of them reach threads without a copy each. Those that
 * are shared already stay where they are.
 */
export function shareColumns(columns: readonly NumberColumn[]): NumberColumn[] {
  return columns.map((column) => {
    if (column.buffer instanceof SharedArrayBuffer) return column
    const shared = new Float64Array(new SharedArrayBuffer(8 * column.length))
    shared.set(column)
    return shared
  })
}

/** The chunks of results as one column: the only one, if it is one, as it is. */
export function joinChunks(chunks: readonly Float64Array[]): Float64Array {
  if (chunks.length === 1 && chunks[0] !== undefined) return chunks[0]
  const joined = new Float64Array(chunks.reduce((rows, chunk) => rows + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    joined.set(chunk, at)
    at += chunk.length
  }
  return joined
}

/** @returns the number of rows. @throws PayloadError as `cutIntoChunks` */
export function requireColumns(name: string, columns: readonly NumberColumn[]): number {
  const rows = columns[0]?.length ?? 0
  columns.forEach((column, index) => requireColumn(name, column, index, rows))
  return rows
}

function requireColumn(name: string, column: unknown, index: number, rows: number): void {
  if (!ArrayBuffer.isView(column) || column instanceof DataView || typeof (column as NumberColumn)[0] === 'bigint') {
    const message = `mapArrays takes typed arrays of numbers, got ${describeValue(column)}`
    throw new PayloadError(`task '${name}': args[${index}]: ${message}`, [{ path: [index], message }])
  }
  const { length } = column as NumberColumn
  if (length === rows) return
  const message = `all columns must have the same length: this one has ${length} rows, the first ${rows}`
  throw new PayloadError(`task '${name}': args[${index}]: ${message}`, [{ path: [index], message }])
}
