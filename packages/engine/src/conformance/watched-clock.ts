// The system's clock, counting the alarms that are set: a stopped engine must have left none.
import { systemClock } from '../support/clock.ts'
import type { Alarm, Clock } from '../support/clock.ts'

export class WatchedClock implements Clock {
  readonly processTime = true
  readonly #pending = new Set<Alarm>()

  get pendingAlarms(): number {
    return this.#pending.size
  }

  now(): number {
    return systemClock.now()
  }

  epochMs(): number {
    return systemClock.epochMs()
  }

  setAlarm(delayMs: number, ring: () => void): Alarm {
    const inner = systemClock.setAlarm(delayMs, () => {
      this.#pending.delete(alarm)
      ring()
    })
    const alarm: Alarm = {
      cancel: () => {
        this.#pending.delete(alarm)
        inner.cancel()
      },
    }
    this.#pending.add(alarm)
    return alarm
  }
}
