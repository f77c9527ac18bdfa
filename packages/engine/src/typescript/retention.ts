// Settled tasks are kept for look-up, bounded twice: by age (each task's `keepResultMs`, driven by time and not by the
// next task) and by number (`keepResults`, the oldest go first); those of whole columns by their bytes as well.
import { IntrusiveList } from './intrusive-list.ts'
import { KeptColumns } from './kept-columns.ts'
import { settledAt } from './task-record.ts'
import type { TaskRecord } from './task-record.ts'
import type { TimerEntry, TimerQueue } from './timer-queue.ts'

/** Settled tasks with the same `keepResultMs`, in the order in which they are to be forgotten: one timer serves them all. */
export interface Shelf {
  readonly keepMs: number
  /** Tasks on it. */
  readonly size: number
  /** When its oldest task settled; Infinity while it is empty. */
  readonly oldestSettledAt: number
  /** Forgets its oldest, `most` at most, that settled no later than `settledBy`; tells how many. */
  forgetOldest(most: number, settledBy: number): number
  timer: TimerEntry | null
}

class RecordShelf implements Shelf {
  readonly keepMs: number
  readonly records: IntrusiveList = new IntrusiveList()
  timer: TimerEntry | null = null
  readonly #forget: (record: TaskRecord) => void

  constructor(keepMs: number, forget: (record: TaskRecord) => void) {
    this.keepMs = keepMs
    this.#forget = forget
  }

  get size(): number {
    return this.records.length
  }

  get oldestSettledAt(): number {
    const { head } = this.records
    return head === null ? Infinity : settledAt(head)
  }

  forgetOldest(most: number, settledBy: number): number {
    let count = 0
    for (; count < most && this.size > 0 && !(this.oldestSettledAt > settledBy); count++) {
      const oldest = this.records.shift()
      if (oldest !== null) this.#forget(oldest)
    }
    return count
  }
}

export class Retention {
  readonly #limit: number
  readonly #timers: TimerQueue
  readonly #forget: (record: TaskRecord) => void
  readonly #columns = new KeptColumns()
  /** All shelves, also those that others put up. */
  readonly #shelves: Shelf[] = []
  readonly #recordShelves = new Map<number, RecordShelf>()
  #latest: RecordShelf | undefined
  #size = 0

  constructor(limit: number, timers: TimerQueue, forget: (record: TaskRecord) => void) {
    this.#limit = limit
    this.#timers = timers
    this.#forget = (record) => {
      this.#columns.remove(record)
      forget(record)
    }
  }

  get size(): number {
    return this.#size
  }

  /** Whether anything is kept at all. */
  keeps(keepResultMs: number): boolean {
    return keepResultMs > 0 && this.#limit > 0
  }

  keep(record: TaskRecord, now: number): void {
    const { keepResultMs } = record.plan.options
    if (!this.keeps(keepResultMs)) return this.#forget(record)
    const shelf = this.#shelfFor(keepResultMs)
    shelf.records.push(record)
    this.#columns.add(record)
    this.put(shelf, now)
    for (let old = this.#columns.surplus; old !== undefined; old = this.#columns.surplus) this.#take(old)
  }

  /** Puts up a shelf for tasks that are looked after elsewhere. */
  add(shelf: Shelf): void {
    this.#shelves.push(shelf)
  }

  /** A task has been put on one of the shelves, which `keeps` its kind. */
  put(shelf: Shelf, now: number): void {
    this.putMany(shelf, 1, now)
  }

  /** As many have been put there, the first of them no sooner than `now`. */
  putMany(shelf: Shelf, count: number, now: number): void {
    this.#size += count
    while (this.#size > this.#limit) this.#dropOldest(this.#size - this.#limit, shelf)
    if (shelf.timer === null && shelf.keepMs !== Infinity) this.#armFor(shelf, now + shelf.keepMs)
  }

  #shelfFor(keepMs: number): RecordShelf {
    if (this.#latest?.keepMs === keepMs) return this.#latest
    let shelf = this.#recordShelves.get(keepMs)
    if (shelf === undefined) {
      shelf = new RecordShelf(keepMs, this.#forget)
      this.#recordShelves.set(keepMs, shelf)
      this.#shelves.push(shelf)
    }
    this.#latest = shelf
    return shelf
  }

  #armFor(shelf: Shelf, dueAt: number): void {
    shelf.timer = this.#timers.add(dueAt, this.#dropOld, shelf)
  }

  readonly #dropOld = (now: number, shelf: Shelf): void => {
    shelf.timer = null
    for (let settled = shelf.oldestSettledAt; settled < Infinity; settled = shelf.oldestSettledAt) {
      const dueAt = settled + shelf.keepMs
      if (dueAt > now) return this.#armFor(shelf, dueAt)
      this.#drop(shelf, 1, Infinity)
    }
    if (shelf instanceof RecordShelf) this.#takeDown(shelf)
  }

  /** Calls may ask for any number of different ages: an empty shelf is not kept. */
  #takeDown(shelf: RecordShelf): void {
    this.#shelves.splice(this.#shelves.indexOf(shelf), 1)
    this.#recordShelves.delete(shelf.keepMs)
    if (this.#latest === shelf) this.#latest = undefined
  }

  /** One or more, `most` at most, of those that settled first. @param latest the shelf that something was put on */
  #dropOldest(most: number, latest: Shelf): void {
    if (latest.size === this.#size) return this.#drop(latest, most, Infinity)
    let [found, oldest, next] = [latest, latest.oldestSettledAt, Infinity]
    for (const shelf of this.#shelves) {
      const settled = shelf === latest ? Infinity : shelf.oldestSettledAt
      if (settled < oldest) [found, oldest, next] = [shelf, settled, oldest]
      else if (settled < next) next = settled
    }
    this.#drop(found, most, next)
  }

  /** Takes a record off its shelf before its turn. */
  #take(record: TaskRecord): void {
    this.#size--
    record.list?.remove(record)
    this.#forget(record)
  }

  #drop(shelf: Shelf, most: number, settledBy: number): void {
    this.#size -= shelf.forgetOldest(most, settledBy)
  }
}
