// A clock for tests of synchronous parts: moving it rings what comes due, at once and in order.
import type { Alarm, Clock } from '../../src/support/clock.ts'

export class SteppedClock implements Clock {
  #now: number
  readonly #alarms = new Set<{ dueAt: number; ring: () => void }>()

  constructor(startsAt: number = 0) {
    this.#now = startsAt
  }

  /** Alarms that are set now. */
  get alarms(): number {
    return this.#alarms.size
  }

  now(): number {
    return this.#now
  }

  epochMs(): number {
    return this.#now
  }

  setAlarm(delayMs: number, ring: () => void): Alarm {
    const alarm = { dueAt: this.#now + delayMs, ring }
    this.#alarms.add(alarm)
    return { cancel: () => void this.#alarms.delete(alarm) }
  }

  moveTo(moment: number): void {
    for (let next = this.#first(moment); next !== undefined; next = this.#first(moment)) {
      this.#alarms.delete(next)
      this.#now = Math.max(this.#now, next.dueAt)
      next.ring()
    }
    this.#now = moment
  }

  #first(until: number): { dueAt: number; ring: () => void } | undefined {
    return [...this.#alarms].filter(({ dueAt }) => dueAt <= until).toSorted((a, b) => a.dueAt - b.dueAt)[0]
  }
}
