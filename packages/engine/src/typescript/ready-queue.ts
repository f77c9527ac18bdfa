// Tasks that may start now: strict priority, first in first out inside a class, and a guard against starvation.
import { classTargetsMs } from '../contract/task.ts'
import type { TaskPriority } from '../contract/task.ts'
import { IntrusiveList } from './intrusive-list.ts'
import { readyAt } from './task-record.ts'
import type { TaskRecord } from './task-record.ts'

/**
 * A class whose oldest task is past the class target gets at least one in every 16 starts. Up to three classes can be
 * due at the same start and only one gets it, so each becomes due three starts before its sixteenth.
 */
const GUARD_STARTS = 16 - 3

export class ReadyQueue {
  readonly classes: readonly [IntrusiveList, IntrusiveList, IntrusiveList, IntrusiveList] = [
    new IntrusiveList(),
    new IntrusiveList(),
    new IntrusiveList(),
    new IntrusiveList(),
  ]
  /** Starts of other classes since the class had its last. */
  readonly #passedOver: [number, number, number, number] = [0, 0, 0, 0]
  #length = 0

  get length(): number {
    return this.#length
  }

  push(record: TaskRecord): void {
    this.classes[record.plan.options.priority].push(record)
    this.#length++
  }

  /** Puts a task back where it was: by its turn, not behind those that became ready later. */
  putBack(record: TaskRecord): void {
    this.classes[record.plan.options.priority].insertByTurn(record)
    this.#length++
  }

  remove(record: TaskRecord): void {
    this.classes[record.plan.options.priority].remove(record)
    this.#length--
  }

  has(record: TaskRecord): boolean {
    return record.list === this.classes[record.plan.options.priority]
  }

  /** The task that starts next, taken out; null when there is none. It counts as a start once `countStart` is told. */
  take(now: number): TaskRecord | null {
    if (this.#length === 0) return null
    const urgent = this.#mostUrgent()
    // the guard matters only when some other class waits too
    const alone = urgent === null || urgent.list?.length === this.#length
    const record = alone ? urgent : (this.#starved(now) ?? urgent)
    if (record !== null) this.remove(record)
    return record
  }

  /** Told of each real start, so that tasks taken but held back by a limit do not use up the share of their class. */
  countStart(priority: TaskPriority): void {
    const passed = this.#passedOver
    passed[priority] = 0
    // nobody waits, nobody was passed over
    if (this.#length === 0) return
    passed[0] = priority === 0 ? 0 : oneMore(passed[0])
    passed[1] = priority === 1 ? 0 : oneMore(passed[1])
    passed[2] = priority === 2 ? 0 : oneMore(passed[2])
    passed[3] = priority === 3 ? 0 : oneMore(passed[3])
  }

  #mostUrgent(): TaskRecord | null {
    const [critical, high, normal, low] = this.classes
    return critical.head ?? high.head ?? normal.head ?? low.head
  }

  /** The oldest task of the class that is past its target and was passed over longest, if any is due. */
  #starved(now: number): TaskRecord | null {
    let found: TaskRecord | null = null
    let longest = GUARD_STARTS - 1
    for (let index = 0; index < 4; index++) {
      const passed = this.#passedOver[index] ?? 0
      const head = this.classes[index]?.head ?? null
      if (passed <= longest || head === null) continue
      if (now - readyAt(head) > (classTargetsMs[index] ?? 0)) {
        found = head
        longest = passed
      }
    }
    return found
  }
}

/** Counts no further than it matters, so that the counters stay small integers. */
function oneMore(count: number): number {
  return count < 64 ? count + 1 : count
}
