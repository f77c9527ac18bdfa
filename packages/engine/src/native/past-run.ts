// What a slot of the port says of the task in it, read at one moment: kept when the slot is given up.
import { portLayout } from './port-layout.ts'
import type { Port } from './port.ts'
import { scalarOf } from './slot-values.ts'

const { SLOT_READY_AT, SLOT_ATTEMPT, SLOT_STARTED_AT, SLOT_ENDED_AT, SLOT_WORKER, SLOT_MEMORY_KB } = portLayout
const { SLOT_RESULT_TYPE, SLOT_RESULT } = portLayout

/** Times are milliseconds on the clock of `performance.now()`, NaN while unknown. */
export class PastRun {
  readonly createdAt: number
  readonly readyAt: number
  /** Starts so far; 0: it never ran. */
  readonly attempt: number
  readonly startedAt: number
  /** NaN while it runs. */
  endedAt: number
  readonly workerId: number
  readonly memoryKb: number
  /** When the task ended, if it has. */
  settledAt: number = Number.NaN
  /** The result, or the error. */
  end: unknown = undefined
  /** Kept for as long as the task can be looked up. */
  args: readonly unknown[] | null = null

  private constructor(figures: PackedRun) {
    const [createdAt, readyAt, startedAt, endedAt, attempt, workerId, memoryKb] = figures
    const ran = attempt > 0
    this.createdAt = createdAt
    this.readyAt = readyAt
    this.attempt = attempt
    this.startedAt = ran ? startedAt : Number.NaN
    this.endedAt = ran ? endedAt : Number.NaN
    this.workerId = workerId
    this.memoryKb = memoryKb
  }

  /** Of the task in a slot, as it stands. */
  static read(port: Port, slot: number, createdAt: number): PastRun {
    return new PastRun(packRun(port, slot, createdAt))
  }

  /** Of a task that completed with a result that stood in its slot. */
  static unpack(packed: PackedRun): PastRun {
    const past = new PastRun(packed)
    past.settledAt = past.endedAt
    past.end = resultOf(packed)
    return past
  }
}

/**
 * The figures of a run as plain numbers: created, ready, started and ended at, attempt, worker, memory, type of the result and
 * result. An array of doubles takes half the memory of an object, and there is one for each task that was ever completed.
 */
export type PackedRun = readonly [number, number, number, number, number, number, number, number, number]

export function packRun(port: Port, slot: number, createdAt: number): PackedRun {
  const { words, doubles } = port
  const word = port.wordOf(slot)
  const double = port.doubleOf(slot)
  return [
    createdAt,
    doubles[double + SLOT_READY_AT / 8] ?? 0,
    doubles[double + SLOT_STARTED_AT / 8] ?? 0,
    doubles[double + SLOT_ENDED_AT / 8] ?? 0,
    words[word + SLOT_ATTEMPT / 4] ?? 0,
    words[word + SLOT_WORKER / 4] ?? 0,
    words[word + SLOT_MEMORY_KB / 4] ?? 0,
    words[word + SLOT_RESULT_TYPE / 4] ?? 0,
    doubles[double + SLOT_RESULT / 8] ?? 0,
  ]
}

/** The result that a packed run holds. */
export function resultOf([, , , , , , , type, result]: PackedRun): unknown {
  return scalarOf(type, result)
}
