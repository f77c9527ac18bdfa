// All tasks the engine knows, by slot. A freed slot is used again; the sequence number tells its tenants apart, so an
// old id never finds a new task.
import type { KeptArguments } from './kept-arguments.ts'
import type { Plan } from './plan.ts'
import { TaskRecord } from './task-record.ts'

export class TaskTable {
  /** Begins every id. */
  prefix: string
  readonly #slots: (TaskRecord | undefined)[] = []
  readonly #free: number[] = []
  /** Tasks that got their id before they came into the table, by their sequence. */
  readonly #adopted = new Map<number, TaskRecord>()
  #sequence = 0
  #size = 0

  /** @param prefix begins every id, and tells the tasks of one engine from those of another */
  constructor(prefix: string) {
    this.prefix = prefix
  }

  get size(): number {
    return this.#size
  }

  /** From now on ids begin with `prefix`, and numbers go on after `sequence`. Before there are tasks. */
  numberAfter(prefix: string, sequence: number): void {
    this.prefix = prefix
    this.#sequence = sequence
  }

  /** The sequence and the slot that an id of this engine names; undefined when it is none. */
  partsOf(taskId: string): { readonly sequence: number; readonly slot: number } | undefined {
    const [prefix, sequence, slot, ...rest] = taskId.split('-')
    if (prefix !== this.prefix || sequence === undefined || slot === undefined || rest.length > 0) return undefined
    return { sequence: Number.parseInt(sequence, 36), slot: Number.parseInt(slot, 36) }
  }

  /** The next number in the order of submission. */
  takeSequence(): number {
    return ++this.#sequence
  }

  add(plan: Plan, args: KeptArguments, now: number): TaskRecord {
    const slot = this.#free.pop() ?? this.#slots.length
    const record = recordOf(plan, args, this.takeSequence(), slot, now)
    this.#slots[slot] = record
    this.#size++
    return record
  }

  /** Takes over a task that has been looked after elsewhere; it keeps its id. */
  adopt(
    plan: Plan,
    args: KeptArguments,
    id: { readonly sequence: number; readonly slot: number },
    createdAt: number,
  ): TaskRecord {
    const record = recordOf(plan, args, id.sequence, id.slot, createdAt)
    this.#adopted.set(id.sequence, record)
    this.#size++
    return record
  }

  remove(record: TaskRecord): void {
    if (this.#adopted.size > 0 && this.#adopted.get(record.sequence) === record) {
      this.#adopted.delete(record.sequence)
      this.#size--
    }
    if (this.#slots[record.slot] !== record) return
    this.#slots[record.slot] = undefined
    this.#free.push(record.slot)
    this.#size--
  }

  /** `<prefix>-<sequence>-<slot>`, numbers in base 36. Tasks that have their slot elsewhere have such ids too. */
  idOf({ sequence, slot }: { readonly sequence: number; readonly slot: number }): string {
    return taskIdOf(this.prefix, { sequence, slot })
  }

  /** The slot that an id of this engine names; undefined when it is none. */
  slotOf(taskId: string): number | undefined {
    return this.partsOf(taskId)?.slot
  }

  find(taskId: string): TaskRecord | undefined {
    const record = this.#slots[this.slotOf(taskId) ?? -1]
    if (record !== undefined && this.idOf(record) === taskId) return record
    const adopted = this.#adopted.get(Number.parseInt(taskId.split('-')[1] ?? '', 36))
    return adopted !== undefined && this.idOf(adopted) === taskId ? adopted : undefined
  }

  *[Symbol.iterator](): Generator<TaskRecord> {
    for (const record of this.#slots) if (record !== undefined) yield record
    yield* this.#adopted.values()
  }
}

/** See `TaskTable.idOf`. */
export function taskIdOf(
  prefix: string,
  { sequence, slot }: { readonly sequence: number; readonly slot: number },
): string {
  return `${prefix}-${sequence.toString(36)}-${slot.toString(36)}`
}

function recordOf(plan: Plan, args: KeptArguments, sequence: number, slot: number, now: number): TaskRecord {
  const { recordClass } = plan.lane
  if (recordClass === undefined) return new TaskRecord(plan, args, sequence, slot, now)
  return new recordClass(plan, args, sequence, slot, now)
}
