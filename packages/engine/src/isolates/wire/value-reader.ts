// Reads values from shared memory that another thread may have damaged, or changes right now: every word is read once,
// checked, then used.
import { ShapeReader } from './shape-reader.ts'
import { SHORT_TEXT, ShortTexts } from './short-texts.ts'
import {
  ARRAY,
  BIGINT_64,
  BIGINT_DIGITS,
  DATE,
  DOUBLE,
  EMPTY_OBJECT,
  FALSE,
  MAP,
  MAX_DEPTH,
  NULL,
  OBJECT,
  SET,
  SMALL_INTEGER,
  STRING_16,
  STRING_8,
  TRUE,
  UNDEFINED,
  damaged,
  wordsOf,
} from './value-format.ts'

const digits = /^-?[\da-f]+$/

export class ValueReader {
  readonly #words: Int32Array
  readonly #bytes: Buffer
  readonly #view: DataView
  readonly #shapes: ShapeReader
  readonly #texts = new ShortTexts()
  #start = 0
  #at = 0
  #end = 0
  #depth = 0

  constructor(memory: ArrayBufferLike) {
    this.#words = new Int32Array(memory)
    this.#bytes = Buffer.from(memory)
    this.#view = new DataView(memory)
    this.#shapes = new ShapeReader(this.#words)
  }

  /** @throws PayloadError */
  read(at: number, length: number): unknown {
    // also when one of them is no number
    if (!(at >= 0 && length >= 0 && at + length <= this.#bytes.length) || (at & 3) !== 0) throw damaged()
    this.#start = this.#at = at >>> 2
    this.#end = (at + length) >>> 2
    this.#depth = 0
    const value = this.#value()
    if (this.#at !== this.#end) throw damaged()
    return value
  }

  #value(): unknown {
    if (this.#at >= this.#end) throw damaged()
    const word = this.#words[this.#at++] as number
    switch (word & 0xff) {
      case SMALL_INTEGER:
        return word >> 8
      case DOUBLE:
        return this.#double()
      case STRING_8:
        return this.#string(word >>> 8)
      case UNDEFINED:
        return undefined
      case NULL:
        return null
      case FALSE:
        return false
      case TRUE:
        return true
      default:
        return this.#rarer(word & 0xff, word >>> 8)
    }
  }

  #rarer(kind: number, count: number): unknown {
    switch (kind) {
      case ARRAY:
      case OBJECT:
      case MAP:
      case SET:
        return this.#container(kind, count)
      case EMPTY_OBJECT:
        return {}
      case STRING_16:
        return this.#wideString(count)
      case DATE:
        return new Date(this.#double())
      case BIGINT_64:
        return this.#view.getBigInt64(this.#take(2) << 2, true)
      case BIGINT_DIGITS:
        return this.#bigint(count)
      default:
        throw damaged()
    }
  }

  #container(kind: number, count: number): unknown {
    if (++this.#depth > MAX_DEPTH) throw damaged()
    const value = this.#contents(kind, count)
    this.#depth--
    return value
  }

  #contents(kind: number, count: number): unknown {
    switch (kind) {
      case ARRAY:
        return this.#array(count)
      case OBJECT:
        return this.#object()
      case MAP:
        return this.#map(count)
      default:
        return this.#set(count)
    }
  }

  /** Where `words` words begin that are all there; the position is behind them then. */
  #take(words: number): number {
    const at = this.#at
    if (at + words > this.#end) throw damaged()
    this.#at = at + words
    return at
  }

  #double(): number {
    return this.#view.getFloat64(this.#take(2) << 2, true)
  }

  #string(length: number): string {
    const words = wordsOf(length)
    const at = this.#take(words)
    if (length > SHORT_TEXT) return this.#bytes.toString('latin1', at << 2, (at << 2) + length)
    if (length === 0) return ''
    const second = words === 2 ? (this.#words[at + 1] as number) : 0
    return this.#texts.textOf(this.#words[at] as number, second, length)
  }

  #wideString(length: number): string {
    const from = this.#take(wordsOf(length * 2)) << 2
    return this.#bytes.toString('utf16le', from, from + length * 2)
  }

  #bigint(length: number): bigint {
    const text = this.#string(length)
    if (!digits.test(text)) throw damaged()
    return text.startsWith('-') ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`)
  }

  #array(length: number): unknown[] {
    // an element takes a word at least: no list is longer than its bytes
    if (length > this.#end - this.#at) throw damaged()
    const list: unknown[] = []
    for (let index = 0; index < length; index++) list.push(this.#value())
    return list
  }

  #object(): Record<string, unknown> {
    const at = this.#start + (this.#words[this.#take(1)] as number)
    const { keys, words } = this.#shapes.read(at, this.#end)
    const target: Record<string, unknown> = {}
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as string
      if (key === '__proto__') defineField(target, key, this.#value())
      else target[key] = this.#value()
    }
    // the first object of a shape has it behind its values
    if (this.#at === at) this.#take(words.length)
    return target
  }

  #map(count: number): Map<unknown, unknown> {
    const map = new Map<unknown, unknown>()
    for (let index = 0; index < count; index++) {
      const key = this.#value()
      map.set(key, this.#value())
    }
    return map
  }

  #set(count: number): Set<unknown> {
    const set = new Set<unknown>()
    for (let index = 0; index < count; index++) set.add(this.#value())
    return set
  }
}

/** A field called __proto__ must stay a field. */
function defineField(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}
