// Writes values into shared memory; for each it gives up at once on what only a message can carry.
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
  wordsOf,
} from './value-format.ts'
import { ShapeWriter, shapeWords } from './shape-writer.ts'
import type { ShapeNode } from './shape-writer.ts'

/** Containers in one payload: each is compared with those before it, since a message keeps who is who. */
const MAX_CONTAINERS = 64

/** Longest string, and most elements: well below what the 24 bits hold. */
const MAX_LENGTH = 0xffff

/** Up to it a loop is faster than a call of Node. */
const LOOPED_TEXT = 12

/** V8 answers it without looking for a string that it keeps as one byte a unit. */
const wideUnit = /[^\0-\xff]/

export class ValueWriter {
  readonly #words: Int32Array
  readonly #bytes: Buffer
  readonly #view: DataView
  readonly #copied: boolean
  readonly #shapes = new ShapeWriter()
  readonly #containers: unknown[] = Array.from({ length: MAX_CONTAINERS }, () => null)
  #count = 0
  #depth = 0
  #payload = 0
  #start = 0
  #at = 0
  #end = 0
  #busy = false

  /** @param copied arrays have no other fields than their elements, as `copyArguments` leaves them */
  constructor(memory: ArrayBufferLike, copied: boolean) {
    this.#words = new Int32Array(memory)
    this.#bytes = Buffer.from(memory)
    this.#view = new DataView(memory)
    this.#copied = copied
  }

  /** The number of bytes written, or -1. */
  write(at: number, capacity: number, value: unknown): number {
    // a getter of the value came back to this writer
    if (this.#busy) return -1
    this.#busy = true
    this.#start = this.#at = at >>> 2
    this.#end = Math.min((at + capacity) >>> 2, this.#words.length)
    this.#payload++
    try {
      return this.#value(value) ? (this.#at - this.#start) << 2 : -1
    } catch {
      // a getter or a proxy threw: the way by message names where
      return -1
    } finally {
      this.#forget()
    }
  }

  #forget(): void {
    for (let index = 0; index < this.#count; index++) this.#containers[index] = null
    this.#count = 0
    this.#depth = 0
    this.#shapes.forgetWhenFull()
    this.#busy = false
  }

  #value(value: unknown): boolean {
    switch (typeof value) {
      case 'number':
        return this.#number(value)
      case 'string':
        return this.#string(value)
      case 'boolean':
        return this.#word(value ? TRUE : FALSE)
      case 'undefined':
        return this.#word(UNDEFINED)
      case 'bigint':
        return this.#bigint(value)
      case 'object':
        return value === null ? this.#word(NULL) : this.#container(value)
      case 'function':
      case 'symbol':
        return false
    }
  }

  #word(word: number): boolean {
    if (this.#at >= this.#end) return false
    this.#words[this.#at++] = word
    return true
  }

  #number(value: number): boolean {
    // not -0, which is no integer of 32 bits to Object.is
    const integer = value | 0
    if (Object.is(integer, value) && (integer << 8) >> 8 === integer) return this.#word((integer << 8) | SMALL_INTEGER)
    return this.#double(DOUBLE, value)
  }

  #double(kind: number, value: number): boolean {
    const at = this.#at
    if (at + 3 > this.#end) return false
    this.#words[at] = kind
    this.#view.setFloat64((at + 1) << 2, value, true)
    this.#at = at + 3
    return true
  }

  #bigint(value: bigint): boolean {
    if (BigInt.asIntN(64, value) !== value) return this.#text(BIGINT_DIGITS, value.toString(16))
    if (this.#at + 3 > this.#end) return false
    this.#words[this.#at] = BIGINT_64
    this.#view.setBigInt64((this.#at + 1) << 2, value, true)
    this.#at += 3
    return true
  }

  #string(value: string): boolean {
    const { length } = value
    if (length <= LOOPED_TEXT) return this.#shortText(value, length)
    if (length > MAX_LENGTH) return false
    return wideUnit.test(value) ? this.#wideText(value) : this.#text(STRING_8, value)
  }

  #shortText(value: string, length: number): boolean {
    let at = this.#at + 1
    if (at + wordsOf(length) > this.#end) return false
    let word = 0
    for (let index = 0; index < length; index++) {
      const unit = value.charCodeAt(index)
      if (unit > 0xff) return this.#wideText(value)
      word |= unit << ((index & 3) << 3)
      if ((index & 3) === 3) {
        this.#words[at++] = word
        word = 0
      }
    }
    if ((length & 3) !== 0) this.#words[at++] = word
    this.#words[this.#at] = (length << 8) | STRING_8
    this.#at = at
    return true
  }

  #text(kind: number, value: string): boolean {
    const { length } = value
    const words = 1 + wordsOf(length)
    if (this.#at + words > this.#end) return false
    this.#bytes.write(value, (this.#at + 1) << 2, length, 'latin1')
    this.#words[this.#at] = (length << 8) | kind
    this.#at += words
    return true
  }

  #wideText(value: string): boolean {
    const bytes = value.length * 2
    const words = 1 + wordsOf(bytes)
    if (this.#at + words > this.#end) return false
    this.#bytes.write(value, (this.#at + 1) << 2, bytes, 'utf16le')
    this.#words[this.#at] = (value.length << 8) | STRING_16
    this.#at += words
    return true
  }

  #container(value: object): boolean {
    const count = this.#count
    // the same object once more, or a circle
    for (let index = 0; index < count; index++) if (this.#containers[index] === value) return false
    if (count === MAX_CONTAINERS || this.#depth === MAX_DEPTH) return false
    this.#containers[count] = value
    this.#count = count + 1
    this.#depth++
    const written = Array.isArray(value) ? this.#array(value) : this.#object(value)
    this.#depth--
    return written
  }

  #array(value: readonly unknown[]): boolean {
    const { length } = value
    if (length > MAX_LENGTH || !this.#word((length << 8) | ARRAY)) return false
    for (let index = 0; index < length; index++) {
      const each = value[index]
      // a hole is not undefined
      if (each === undefined && !(index in value)) return false
      if (!this.#value(each)) return false
    }
    return this.#copied || Object.keys(value).length === length
  }

  #object(value: object): boolean {
    // Whoever inherits or has this constructor has no content but fields, or no fields, which `#emptyObject` looks at.
    // It is a sixth of the price of asking for the prototype.
    if (value.constructor === Object) return this.#fields(value as Record<string, unknown>)
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype === Object.prototype || prototype === null) return this.#fields(value as Record<string, unknown>)
    if (prototype === Date.prototype) return this.#double(DATE, Date.prototype.getTime.call(value))
    if (prototype === Map.prototype) return this.#map(value as Map<unknown, unknown>)
    if (prototype === Set.prototype) return this.#set(value as Set<unknown>)
    return false
  }

  #fields(value: Record<string, unknown>): boolean {
    const head = this.#at
    this.#at += 2
    if (this.#at > this.#end) return false
    let node = this.#shapes.root
    let count = 0
    // for-in is by far the fastest way to keys and values; to ask whether each is inherited takes no list of them
    for (const key in value) {
      if (!Object.hasOwn(value, key)) return false
      node = node.key === key && node.next !== null ? node.next : this.#shapes.follow(node, key)
      count++
      if (!this.#value(value[key])) return false
    }
    if (count === 0) return this.#emptyObject(value, head)
    this.#words[head] = OBJECT
    return this.#shape(node, head + 1)
  }

  #emptyObject(value: object, head: number): boolean {
    // no fields because its content is elsewhere: Math, or a Date without its prototype
    if (Object.prototype.toString.call(value) !== '[object Object]') return false
    this.#words[head] = EMPTY_OBJECT
    this.#at = head + 1
    return true
  }

  /** Refers to the shape from the word at `from`; writes it here when the payload does not have it yet. */
  #shape(node: ShapeNode, from: number): boolean {
    if (node.payload !== this.#payload) {
      const words = (node.words ??= shapeWords(node.keys))
      if (this.#at + words.length > this.#end) return false
      node.payload = this.#payload
      node.at = this.#at - this.#start
      for (let index = 0; index < words.length; index++) this.#words[this.#at + index] = words[index] as number
      this.#at += words.length
    }
    this.#words[from] = node.at
    return true
  }

  #map(value: Map<unknown, unknown>): boolean {
    const head = this.#at
    if (!this.#word(MAP)) return false
    let count = 0
    for (const [key, each] of Map.prototype.entries.call(value)) {
      if (!this.#value(key) || !this.#value(each)) return false
      count++
    }
    this.#words[head] = (count << 8) | MAP
    return true
  }

  #set(value: Set<unknown>): boolean {
    const head = this.#at
    if (!this.#word(SET)) return false
    let count = 0
    for (const each of Set.prototype.values.call(value)) {
      if (!this.#value(each)) return false
      count++
    }
    this.#words[head] = (count << 8) | SET
    return true
  }
}
