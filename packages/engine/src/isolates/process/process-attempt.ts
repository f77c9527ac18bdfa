// An attempt that a child process has.
import type { RunState } from '../../typescript/run-state.ts'
import type { TaskRecord } from '../../typescript/task-record.ts'
import type { Offered } from './direct-buffers.ts'
import type { PackedError } from '../wire/wire-error.ts'
import type { TaskProcess } from './task-process.ts'

export class ProcessAttempt {
  readonly record: TaskRecord
  readonly child: TaskProcess
  /** Number among all attempts of the lane. */
  readonly serial: number
  /** Null until it begins. */
  run: RunState | null = null
  /** Nobody wants its result: the process may be used again when the body has ended. */
  dropped = false
  /** It was told that it has stalled. */
  stalled = false
  /** Its module is being imported there: what that takes is not the task's. */
  loading = false
  /** Arguments that wait for the child to make room. */
  offered: Offered | null = null
  /** When it was sent, by the clock of the engine. */
  handedAt: number = Number.NaN
  #baseline = Infinity
  #peak = 0

  constructor(record: TaskRecord, child: TaskProcess, serial: number) {
    this.record = record
    this.child = child
    this.serial = serial
  }

  /** Tells the child that it is given up. */
  abortWith(reason: PackedError): void {
    if (this.child.attempt === this) this.child.send({ kind: 'abort', serial: this.serial, reason })
  }

  /** From here on memory counts as the task's: what the process had before is not. Bytes. */
  measureFrom(rss: number): void {
    this.loading = false
    this.#baseline = rss
    this.#peak = 0
  }

  /**
   * Notes the resident memory of the process, in bytes.
   * @returns what the task has added to it, in bytes; memory that an earlier task gave back meanwhile is not set off against
   */
  measure(rss: number): number {
    this.#baseline = Math.min(this.#baseline, rss)
    const added = rss - this.#baseline
    this.#peak = Math.max(this.#peak, added)
    return added
  }

  /** Most that was ever measured. */
  get peakMb(): number {
    return this.#peak / (1024 * 1024)
  }
}
