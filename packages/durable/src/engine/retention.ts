// Settled tasks are kept for look-up, bounded by age (`keepResultMs` of each) and by number, so that the file is bounded too.
import type { Alarm, Clock } from '@catzilla/engine'
import { keys, placeOf, rangeOf } from '../format/keys.ts'
import type { TaskPlace } from '../format/keys.ts'
import { readEnd } from '../format/records.ts'
import { UnreadableError } from '../format/seal.ts'
import type { Seal } from '../format/seal.ts'
import type { Store } from '../store/store.ts'
import type { Change } from '../store/task-store.ts'
import type { Writer } from '../store/writer.ts'
import { refuseMissingKey } from './missing-key.ts'

/** The file is swept at most so often, in milliseconds. What is over does not show before that either. */
const SWEEP_MS = 1000

export interface KeptEnd extends TaskPlace {
  readonly completed: boolean
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

export interface RetentionLimits {
  readonly keepResults: number
  readonly keepFailures: number
}

export class Retention {
  readonly #writer: Writer
  readonly #clock: Clock
  readonly #limits: RetentionLimits
  /** By number, in the order in which they ended. */
  readonly #completed = new Map<number, KeptEnd>()
  readonly #others = new Map<number, KeptEnd>()
  /** Forgotten, and still in the file: nobody is to take them for tasks that wait. */
  readonly #leaving = new Set<number>()
  #alarm: Alarm | undefined
  #alarmAt = Infinity

  constructor(writer: Writer, clock: Clock, limits: RetentionLimits) {
    this.#writer = writer
    this.#clock = clock
    this.#limits = limits
  }

  get size(): number {
    return this.#completed.size + this.#others.size
  }

  /** Whether a task that ends in this way is kept at all. */
  keeps(completed: boolean, keepResultMs: number): boolean {
    return keepResultMs > 0 && this.#limitOf(completed) > 0
  }

  /** Whether the end of that task is kept, also when its time is over and it has not been swept yet. */
  has(sequence: number): boolean {
    return this.#completed.has(sequence) || this.#others.has(sequence) || this.#leaving.has(sequence)
  }

  /** The kept end; undefined when there is none or its time is over. */
  find(sequence: number): KeptEnd | undefined {
    const found = this.#completed.get(sequence) ?? this.#others.get(sequence)
    return found === undefined || found.expiresAt <= this.#clock.epochMs() ? undefined : found
  }

  /** All that are kept, in no particular order. */
  *[Symbol.iterator](): Generator<KeptEnd> {
    const now = this.#clock.epochMs()
    for (const map of [this.#completed, this.#others]) {
      for (const end of map.values()) if (end.expiresAt > now) yield end
    }
  }

  /** An end has been recorded that `keeps` its kind. */
  add(end: KeptEnd): void {
    const map = end.completed ? this.#completed : this.#others
    map.set(end.sequence, end)
    if (map.size > this.#limitOf(end.completed)) {
      const [oldest] = map.values()
      if (oldest !== undefined) this.forget([oldest])
    }
    this.#sweepAt(end.expiresAt)
  }

  forget(ends: readonly TaskPlace[]): void {
    const changes: Change[] = []
    for (const place of ends) {
      this.#completed.delete(place.sequence)
      this.#others.delete(place.sequence)
      this.#leaving.add(place.sequence)
      // whoever has ended has no attempts left
      changes.push({ gone: place }, { key: keys.task('e', place), value: undefined })
    }
    const committed = (): void => {
      for (const { sequence } of ends) this.#leaving.delete(sequence)
    }
    this.#writer.write(changes, { committed })
  }

  /**
   * What earlier processes have recorded. Ends that cannot be read are forgotten with their tasks: they are over.
   * @throws StoreError when their key is not here
   */
  load(store: Store, seal: Seal): void {
    const found: (KeptEnd & { readonly completedAt: number })[] = []
    const unreadable: TaskPlace[] = []
    for (const { key, value } of store.entries(rangeOf('e'))) {
      const place = placeOf(key)
      if (place === undefined) continue
      try {
        const { stats, keepResultMs } = readEnd(seal, key, value)
        const completedAt = stats.completedAt ?? 0
        found.push({
          ...place,
          completed: stats.status === 'completed',
          expiresAt: completedAt + keepResultMs,
          completedAt,
        })
      } catch (error) {
        refuseMissingKey(store, error)
        if (!(error instanceof UnreadableError)) throw error
        unreadable.push(place)
      }
    }
    if (unreadable.length > 0) this.forget(unreadable)
    for (const { completedAt: _, ...end } of found.toSorted((a, b) => a.completedAt - b.completedAt)) this.add(end)
  }

  close(): void {
    this.#alarm?.cancel()
    this.#alarm = undefined
  }

  #limitOf(completed: boolean): number {
    return completed ? this.#limits.keepResults : this.#limits.keepFailures
  }

  #sweepAt(expiresAt: number): void {
    if (expiresAt >= this.#alarmAt || expiresAt === Infinity) return
    this.#alarm?.cancel()
    this.#alarmAt = expiresAt
    const wait = Math.max(SWEEP_MS, expiresAt - this.#clock.epochMs())
    this.#alarm = this.#clock.setAlarm(wait, () => this.#sweep())
  }

  #sweep(): void {
    const now = this.#clock.epochMs()
    const over: KeptEnd[] = []
    let next = Infinity
    for (const map of [this.#completed, this.#others]) {
      for (const end of map.values()) {
        if (end.expiresAt <= now) over.push(end)
        else next = Math.min(next, end.expiresAt)
      }
    }
    if (over.length > 0) this.forget(over)
    this.#alarm = undefined
    this.#alarmAt = Infinity
    this.#sweepAt(next)
  }
}

/** Everything that is kept of a task. */
export function removalOf(place: TaskPlace): Change[] {
  return [
    { gone: place },
    { key: keys.task('e', place), value: undefined },
    { key: keys.task('a', place), value: undefined },
  ]
}
