// Arguments on their way to a thread as bytes, from their submission on: what the caller has is read once, and no copy of it
// in objects is made, which the garbage collector would have to follow for as long as the task waits.
import { PackedArguments } from '../../typescript/kept-arguments.ts'
import { SmallValues } from '../wire/small-values.ts'
import { PAYLOAD_BYTES } from './lane-memory.ts'

/** Tasks share memory of so many words: to take some for each would cost more than all the rest. */
const CHUNK_WORDS = 2048

/** Reads and writes arguments in memory of its own: one for each lane. */
export class ArgumentPacker {
  readonly #buffer = new ArrayBuffer(PAYLOAD_BYTES)
  readonly #words = new Int32Array(this.#buffer)
  readonly #values = new SmallValues(this.#buffer, { copied: true })
  #chunk = new Int32Array(CHUNK_WORDS)
  #used = 0

  /** Null for what needs no copy, and for what has to go by message. */
  pack(args: readonly unknown[]): ArgumentBytes | null {
    if (!haveObjects(args)) return null
    const bytes = this.#values.write(0, PAYLOAD_BYTES, args)
    if (bytes < 0) return null
    const count = bytes >>> 2
    if (this.#used + count > CHUNK_WORDS) {
      this.#chunk = new Int32Array(CHUNK_WORDS)
      this.#used = 0
    }
    const packed = new ArgumentBytes(this, this.#chunk, this.#used, bytes)
    copyWords(this.#words, 0, this.#chunk, this.#used, count)
    this.#used += count
    return packed
  }

  /** @param from where the arguments begin in `words` */
  unpack(words: Int32Array, from: number, bytes: number): readonly unknown[] {
    copyWords(words, from, this.#words, 0, bytes >>> 2)
    return this.#values.read(0, bytes) as readonly unknown[]
  }
}

export class ArgumentBytes extends PackedArguments {
  readonly bytes: number
  readonly #packer: ArgumentPacker
  readonly #words: Int32Array
  readonly #from: number

  constructor(packer: ArgumentPacker, words: Int32Array, from: number, bytes: number) {
    super()
    this.bytes = bytes
    this.#packer = packer
    this.#words = words
    this.#from = from
  }

  /** Writes them into other memory, from a word on. */
  writeTo(words: Int32Array, at: number): void {
    copyWords(this.#words, this.#from, words, at, this.bytes >>> 2)
  }

  unpack(): readonly unknown[] {
    return this.#packer.unpack(this.#words, this.#from, this.bytes)
  }
}

function haveObjects(args: readonly unknown[]): boolean {
  for (const arg of args) if (typeof arg === 'object' && arg !== null) return true
  return false
}

/** For so few a loop is faster than a view and a call. */
function copyWords(source: Int32Array, from: number, target: Int32Array, at: number, count: number): void {
  for (let index = 0; index < count; index++) target[at + index] = source[from + index] as number
}
