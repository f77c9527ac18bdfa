// All pending moments of the engine in one 4-ary min-heap behind one alarm: delays, retries coming due, timeouts, expiry.
// A 4-ary heap is flatter than a binary one and moves less; entries know their place, so cancelling is O(log n) too.
import { runOutsideContexts } from '../lanes/task-context.ts'
import type { Alarm, Clock } from '../support/clock.ts'

/** What happens at a moment. `target` is what it was set for, so that one function serves many entries. */
export type Fire<T> = (now: number, target: T) => void

/** One pending moment. `fire` runs at or after `dueAt` (monotonic ms), never before. */
export class TimerEntry {
  readonly dueAt: number
  readonly fire: Fire<never>
  readonly target: unknown
  /** Order of being added: a heap alone would fire what is due at the same moment in any order. */
  readonly order: number
  /** Place in the heap, -1 when not in it. */
  place = -1

  constructor(dueAt: number, fire: Fire<never>, target: unknown, order: number) {
    this.dueAt = dueAt
    this.fire = fire
    this.target = target
    this.order = order
  }
}

export class TimerQueue {
  readonly #clock: Clock
  readonly #afterRing: () => void
  readonly #heap: TimerEntry[] = []
  #alarm: Alarm | null = null
  #alarmAt = Infinity
  #added = 0

  /** @param afterRing called once after each batch of entries that came due together */
  constructor(clock: Clock, afterRing: () => void) {
    this.#clock = clock
    this.#afterRing = afterRing
  }

  get length(): number {
    return this.#heap.length
  }

  add(dueAt: number, fire: (now: number) => void): TimerEntry
  add<T>(dueAt: number, fire: Fire<T>, target: T): TimerEntry
  add(dueAt: number, fire: Fire<never>, target?: unknown): TimerEntry {
    const entry = new TimerEntry(dueAt, fire, target, ++this.#added)
    this.#heap.push(entry)
    this.#rise(entry, this.#heap.length - 1)
    if (dueAt < this.#alarmAt) this.#arm(dueAt)
    return entry
  }

  /** Does nothing when the entry fired or was removed before. The alarm is left: an early ring finds nothing due. */
  remove(entry: TimerEntry | null): void {
    if (entry === null || entry.place < 0) return
    const place = entry.place
    const last = this.#heap.pop()
    entry.place = -1
    if (last === undefined || last === entry) return
    const parent = this.#heap[(place - 1) >> 2]
    if (place > 0 && parent !== undefined && isBefore(last, parent)) this.#rise(last, place)
    else this.#sink(last, place)
  }

  /** When the next entry comes due; Infinity when there is none. */
  get nextDueAt(): number {
    return this.#heap[0]?.dueAt ?? Infinity
  }

  /** Fires what is due by now, for who holds up the thread on which the alarm would ring. */
  fireDue(): void {
    if (this.nextDueAt > this.#clock.now()) return
    this.#alarm?.cancel()
    this.#ring()
  }

  close(): void {
    this.#alarm?.cancel()
    this.#alarm = null
    this.#alarmAt = Infinity
    for (const entry of this.#heap) entry.place = -1
    this.#heap.length = 0
  }

  #arm(dueAt: number): void {
    this.#alarm?.cancel()
    this.#alarmAt = dueAt
    // an alarm rings in the context it was set in: that must not be the one of a task
    runOutsideContexts(() => {
      this.#alarm = this.#clock.setAlarm(Math.max(0, dueAt - this.#clock.now()), this.#ring)
    })
  }

  readonly #ring = (): void => {
    this.#alarm = null
    this.#alarmAt = Infinity
    const now = this.#clock.now()
    for (let first = this.#heap[0]; first !== undefined && first.dueAt <= now; first = this.#heap[0]) {
      this.remove(first)
      first.fire(now, first.target as never)
    }
    const next = this.#heap[0]
    if (next !== undefined && next.dueAt < this.#alarmAt) this.#arm(next.dueAt)
    this.#afterRing()
  }

  #rise(entry: TimerEntry, from: number): void {
    const heap = this.#heap
    let place = from
    while (place > 0) {
      const up = (place - 1) >> 2
      const parent = heap[up]
      if (parent === undefined || isBefore(parent, entry)) break
      heap[place] = parent
      parent.place = place
      place = up
    }
    heap[place] = entry
    entry.place = place
  }

  #sink(entry: TimerEntry, from: number): void {
    const heap = this.#heap
    let place = from
    for (;;) {
      const first = place * 4 + 1
      let least: TimerEntry | undefined
      for (let child = first; child < first + 4 && child < heap.length; child++) {
        const candidate = heap[child]
        if (candidate !== undefined && (least === undefined || isBefore(candidate, least))) least = candidate
      }
      if (least === undefined || isBefore(entry, least)) break
      const down = least.place
      heap[place] = least
      least.place = place
      place = down
    }
    heap[place] = entry
    entry.place = place
  }
}

function isBefore(one: TimerEntry, other: TimerEntry): boolean {
  return one.dueAt < other.dueAt || (one.dueAt === other.dueAt && one.order < other.order)
}
