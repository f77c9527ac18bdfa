// How many tasks of this process wait, against `queueSize`; and who waits for room among them.
import { QueueFullError } from '@catzilla/engine'
import type { EngineClosedError } from '@catzilla/engine'
import type { BrokerHandle } from './broker-handle.ts'
import type { Counts } from './counts.ts'

type Row = Set<BrokerHandle>

/** Further apart than tasks are counted. */
const CLASS = 2 ** 48

export class Occupancy {
  readonly capacity: number
  readonly #counts: Counts
  readonly #waiting = new Set<BrokerHandle>()
  /** By name and class, in the order in which they came. */
  readonly #rows = new Map<string, [Row, Row, Row, Row]>()
  #asking: { resolve: () => void; reject: (error: Error) => void }[] = []
  /** Places that were promised to those who asked, and are not taken yet. */
  #promised = 0

  constructor(capacity: number, counts: Counts) {
    this.capacity = capacity
    this.#counts = counts
  }

  /** Tasks submitted here that have not begun, or pause between two attempts. */
  get waiting(): ReadonlySet<BrokerHandle> {
    return this.#waiting
  }

  /** @throws QueueFullError */
  requireRoom(places: number): void {
    if (this.#waiting.size + places <= this.capacity) return
    this.#counts.rejected += places
    throw new QueueFullError(
      `the queue is full: ${this.#waiting.size} of queueSize ${this.capacity} tasks of this process wait, ${places} more do not fit; wait with enqueue() or raise queueSize`,
    )
  }

  entered(handle: BrokerHandle): void {
    if (!handle.own) return
    this.#waiting.add(handle)
    this.#rowOf(handle).add(handle)
    if (this.#promised > 0) this.#promised--
  }

  left(handle: BrokerHandle): void {
    if (!this.#waiting.delete(handle)) return
    this.#rowOf(handle).delete(handle)
    this.#letIn()
  }

  /** How many tasks of a name wait, as far as this process knows. */
  waitingOf(name: string): number {
    return (this.#rows.get(name) ?? []).reduce((sum, row) => sum + row.size, 0)
  }

  /** Where a name comes in the order of tasks, the smallest first: by the class of its first task, then by its age. */
  rankOf(name: string): number {
    const rows = this.#rows.get(name) ?? []
    for (const [priority, row] of rows.entries()) {
      for (const handle of row) return priority * CLASS + handle.ordinal
    }
    // what others have submitted is not known: between those
    return 2 * CLASS
  }

  #rowOf(handle: BrokerHandle): Set<BrokerHandle> {
    let rows = this.#rows.get(handle.name)
    if (rows === undefined) this.#rows.set(handle.name, (rows = [new Set(), new Set(), new Set(), new Set()]))
    return rows[handle.call.options.priority]
  }

  room(): Promise<void> {
    if (this.#waiting.size < this.capacity && this.#asking.length === 0) return Promise.resolve()
    return new Promise((resolve, reject) => this.#asking.push({ resolve, reject }))
  }

  close(error: () => EngineClosedError): void {
    for (const { reject } of this.#asking.splice(0)) reject(error())
  }

  #letIn(): void {
    while (this.#asking.length > 0 && this.#waiting.size + this.#promised < this.capacity) {
      this.#promised++
      this.#asking.shift()?.resolve()
      // whoever does not make use of his place gives it back
      queueMicrotask(() => queueMicrotask(() => setImmediate(() => this.#takeBack())))
    }
  }

  #takeBack(): void {
    if (this.#promised === 0) return
    this.#promised--
    this.#letIn()
  }
}
