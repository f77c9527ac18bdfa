// Ended tasks of this process, kept for look-up by age and number. The broker keeps its own, for everybody.
import type { Alarm, Clock } from '@catzilla/engine'
import type { BrokerHandle } from './broker-handle.ts'

/** Ended tasks are looked through for those whose time is over at most so often. */
const LEAST_PAUSE_MS = 5

export class Retention {
  readonly #clock: Clock
  readonly #mostResults: number
  readonly #mostFailures: number
  readonly #results = new Map<string, BrokerHandle>()
  readonly #failures = new Map<string, BrokerHandle>()
  #alarm: Alarm | undefined
  #alarmAt = Infinity

  constructor(clock: Clock, mostResults: number, mostFailures: number) {
    this.#clock = clock
    this.#mostResults = mostResults
    this.#mostFailures = mostFailures
  }

  get size(): number {
    this.#dropOld()
    return this.#results.size + this.#failures.size
  }

  find(taskId: string): BrokerHandle | undefined {
    const found = this.#results.get(taskId) ?? this.#failures.get(taskId)
    return found !== undefined && this.#isOver(found, this.#clock.epochMs()) ? undefined : found
  }

  *all(): Generator<BrokerHandle> {
    this.#dropOld()
    yield* this.#results.values()
    yield* this.#failures.values()
  }

  add(handle: BrokerHandle): void {
    const completed = handle.peeked?.status === 'completed'
    const [kept, most] = completed ? [this.#results, this.#mostResults] : [this.#failures, this.#mostFailures]
    if (most === 0 || handle.call.options.keepResultMs === 0) return
    kept.set(handle.taskId, handle)
    if (kept.size > most) {
      const [oldest] = kept.keys()
      if (oldest !== undefined) kept.delete(oldest)
    }
    this.#watch(this.#endOf(handle))
  }

  close(): void {
    this.#alarm?.cancel()
    this.#alarmAt = Infinity
  }

  #endOf(handle: BrokerHandle): number {
    return (handle.completedAt ?? 0) + handle.call.options.keepResultMs
  }

  #isOver(handle: BrokerHandle, now: number): boolean {
    return this.#endOf(handle) <= now
  }

  #watch(at: number): void {
    if (!Number.isFinite(at) || at >= this.#alarmAt) return
    this.#alarm?.cancel()
    this.#alarmAt = at
    const delay = Math.max(LEAST_PAUSE_MS, at - this.#clock.epochMs())
    this.#alarm = this.#clock.setAlarm(delay, () => {
      this.#alarmAt = Infinity
      this.#dropOld()
    })
  }

  #dropOld(): void {
    const now = this.#clock.epochMs()
    let next = Infinity
    for (const kept of [this.#results, this.#failures]) {
      for (const [taskId, handle] of kept) {
        if (this.#isOver(handle, now)) kept.delete(taskId)
        else next = Math.min(next, this.#endOf(handle))
      }
    }
    this.#watch(next)
  }
}
