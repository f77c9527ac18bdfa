// Settled tasks are kept for look-up, bounded twice: by age (each task's `keepResultMs`, driven by time and not by the
// next task) and by number (`keepResults`, the oldest go first).
import { IntrusiveList } from './intrusive-list.ts'
import { settledAt } from './task-record.ts'
import type { TaskRecord } from './task-record.ts'
import type { TimerEntry, TimerQueue } from './timer-queue.ts'

/** Tasks with the same `keepResultMs` settle in the order in which they are to be forgotten: one timer serves a list. */
interface AgeList {
  readonly keepMs: number
  readonly records: IntrusiveList
  timer: TimerEntry | null
}

export class Retention {
  readonly #limit: number
  readonly #timers: TimerQueue
  readonly #forget: (record: TaskRecord) => void
  readonly #lists = new Map<number, AgeList>()
  #latest: AgeList | undefined
  #size = 0

  constructor(limit: number, timers: TimerQueue, forget: (record: TaskRecord) => void) {
    this.#limit = limit
    this.#timers = timers
    this.#forget = forget
  }

  get size(): number {
    return this.#size
  }

  keep(record: TaskRecord, now: number): void {
    const { keepResultMs } = record.plan.options
    if (keepResultMs === 0 || this.#limit === 0) return this.#forget(record)
    const list = this.#listFor(keepResultMs)
    list.records.push(record)
    this.#size++
    if (this.#size > this.#limit) this.#dropOldest()
    if (list.timer === null && keepResultMs !== Infinity) this.#armFor(list, now + keepResultMs)
  }

  #listFor(keepMs: number): AgeList {
    if (this.#latest?.keepMs === keepMs) return this.#latest
    let list = this.#lists.get(keepMs)
    if (list === undefined) {
      list = { keepMs, records: new IntrusiveList(), timer: null }
      this.#lists.set(keepMs, list)
    }
    this.#latest = list
    return list
  }

  #armFor(list: AgeList, dueAt: number): void {
    list.timer = this.#timers.add(dueAt, (now) => this.#dropOld(list, now))
  }

  #dropOld(list: AgeList, now: number): void {
    list.timer = null
    for (let oldest = list.records.head; oldest !== null; oldest = list.records.head) {
      const dueAt = settledAt(oldest) + list.keepMs
      if (dueAt > now) return this.#armFor(list, dueAt)
      this.#drop(list, oldest)
    }
    this.#lists.delete(list.keepMs)
    if (this.#latest === list) this.#latest = undefined
  }

  #dropOldest(): void {
    let from = this.#latest
    for (const list of this.#lists.size === 1 ? [] : this.#lists.values()) {
      if (from === undefined || headSettledAt(list) < headSettledAt(from)) from = list
    }
    const oldest = from?.records.head ?? null
    if (from !== undefined && oldest !== null) this.#drop(from, oldest)
  }

  #drop(list: AgeList, record: TaskRecord): void {
    list.records.remove(record)
    this.#size--
    this.#forget(record)
  }
}

function headSettledAt({ records }: AgeList): number {
  return records.head === null ? Infinity : settledAt(records.head)
}
