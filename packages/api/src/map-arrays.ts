// `mapArrays`: a body of numbers over columns. A kernel on the native lane gets the whole columns, by reference, in one
// task; a compiled body gets a copy of them, in one task as well; any other body gets copies in tasks of some thousand rows.
import { ConfigurationError, UnsupportedByEngineError } from '@catzilla/engine'
import type {
  ColumnsWay,
  KernelReference,
  ResolvedTaskOptions,
  TaskCall,
  TaskHandle,
  TaskHandler,
} from '@catzilla/engine'
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

function submitRows(parts: TaskParts, call: TaskCall, columns: readonly NumberColumn[]): TaskHandle[] {
  const { engine } = parts.home
  if (call.columns === true) {
    const whole = wholeColumns(call.name, columns)
    return whole.every(({ length }) => length === 0) ? [] : [engine.submit(call, whole)]
  }
  const chunks = cutIntoChunks(call.name, columns)
  const way = parts.input === undefined && chunks.length > 0 ? wayOf(parts, columns) : undefined
  if (way?.kernel === undefined || way.kernel === null) {
    return engine.submitMany(way === undefined ? call : callWithBody(call, way.body), chunks)
  }
  // copied, as the chunks are: whether C runs it must not be seen
  return [
    engine.submit(
      callInC(call, way.kernel),
      columns.map((column) => new Float64Array(column)),
    ),
  ]
}

/** How the engine would have a compiled body run. */
function wayOf({ home: { engine }, call }: TaskParts, columns: readonly NumberColumn[]): ColumnsWay | undefined {
  if (call.kernel !== undefined) return undefined
  return engine.columnsOf?.(call, columns.length, columns[0]?.length ?? 0)
}

/** Derived calls, each made once: by the call over rows, and by what runs its rows. */
const derived = new WeakMap<TaskCall, WeakMap<object, TaskCall>>()

function derivedCall(call: TaskCall, by: object, make: () => TaskCall): TaskCall {
  const known = derived.get(call) ?? new WeakMap<object, TaskCall>()
  derived.set(call, known)
  const found = known.get(by) ?? Object.freeze(make())
  known.set(by, found)
  return found
}

function callWithBody(call: TaskCall, body: TaskHandler): TaskCall {
  return derivedCall(call, body, () => ({ ...call, handler: rowByRow(call.name, body as RowBody) }))
}

function callInC(call: TaskCall, kernel: KernelReference): TaskCall {
  return derivedCall(call, kernel, () => {
    const options = Object.freeze({ ...call.options, lane: 'native' as const })
    return { ...call, options, kernel, columns: true }
  })
}

function columnCallOf(
  { call: { kernel, name, options: asked, handler }, input }: TaskParts,
  runRow: (row: readonly unknown[]) => unknown,
): TaskCall {
  const options = optionsForColumns(name, asked)
  const body = input === undefined ? (handler as RowBody) : (...row: number[]) => runRow(row)
  const ofRows = { name, options, handler: rowByRow(name, body) }
  if (kernel === undefined || options.lane !== 'native') return Object.freeze(ofRows)
  if (input === undefined) return Object.freeze({ ...ofRows, kernel, columns: true })
  // a schema is JavaScript: it sees each row where JavaScript runs
  requireTwin(name, kernel, 'mapArrays with an input schema')
  return Object.freeze({ ...ofRows, options: Object.freeze({ ...options, lane: 'inline' as const }) })
}

/** The options that make sense for chunks of rows: not those that are made for the arguments or the result of one row. */
function optionsForColumns(name: string, options: ResolvedTaskOptions): ResolvedTaskOptions {
  if (options.lane === 'thread' || options.lane === 'process') {
    throw new UnsupportedByEngineError(
      `task '${name}': mapArrays runs on the inline and the native lane; on lane: '${options.lane}' submit a task for each piece of the columns`,
    )
  }
  if (typeof options.limits?.key !== 'function' && options.onSuccess === undefined) {
    // what is compiled is the body, and not the loop over rows that is round it
    return Object.freeze({ ...options, compile: false })
  }
  throw new ConfigurationError(
    `task '${name}': mapArrays runs many rows in one task, so onSuccess and a limits.key function, which are for one row, cannot be used with it`,
  )
}
