// `mapArrays`: a body of numbers over columns. A kernel on the native lane gets the whole columns, by reference, in one
// task; a compiled body gets a copy of them, in one task as well; any other body gets them in tasks of some thousand rows:
// threads out of memory that they share, others as copies.
import { ConfigurationError, PayloadError, describeValue, rowByRow } from '@catzilla/engine'
import type { NumberColumn, ResolvedTaskOptions, RowBody, TaskCall, TaskHandle } from '@catzilla/engine'
import { callInC, callWithBody, wayOfColumns } from './columns-in-c.ts'
import { cutIntoChunks, joinChunks, requireColumns, shareColumns, wholeColumns } from './columns.ts'
import { requireTwin } from './kernel.ts'
import { checkArguments } from './schema.ts'
import { TaskBatch } from './task-batch.ts'
import type { TaskParts } from './task.ts'

/** One call for each task, so that the engine works out its plan once. */
const columnCalls = new WeakMap<TaskParts, TaskCall>()

/**
 * Submits the columns.
 * @param runRow the body as a direct call runs it: each row goes through the input schema; not for threads and processes
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
  const handles = submitRows(parts, call, call.rows === true ? rowsChecked(parts, columns) : columns)
  return new TaskBatch(handles as TaskHandle<Float64Array>[], parts.home.clock, joinChunks)
}

function submitRows(parts: TaskParts, call: TaskCall, columns: readonly NumberColumn[]): TaskHandle[] {
  const { engine } = parts.home
  if (call.columns === true) {
    const whole = wholeColumns(call.name, columns)
    return whole.every(({ length }) => length === 0) ? [] : [engine.submit(call, whole)]
  }
  const chunks = cutIntoChunks(call.name, columns, call.options.lane === 'thread' ? shareColumns : undefined)
  const mayBeInC = call.rows !== true && parts.input === undefined && chunks.length > 0
  const way = mayBeInC ? wayOfColumns(parts, columns) : undefined
  if (way === undefined) return engine.submitMany(call, chunks)
  if (way.kernel === null) return engine.submitMany(callWithBody(call, way.body), chunks)
  // copied, as the chunks are: whether C runs it must not be seen
  const copies = columns.map((column) => new Float64Array(column))
  return [engine.submit(callInC(call, way.kernel), copies)]
}

function columnCallOf(
  { call: { kernel, ...call }, input }: TaskParts,
  runRow: (row: readonly unknown[]) => unknown,
): TaskCall {
  const options = optionsForColumns(call)
  if (options.lane === 'thread' || options.lane === 'process') return Object.freeze({ ...call, options, rows: true })
  const body = input === undefined ? (call.handler as RowBody) : (...row: number[]) => runRow(row)
  // what is compiled is the body, and not the loop over rows that is round it
  const ofRows = {
    ...call,
    options: Object.freeze({ ...options, compile: false as const }),
    handler: rowByRow(call.name, body),
  }
  if (kernel === undefined || options.lane !== 'native') return Object.freeze(ofRows)
  if (input === undefined) return Object.freeze({ ...ofRows, kernel, columns: true })
  // a schema is JavaScript: it sees each row where JavaScript runs
  requireTwin(call.name, kernel, 'mapArrays with an input schema')
  return Object.freeze({ ...ofRows, options: Object.freeze({ ...ofRows.options, lane: 'inline' as const }) })
}

/** Thread and processes have no schemas: each row goes through that of the input here. @throws PayloadError */
function rowsChecked({ call, input }: TaskParts, columns: readonly NumberColumn[]): readonly NumberColumn[] {
  const rows = requireColumns(call.name, columns)
  if (input === undefined || rows === 0) return columns
  const checked: Float64Array[] = []
  for (let index = 0; index < rows; index++) {
    const row = checkArguments(
      call.name,
      input,
      columns.map((column) => column[index]),
    )
    row.forEach((value, place) => {
      if (typeof value !== 'number') throw notANumber(call.name, value, place)
      ;(checked[place] ??= new Float64Array(rows).fill(Number.NaN))[index] = value
    })
  }
  return checked
}

function notANumber(name: string, value: unknown, place: number): PayloadError {
  const message = `its schema gave ${describeValue(value)}; columns hold numbers`
  return new PayloadError(`task '${name}': args[${place}]: ${message}`, [{ path: [place], message }])
}

/** The options that make sense for chunks of rows: not those that are made for the arguments or the result of one row. */
function optionsForColumns({ name, options }: TaskCall): ResolvedTaskOptions {
  if (typeof options.limits?.key !== 'function' && options.onSuccess === undefined) return options
  throw new ConfigurationError(
    `task '${name}': mapArrays runs many rows in one task, so onSuccess and a limits.key function, which are for one row, cannot be used with it`,
  )
}
