// All tasks the engine knows, by slot. A freed slot is used again; the sequence number tells its tenants apart, so an
// old id never finds a new task.
import type { Plan } from './plan.ts'
import { TaskRecord } from './task-record.ts'

export class TaskTable {
  readonly #prefix: string
  readonly #slots: (TaskRecord | undefined)[] = []
  readonly #free: number[] = []
  #sequence = 0
  #size = 0

  /** @param prefix begins every id, and tells the tasks of one engine from those of another */
  constructor(prefix: string) {
    this.#prefix = prefix
  }

  get size(): number {
    return this.#size
  }

  add(plan: Plan, args: readonly unknown[], now: number): TaskRecord {
    const slot = this.#free.pop() ?? this.#slots.length
    const record = new TaskRecord(plan, args, ++this.#sequence, slot, now)
    this.#slots[slot] = record
    this.#size++
    return record
  }

  remove(record: TaskRecord): void {
    if (this.#slots[record.slot] !== record) return
    this.#slots[record.slot] = undefined
    this.#free.push(record.slot)
    this.#size--
  }

  /** `<prefix>-<sequence>-<slot>`, numbers in base 36. */
  idOf(record: TaskRecord): string {
    return `${this.#prefix}-${record.sequence.toString(36)}-${record.slot.toString(36)}`
  }

  find(taskId: string): TaskRecord | undefined {
    const [prefix, sequence, slot, ...rest] = taskId.split('-')
    if (prefix !== this.#prefix || sequence === undefined || slot === undefined || rest.length > 0) return undefined
    const record = this.#slots[Number.parseInt(slot, 36)]
    return record !== undefined && this.idOf(record) === taskId ? record : undefined
  }

  *[Symbol.iterator](): Generator<TaskRecord> {
    for (const record of this.#slots) if (record !== undefined) yield record
  }
}
