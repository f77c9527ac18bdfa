// Tasks over columns of numbers: rows go through in chunks, so that a million rows are a few hundred tasks.
import { NonRetryableError, PayloadError, TaskDefinitionError, describeValue } from '@catzilla/engine'

/** A column of numbers. */
export type NumberColumn =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array

/** A body that is called with one row. */
export type RowBody = (...row: number[]) => unknown

/** Rows that one task works through: long enough to make the cost per row small, short enough to share the loop. */
export const ROWS_PER_TASK = 4096

/**
 * The columns cut into chunks of rows: the argument lists of the tasks.
 * @throws PayloadError when something is no column of numbers or the columns differ in length
 */
export function cutIntoChunks(name: string, columns: readonly NumberColumn[]): NumberColumn[][] {
  const rows = requireColumns(name, columns)
  const chunks: NumberColumn[][] = []
  for (let from = 0; from < rows; from += ROWS_PER_TASK) {
    chunks.push(columns.map((column) => column.subarray(from, from + ROWS_PER_TASK)))
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

/** A body that calls `body` for each row of its columns. */
export function rowByRow(name: string, body: RowBody): (...columns: NumberColumn[]) => Float64Array {
  return (...columns) => {
    const rows = columns[0]?.length ?? 0
    const results = new Float64Array(rows)
    const row = Array.from<number>({ length: columns.length })
    for (let index = 0; index < rows; index++) {
      for (let column = 0; column < columns.length; column++) row[column] = columns[column]?.[index] ?? Number.NaN
      const result = body(...row)
      if (typeof result !== 'number') throw notANumber(name, result)
      results[index] = result
    }
    return results
  }
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

/** @returns the number of rows */
function requireColumns(name: string, columns: readonly NumberColumn[]): number {
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

function notANumber(name: string, result: unknown): Error {
  const remedy = 'mapArrays needs a body that gives a number for each row, at once'
  if (result instanceof Promise) result.catch(() => {})
  const cause = new TaskDefinitionError(`task '${name}' gave ${describeValue(result)}; ${remedy}`)
  return new NonRetryableError(cause.message, { cause })
}
