// What a thread that ends says of the task that it runs. There is no time for a message: it has to fit the slot.
import { PAYLOAD_BYTES } from '../thread/lane-memory.ts'
import { SmallValues } from '../wire/small-values.ts'
import { packError, unpackError } from '../wire/wire-error.ts'
import type { PackedError } from '../wire/wire-error.ts'

/** Characters of a message and of a name that a slot has room for in any case. */
const SHORT_MESSAGE = 100
const SHORT_NAME = 50

export interface CrashWords {
  /** Exit code of the thread. */
  readonly code: number
  /** What nobody caught. */
  readonly error?: PackedError
}

/** Writes them at a byte of the shared memory, of a long error its first words; gives the number of bytes. */
export function writeCrash(memory: SharedArrayBuffer, at: number, words: CrashWords): number {
  // not the writer of the thread: it may be busy with a result, a getter of which ends the thread
  const values = new SmallValues(memory)
  const length = values.write(at, PAYLOAD_BYTES, words)
  if (length >= 0) return length
  const { name, message } = unpackError(words.error)
  const short = Object.assign(new Error(message.slice(0, SHORT_MESSAGE)), {
    name: name.slice(0, SHORT_NAME),
    stack: '',
  })
  return Math.max(0, values.write(at, PAYLOAD_BYTES, { code: words.code, error: packError(short) }))
}
