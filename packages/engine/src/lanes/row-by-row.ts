// A body of numbers that works through columns, as `mapArrays` submits them.
import { NonRetryableError, TaskDefinitionError, describeValue } from '../contract/errors.ts'

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

const bodyMark = Symbol.for('@catzilla/engine/row-body')

/** A body that is called with one row. */
export type RowBody = (...row: number[]) => unknown

/**
 * A function that calls `body` for each row of its columns, and gives the column of results.
 * It throws a NonRetryableError, caused by a TaskDefinitionError, when the body gives no number.
 */
export function rowByRow(name: string, body: RowBody): (...columns: NumberColumn[]) => Float64Array {
  const overRows = (...columns: NumberColumn[]): Float64Array => {
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
  return Object.defineProperty(overRows, bodyMark, { value: body })
}

/** The body that a function made by `rowByRow` calls, also one of another copy of the package; undefined for others. */
export function bodyOfRows(handler: object): RowBody | undefined {
  return (handler as { readonly [bodyMark]?: RowBody })[bodyMark]
}

function notANumber(name: string, result: unknown): Error {
  const remedy = 'mapArrays needs a body that gives a number for each row, at once'
  if (result instanceof Promise) result.catch(() => {})
  const cause = new TaskDefinitionError(`task '${name}' gave ${describeValue(result)}; ${remedy}`)
  return new NonRetryableError(cause.message, { cause })
}
