// Columns for a compiled body: how the engine would have it run, and the calls for that.
import { rowByRow } from '@catzilla/engine'
import type { ColumnsWay, KernelReference, NumberColumn, RowBody, TaskCall, TaskHandler } from '@catzilla/engine'
import type { TaskParts } from './task.ts'

/** Undefined where the body is not compiled for columns of numbers. */
export function wayOfColumns(
  { home: { engine }, call }: TaskParts,
  columns: readonly NumberColumn[],
): ColumnsWay | undefined {
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

/** The call over rows with another body for each of them. */
export function callWithBody(call: TaskCall, body: TaskHandler): TaskCall {
  return derivedCall(call, body, () => ({ ...call, handler: rowByRow(call.name, body as RowBody) }))
}

/** The same over whole columns, in C. */
export function callInC(call: TaskCall, kernel: KernelReference): TaskCall {
  return derivedCall(call, kernel, () => {
    const options = Object.freeze({ ...call.options, lane: 'native' as const })
    return { ...call, options, kernel, columns: true }
  })
}
