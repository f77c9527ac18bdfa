// A doubly linked list whose links live in the records: every operation is O(1) and allocates nothing.
import { readyAt } from './task-record.ts'
import type { TaskRecord } from './task-record.ts'

export class IntrusiveList {
  head: TaskRecord | null = null
  tail: TaskRecord | null = null
  length = 0

  push(record: TaskRecord): void {
    record.list = this
    record.prev = this.tail
    if (this.tail === null) this.head = record
    else this.tail.next = record
    this.tail = record
    this.length++
  }

  unshift(record: TaskRecord): void {
    record.list = this
    record.next = this.head
    if (this.head === null) this.tail = record
    else this.head.prev = record
    this.head = record
    this.length++
  }

  /** Keeps the list sorted by turn. A record whose turn is after all others, the usual one, costs O(1). */
  insertByTurn(record: TaskRecord): void {
    if (this.tail === null || isBefore(this.tail, record)) return this.push(record)
    let next = this.head
    while (next !== null && isBefore(next, record)) next = next.next
    if (next === null || next.prev === null) return this.unshift(record)
    record.list = this
    record.prev = next.prev
    record.next = next
    next.prev.next = record
    next.prev = record
    this.length++
  }

  remove(record: TaskRecord): void {
    if (record.prev === null) this.head = record.next
    else record.prev.next = record.next
    if (record.next === null) this.tail = record.prev
    else record.next.prev = record.prev
    record.list = null
    record.prev = null
    record.next = null
    this.length--
  }

  shift(): TaskRecord | null {
    const record = this.head
    if (record !== null) this.remove(record)
    return record
  }

  *[Symbol.iterator](): Generator<TaskRecord> {
    for (let record = this.head; record !== null; record = record.next) yield record
  }
}

/** First in is first out: by when the task could have started first, then by its submission. */
export function isBefore(one: TaskRecord, other: TaskRecord): boolean {
  const [first, second] = [readyAt(one), readyAt(other)]
  return first < second || (first === second && one.sequence < other.sequence)
}
