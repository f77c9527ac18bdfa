// How values stand in a region of shared memory: words of 32 bits, each value begun by one with its kind in the lowest
// byte and a number (a length, a count, a small integer) in the 24 bits above.
import { PayloadError } from '../../contract/errors.ts'

/** Zero is no kind: memory that was never written is refused. */
export const UNDEFINED = 1
export const NULL = 2
export const FALSE = 3
export const TRUE = 4
/** The integer stands above the kind. */
export const SMALL_INTEGER = 5
/** A double in the two words that follow. */
export const DOUBLE = 6
/** A signed integer of 64 bits in the two words that follow. */
export const BIGINT_64 = 7
/** Any other bigint: its hexadecimal digits as a string of one byte each, behind a sign. */
export const BIGINT_DIGITS = 8
/** Code units of one byte each; their number stands above the kind. Padded to words. */
export const STRING_8 = 9
/** Code units of two bytes each. */
export const STRING_16 = 10
/** Its elements follow; their number stands above the kind. */
export const ARRAY = 11
/** Where its shape stands, in words from the beginning of the region, then a value for each key of the shape. */
export const OBJECT = 12
export const EMPTY_OBJECT = 13
/** Keys and values in turn; the number of pairs stands above the kind. */
export const MAP = 14
export const SET = 15
/** Epoch milliseconds as a double. */
export const DATE = 16

/** Containers within each other; what is deeper is a case for a message. */
export const MAX_DEPTH = 32

/** Words of a shape before its keys: the number of its words, a hash of the keys, their number of code units and width. */
export const SHAPE_HEADER = 3

export function wordsOf(bytes: number): number {
  return (bytes + 3) >>> 2
}

/** What a reader throws: the bytes are not what a writer writes. */
export function damaged(): PayloadError {
  return new PayloadError(
    'a payload in shared memory is damaged: its bytes are none that the engine writes; look for code in the task, or a native addon, that writes to memory it does not own',
  )
}
