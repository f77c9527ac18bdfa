// Which attempts run, in a file beside the store: written at each start without waiting for the disk, since it has to outlive
// the process only. So the task that ends the process in its first instruction is known to have been running.
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { TaskPriority } from '@catzilla/engine'
import type { TaskPlace } from '../format/keys.ts'
import { asStoreError } from './store-errors.ts'

/** An attempt that was begun and whose end may not have been recorded. */
export interface RunningAttempt extends TaskPlace {
  readonly attempt: number
}

/** Where attempts are noted. Behind an interface, so that tests can do without a file. */
export interface RunningNotes {
  /** What an earlier process had noted. */
  read(): RunningAttempt[]
  /** Notes a start; gives the place in the file, to be freed when the end is recorded. */
  begin(place: TaskPlace, attempt: number): number
  free(slot: number): void
  clear(): void
  close(): void
}

const FILE = 'running.bin'

/** number (double), attempt (32 bits), class (8 bits), mark (8 bits), two bytes of nothing */
const SLOT_BYTES = 16
const MARK = 0xa7

export class RunningFile implements RunningNotes {
  readonly #file: number
  readonly #slot: Buffer = Buffer.alloc(SLOT_BYTES)
  readonly #free: number[] = []
  #slots = 0

  /** @throws StoreError */
  constructor(directory: string) {
    try {
      this.#file = openSync(join(directory, FILE), 'a+', 0o600)
      closeSync(this.#file)
      this.#file = openSync(join(directory, FILE), 'r+')
    } catch (thrown) {
      throw asStoreError(thrown, directory, `opening ${FILE}`)
    }
  }

  /** Whatever is no note of ours is passed over: this file only says what is counted. */
  read(): RunningAttempt[] {
    const bytes = Buffer.alloc(fstatSync(this.#file).size)
    readSync(this.#file, bytes, 0, bytes.length, 0)
    const found: RunningAttempt[] = []
    for (let at = 0; at + SLOT_BYTES <= bytes.length; at += SLOT_BYTES) {
      const sequence = bytes.readDoubleLE(at)
      const attempt = bytes.readUInt32LE(at + 8)
      const priority = bytes[at + 12] ?? 0
      if (bytes[at + 13] !== MARK || !Number.isSafeInteger(sequence) || sequence < 0 || priority > 3) continue
      found.push({ sequence, attempt, priority: priority as TaskPriority })
    }
    return found
  }

  begin({ sequence, priority }: TaskPlace, attempt: number): number {
    const slot = this.#free.pop() ?? this.#slots++
    this.#slot.writeDoubleLE(sequence, 0)
    this.#slot.writeUInt32LE(attempt, 8)
    this.#slot[12] = priority
    this.#slot[13] = MARK
    try {
      writeSync(this.#file, this.#slot, 0, SLOT_BYTES, slot * SLOT_BYTES)
    } catch {
      // a full disk: the task runs all the same; the store itself says that it cannot be written
    }
    return slot
  }

  /** What stands there stays until another start is noted over it: an end that is recorded says more. */
  free(slot: number): void {
    this.#free.push(slot)
  }

  clear(): void {
    ftruncateSync(this.#file, 0)
    this.#free.length = 0
    this.#slots = 0
  }

  close(): void {
    closeSync(this.#file)
  }
}
