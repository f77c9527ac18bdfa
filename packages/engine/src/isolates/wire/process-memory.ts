// Large buffers between a process and its child without a stop in between: the parent copies them to where they stay, or from
// where they are. Linux lets it do that, by the native core.
import { getSystemErrorName } from 'node:util'
import type { NativeCore, NativeOtherMemory } from '@catzilla/core-c'
import { loadCore } from '../../native/load-core.ts'

/** Buffers of so many bytes together go that way. With less the file is quicker, which needs no answer. */
export const DIRECT_FROM: number = 1024 * 1024

/** Thrown when the system does not copy; `code` is its own, such as `ESRCH` for a process that is gone. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
  readonly code: string

  constructor(errno: number) {
    const code = getSystemErrorName(-errno)
    super(`the memory of the process cannot be reached: ${code}`)
    this.code = code
  }
}

export class ProcessMemory {
  readonly #native: NativeOtherMemory

  constructor(native: NativeOtherMemory) {
    this.#native = native
  }

  /** Whether the system lets this process at the memory of that one. */
  reaches(pid: number): boolean {
    return pid > 0 && this.#native.canRead(pid)
  }

  /** Where the buffers lie here, as long as they are held. */
  addressesOf(buffers: readonly ArrayBuffer[]): bigint[] {
    return buffers.map((buffer) => this.#native.addressOf(buffer))
  }

  /** Copies the buffers to where the process has room for them. @throws UnreachableError */
  write(pid: number, at: readonly bigint[], buffers: readonly ArrayBuffer[]): void {
    for (const [index, buffer] of buffers.entries()) check(this.#native.copyTo(pid, at[index] ?? 0n, buffer))
  }

  /**
   * What the process has there.
   * @throws UnreachableError; RangeError when there is no memory for so many bytes
   */
  read(pid: number, at: readonly bigint[], lengths: readonly number[]): ArrayBuffer[] {
    return lengths.map((length, index) => {
      // the system gives its pages as they are written: what is only claimed to be there takes none
      const buffer = new ArrayBuffer(length)
      check(this.#native.copyFrom(pid, at[index] ?? 0n, buffer))
      return buffer
    })
  }
}

function check(errno: number): void {
  if (errno !== 0) throw new UnreachableError(errno)
}

let found: ProcessMemory | null | undefined

/** Null where there is no native core, or another system than Linux. Loads the core when it is asked for the first time. */
export function processMemory(): ProcessMemory | null {
  if (found === undefined) found = process.platform === 'linux' ? load() : null
  return found
}

function load(): ProcessMemory | null {
  try {
    // one of an older version has no such functions
    const { otherMemory }: Partial<NativeCore> = loadCore()
    return otherMemory === undefined ? null : new ProcessMemory(otherMemory)
  } catch {
    // not installed, or switched off: the file does without
    return null
  }
}

export function isWorthIt(buffers: readonly ArrayBuffer[]): boolean {
  return buffers.reduce((sum, { byteLength }) => sum + byteLength, 0) >= DIRECT_FROM
}
