// Payloads that pass through shared memory: plain data of about a kilobyte at most. Whatever else there is goes by message.
import { ValueReader } from './value-reader.ts'
import { ValueWriter } from './value-writer.ts'

/**
 * Bytes for a payload (a list of arguments or a single result) in a fixed region of shared memory. What is read is what
 * structuredClone would have given.
 *
 * Taken: undefined, null, booleans, numbers, bigints, strings, and arrays without holes, plain objects, Date, Map and Set
 * of these, each object once. One per thread: both ends remember shapes of objects.
 */
export class SmallValues {
  readonly #writer: ValueWriter
  readonly #reader: ValueReader

  /** @param copied what is written are copies by `copyArguments`: their arrays need not be searched for other fields */
  constructor(memory: ArrayBufferLike, { copied = false }: { readonly copied?: boolean } = {}) {
    this.#writer = new ValueWriter(memory, copied)
    this.#reader = new ValueReader(memory)
  }

  /**
   * Writes `value` at the byte `at`, a multiple of 8, into `capacity` bytes at most. Never throws.
   * @returns the number of bytes, or -1 when it is too large or of a kind that needs a message
   */
  write(at: number, capacity: number, value: unknown): number {
    return this.#writer.write(at, capacity, value)
  }

  /** @throws PayloadError when the bytes are not what `write` writes: another thread may have written anything there */
  read(at: number, length: number): unknown {
    return this.#reader.read(at, length)
  }
}
