// A clock that stands still until it is told to move: for tests of anything that takes time.
import { ConfigurationError, describeValue } from '../contract/errors.ts'
import type { Alarm, Clock } from './clock.ts'

interface VirtualAlarm extends Alarm {
  readonly dueAt: number
  readonly ring: () => void
}

/** Lets everything that is already possible happen: microtasks, and what they set off. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/**
 * A `Clock` for tests. Time passes only in `advance`, which stops at every alarm on the way, so that things happen in
 * their order and at their very moment.
 * @example
 * const clock = new VirtualClock()
 * const engine = createTypeScriptEngine({ clock })
 * await clock.advance(60_000)
 */
export class VirtualClock implements Clock {
  #now = 0
  readonly #epochAtZero: number
  #alarms: VirtualAlarm[] = []

  /** @param startsAt epoch milliseconds at the beginning */
  constructor(startsAt: number = Date.UTC(2026, 0, 1)) {
    this.#epochAtZero = startsAt
  }

  now(): number {
    return this.#now
  }

  epochMs(): number {
    return this.#epochAtZero + this.#now
  }

  setAlarm(delayMs: number, ring: () => void): Alarm {
    const alarm: VirtualAlarm = {
      dueAt: this.#now + Math.max(0, delayMs),
      ring,
      cancel: () => {
        this.#alarms = this.#alarms.filter((each) => each !== alarm)
      },
    }
    this.#alarms.push(alarm)
    return alarm
  }

  /** Alarms that are set: 0 when nothing would happen however long one waits. */
  get pendingAlarms(): number {
    return this.#alarms.length
  }

  /** Moves time on by `ms` milliseconds. Resolves when all that came due has happened. @throws ConfigurationError */
  async advance(ms: number): Promise<void> {
    if (!(ms >= 0)) throw new ConfigurationError(`advance accepts milliseconds ≥ 0, got ${describeValue(ms)}`)
    const until = this.#now + ms
    await settle()
    for (let next = this.#earliest(); next !== undefined && next.dueAt <= until; next = this.#earliest()) {
      this.#now = Math.max(this.#now, next.dueAt)
      next.cancel()
      next.ring()
      await settle()
    }
    this.#now = until
    await settle()
  }

  /** Moves time on to the next alarm; resolves to false when there is none. */
  async advanceToNext(): Promise<boolean> {
    await settle()
    const next = this.#earliest()
    if (next === undefined) return false
    await this.advance(Math.max(0, next.dueAt - this.#now))
    return true
  }

  #earliest(): VirtualAlarm | undefined {
    let earliest: VirtualAlarm | undefined
    for (const alarm of this.#alarms) if (earliest === undefined || alarm.dueAt < earliest.dueAt) earliest = alarm
    return earliest
  }
}
