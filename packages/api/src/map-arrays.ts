// `mapArrays`: a body of numbers over columns. A kernel on the native lane gets the whole columns, by reference, in one
// task; any other body gets copies of them in tasks of some thousand rows.
import { ConfigurationError, UnsupportedByEngineError } from '@catzilla/engine'
import type { ResolvedTaskOptions, TaskCall, TaskHandle } from '@catzilla/engine'
import { cutIntoChunks, joinChunks, rowByRow, wholeColumns } from './columns.ts'
import type { NumberColumn, RowBody } from './columns.ts'
import { requireTwin } from './kernel.ts'
import { TaskBatch } from './task-batch.ts'
import type { TaskParts } from './task.ts'

/** One call for each task, so that the engine works out its plan once. */
const columnCalls = new WeakMap<TaskParts, TaskCall>()

/**
 * Submits the columns.
 * @param runRow the body as a direct call runs it: each row goes through the input schema
 * @throws as `Task.mapArrays`
 */
export function submitColumns(
  parts: TaskParts,
  columns: readonly NumberColumn[],
  runRow: (row: readonly unknown[]) => unknown,
): TaskBatch<Float64Array, Float64Array> {
  let call = columnCalls.get(parts)
  if (call === undefined) {
    call = columnCallOf(parts, runRow)
    columnCalls.set(parts, call)
  }
  const handles = submitRows(parts, call, columns)
  return new TaskBatch(handles as TaskHandle<Float64Array>[], parts.home.clock, joinChunks)
}

function submitRows({ home }: TaskParts, call: TaskCall, columns: readonly NumberColumn[]): TaskHandle[] {
  if (call.columns !== true) return home.engine.submitMany(call, cutIntoChunks(call.name, columns))
  const whole = wholeColumns(call.name, columns)
  const empty = whole.every(({ length }) => length === 0)
  return empty ? [] : [home.engine.submit(call, whole)]
}

function columnCallOf(
  { call: { kernel, ...call }, input }: TaskParts,
  runRow: (row: readonly unknown[]) => unknown,
): TaskCall {
  const options = optionsForColumns(call)
  const body = input === undefined ? (call.handler as RowBody) : (...row: number[]) => runRow(row)
  const ofRows = { ...call, options, handler: rowByRow(call.name, body) }
  if (kernel === undefined || options.lane !== 'native') return Object.freeze(ofRows)
  if (input === undefined) return Object.freeze({ ...ofRows, kernel, columns: true })
  // a schema is JavaScript: it sees each row where JavaScript runs
  requireTwin(call.name, kernel, 'mapArrays with an input schema')
  return Object.freeze({ ...ofRows, options: Object.freeze({ ...options, lane: 'inline' as const }) })
}

/** The options that make sense for chunks of rows: not those that are made for the arguments or the result of one row. */
function optionsForColumns({ name, options }: TaskCall): ResolvedTaskOptions {
  if (options.lane === 'thread' || options.lane === 'process') {
    throw new UnsupportedByEngineError(
      `task '${name}': mapArrays runs on the inline and the native lane; on lane: '${options.lane}' submit a task for each piece of the columns`,
    )
  }
  if (typeof options.limits?.key !== 'function' && options.onSuccess === undefined) return options
  throw new ConfigurationError(
    `task '${name}': mapArrays runs many rows in one task, so onSuccess and a limits.key function, which are for one row, cannot be used with it`,
  )
}
