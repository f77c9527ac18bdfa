// Settled tasks over whole columns among those that are kept. Each holds on to megabytes, of its results and of the caller's
// arguments, so that a bound of their number alone would fill the memory. What somebody has a handle of stays.
import type { TaskRecord } from './task-record.ts'

/** Bytes of columns that are kept for look-up. */
const MOST_BYTES = 64 * 1024 * 1024

export class KeptColumns {
  /** The oldest first. */
  readonly #bytes = new Map<TaskRecord, number>()
  #sum = 0

  add(record: TaskRecord): void {
    if (record.plan.call.columns !== true) return
    const bytes = bytesOf(record)
    this.#bytes.set(record, bytes)
    this.#sum += bytes
  }

  /** It is no longer kept. */
  remove(record: TaskRecord): void {
    if (record.plan.call.columns !== true) return
    this.#sum -= this.#bytes.get(record) ?? 0
    this.#bytes.delete(record)
  }

  /** The oldest, which has to go; undefined while all of them may stay. */
  get surplus(): TaskRecord | undefined {
    return this.#sum > MOST_BYTES ? this.#bytes.keys().next().value : undefined
  }
}

/** Arguments, and as many doubles as there are rows. */
function bytesOf({ args }: TaskRecord): number {
  const columns = args as readonly ArrayBufferView[]
  const rows = (columns[0] as Float64Array | undefined)?.length ?? 0
  return columns.reduce((sum, { byteLength }) => sum + byteLength, rows * Float64Array.BYTES_PER_ELEMENT)
}
