// What holds tasks of one name, or of one key, back: a pause, a limit on how many run, a limit on how many start.
// Tasks that may not pass are parked in the gate, so that those behind them are not held up.
import type { TaskLimits } from '../contract/resolved-task-options.ts'
import { IntrusiveList, isBefore } from './intrusive-list.ts'
import type { TaskRecord } from './task-record.ts'
import type { TimerEntry } from './timer-queue.ts'

export class Gate {
  paused = false
  running = 0
  /** Unsettled tasks that will have to pass. */
  members = 0
  /** Drops the gate of a key from where it is kept. */
  forget: (() => void) | null = null
  /** The pending moment at which the gate of an idle key may be forgotten. */
  forgetting: TimerEntry | null = null
  /** The pending moment at which the rate limit lets the next one through. */
  reopening: TimerEntry | null = null
  readonly parked: readonly [IntrusiveList, IntrusiveList, IntrusiveList, IntrusiveList] = [
    new IntrusiveList(),
    new IntrusiveList(),
    new IntrusiveList(),
    new IntrusiveList(),
  ]
  #concurrency = Infinity
  #rate: { readonly max: number; readonly perMs: number } | undefined
  /** Start times inside the window, oldest first from `#firstStart` on: an exact sliding window. */
  #starts: number[] = []
  #firstStart = 0

  /** The limits of the latest call hold for all. */
  configure(concurrency: number | undefined, limits: TaskLimits | undefined): void {
    this.#concurrency = Math.min(concurrency ?? Infinity, limits?.concurrency ?? Infinity)
    this.#rate = limits?.rate
  }

  get parkedCount(): number {
    const [a, b, c, d] = this.parked
    return a.length + b.length + c.length + d.length
  }

  /** How many tasks may start now. */
  room(now: number): number {
    if (this.paused) return 0
    return Math.min(this.#concurrency - this.running, this.#startsLeft(now))
  }

  /** The monotonic moment at which the rate alone would let one more start; `now` or earlier when it would already. */
  rateOpensAt(now: number): number {
    if (this.#rate === undefined || this.#startsLeft(now) > 0) return now
    const blocking = this.#starts[this.#starts.length - this.#rate.max]
    return blocking === undefined ? now : blocking + this.#rate.perMs
  }

  /** The monotonic moment at which the rate limit has forgotten every start. */
  forgetsAllAt(): number {
    return (this.#starts.at(-1) ?? 0) + (this.#rate?.perMs ?? 0)
  }

  enter(now: number): void {
    this.running++
    if (this.#rate !== undefined) this.#starts.push(now)
  }

  park(record: TaskRecord): void {
    this.parked[record.plan.options.priority].insertByTurn(record)
  }

  /** Whether a parked task goes before `record`: then `record`, which came later, has to wait too. */
  holdsEarlier(record: TaskRecord): boolean {
    const { priority } = record.plan.options
    const first = this.parked.find((list) => list.head !== null)?.head ?? null
    if (first === null) return false
    const other = first.plan.options.priority
    return other < priority || (other === priority && isBefore(first, record))
  }

  /** The parked task that goes first, taken out. */
  unpark(): TaskRecord | null {
    for (const list of this.parked) {
      const record = list.shift()
      if (record !== null) return record
    }
    return null
  }

  /** Whether `record` is parked here; if so it is taken out. */
  dropParked(record: TaskRecord): boolean {
    const list = this.parked[record.plan.options.priority]
    if (record.list !== list) return false
    list.remove(record)
    return true
  }

  /** Whether nothing would be forgotten by dropping the gate. */
  idle(now: number): boolean {
    this.#forget(now)
    return this.members === 0 && this.#starts.length === this.#firstStart
  }

  /** Why a parked task waits, for people. */
  reason(now: number): string {
    if (this.paused) return 'the task is paused'
    if (this.running >= this.#concurrency) return `its concurrency limit of ${this.#concurrency} is reached`
    const opensIn = Math.max(0, this.rateOpensAt(now) - now)
    return `its rate limit lets the next one start in ${Math.ceil(opensIn)} ms`
  }

  #startsLeft(now: number): number {
    if (this.#rate === undefined) return Infinity
    this.#forget(now)
    return this.#rate.max - (this.#starts.length - this.#firstStart)
  }

  #forget(now: number): void {
    const perMs = this.#rate?.perMs ?? 0
    while (this.#firstStart < this.#starts.length && (this.#starts[this.#firstStart] ?? 0) + perMs <= now) {
      this.#firstStart++
    }
    if (this.#firstStart > 64 && this.#firstStart * 2 > this.#starts.length) {
      this.#starts = this.#starts.slice(this.#firstStart)
      this.#firstStart = 0
    }
  }
}
