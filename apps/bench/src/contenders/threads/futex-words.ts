// The words that the bare round trip shares with its thread, each on a cache line of its own.

export const FutexWord = { ASKED: 0, DONE: 16, A: 32, B: 33, SUM: 34 } as const
export const FUTEX_BYTES = 48 * Int32Array.BYTES_PER_ELEMENT
