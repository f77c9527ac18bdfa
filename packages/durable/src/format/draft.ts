// A record while it is put together: bytes in a page that many records share, so that none of them costs memory of its own.

/** Before each record, for its envelope; in a segment, for its length and its number. */
export const ENVELOPE_BYTES = 6

const PAGE_BYTES = 64 * 1024
/** What a record gets at first; most need no more. */
const FIRST_BYTES = 512
/** Longer pieces are copied by the system, shorter ones here. */
const SHORT_BYTES = 128

const DASH = 45
/** Of a number up to 2^53 in base 36. */
const MOST_DIGITS = 11
const digits = Buffer.from('0123456789abcdefghijklmnopqrstuvwxyz')

/** Where records are put together. Begun one within the other they do not disturb each other. */
export class Pages {
  #page: Buffer = Buffer.allocUnsafeSlow(PAGE_BYTES)
  #used = 0

  begin(): Draft {
    if (this.#used + FIRST_BYTES > PAGE_BYTES) this.#turn()
    const start = this.#used
    this.#used += FIRST_BYTES
    return new Draft(this, this.#page, start, this.#used)
  }

  /** True when the draft could be made longer where it is. */
  extend(draft: Draft, limit: number): boolean {
    if (draft.page !== this.#page || draft.limit !== this.#used || limit > PAGE_BYTES) return false
    this.#used = limit
    return true
  }

  /** What a record has not used, from `end` on, goes to the next one. */
  giveBack(draft: Draft, end: number): void {
    if (draft.page === this.#page && draft.limit === this.#used) this.#used = end
  }

  /** The page before lives as long as its records do. */
  #turn(): void {
    this.#page = Buffer.allocUnsafeSlow(PAGE_BYTES)
    this.#used = 0
  }
}

export class Draft {
  /** The number of the task whose record it is. */
  sequence = 0
  /** Its arguments, copied as they were written; undefined when nobody has copied them. */
  args: readonly unknown[] | undefined = undefined
  page: Buffer
  start: number
  /** So far. */
  end: number
  /** As far as it may go in this page. */
  limit: number
  readonly #pages: Pages

  constructor(pages: Pages, page: Buffer, start: number, limit: number) {
    this.#pages = pages
    this.page = page
    this.start = start
    this.end = start + ENVELOPE_BYTES
    this.limit = limit
  }

  byte(value: number): void {
    // first: there may be another page afterwards
    const at = this.#take(1)
    this.page[at] = value
  }

  uint32(value: number): void {
    const at = this.#take(4)
    this.page.writeUInt32LE(value, at)
  }

  /** A byte that says of which kind it is, then a whole number in so many bytes, the highest first. */
  kindAndNumber(kind: number, value: number, bytes: 1 | 2 | 4): void {
    const at = this.#take(1 + bytes)
    const { page } = this
    page[at] = kind
    for (let index = bytes, rest = value; index > 0; index--, rest >>>= 8) page[at + index] = rest & 0xff
  }

  /** A byte that says of which kind it is, then the number in eight bytes, the highest first. */
  kindAndFloat(kind: number, value: number): void {
    const at = this.#take(9)
    this.page[at] = kind
    this.page.writeDoubleBE(value, at + 1)
  }

  /** @returns whether the text is one of ASCII; else nothing is added */
  ascii(text: string): boolean {
    const { length } = text
    const at = this.#take(length)
    const { page } = this
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index)
      if (code > 0x7f) {
        this.end = at
        return false
      }
      page[at + index] = code
    }
    return true
  }

  /** @param bytes that the text has in UTF-8 */
  utf8(text: string, bytes: number): void {
    const at = this.#take(bytes)
    this.page.write(text, at, bytes, 'utf8')
  }

  /** So far, without the envelope. */
  get length(): number {
    return this.end - this.start - ENVELOPE_BYTES
  }

  /** What is behind so many bytes is taken back. */
  cutTo(length: number): void {
    this.end = this.start + ENVELOPE_BYTES + length
  }

  float64(value: number): void {
    const at = this.#take(8)
    this.page.writeDoubleLE(value, at)
  }

  /** Its length in a byte, then itself. @param text of at most 255 characters, all of them ASCII */
  shortText(text: string): void {
    const { length } = text
    const at = this.#take(length + 1)
    const { page } = this
    page[at] = length
    for (let index = 0; index < length; index++) page[at + 1 + index] = text.charCodeAt(index)
  }

  /** Its length in a byte, then `<prefix>-<sequence>-<slot>`, the numbers in base 36: never a text, which would be read once. */
  taskId(prefix: string, sequence: number, slot: number): void {
    const lengthAt = this.#take(1 + prefix.length + 2 * (1 + MOST_DIGITS))
    const { page } = this
    let at = lengthAt + 1
    for (let index = 0; index < prefix.length; index++) page[at++] = prefix.charCodeAt(index)
    page[at++] = DASH
    at = writeBase36(page, at, sequence)
    page[at++] = DASH
    this.end = writeBase36(page, at, slot)
    page[lengthAt] = this.end - lengthAt - 1
  }

  /** The bytes of `source` from `from` up to `to`. */
  bytes(source: Uint8Array, from = 0, to: number = source.length): void {
    const length = to - from
    const at = this.#take(length)
    const { page } = this
    if (length > SHORT_BYTES) page.set(from === 0 && to === source.length ? source : source.subarray(from, to), at)
    else for (let index = 0; index < length; index++) page[at + index] = source[from + index] ?? 0
  }

  /** Four bytes that `lengthSince` fills in. */
  lengthLater(): number {
    return this.#take(4) - this.start
  }

  /** How much has been written since the four bytes at `mark`. */
  lengthSince(mark: number): void {
    const at = this.start + mark
    this.page.writeUInt32LE(this.end - at - 4, at)
  }

  /** The whole of it, the room for the envelope included. Nothing is added any more. */
  finish(): Buffer {
    this.complete()
    return this.page.subarray(this.start, this.end)
  }

  /** As `finish`, for those who take it where it stands. */
  complete(): void {
    this.#pages.giveBack(this, this.end)
  }

  #take(bytes: number): number {
    if (this.end + bytes > this.limit) this.#grow(bytes)
    const at = this.end
    this.end += bytes
    return at
  }

  #grow(bytes: number): void {
    const limit = Math.max(this.end + bytes, this.limit + FIRST_BYTES)
    if (this.#pages.extend(this, limit)) {
      this.limit = limit
      return
    }
    // a page of its own
    const page = Buffer.allocUnsafeSlow(2 * (this.end - this.start) + bytes)
    this.page.copy(page, 0, this.start, this.end)
    this.#pages.giveBack(this, this.start)
    this.page = page
    this.end -= this.start
    this.start = 0
    this.limit = page.length
  }
}

/** @returns where it ends */
function writeBase36(page: Buffer, at: number, number: number): number {
  let end = at + 1
  for (let rest = number; rest >= 36; rest = Math.floor(rest / 36)) end++
  for (let index = end - 1, rest = number; index >= at; index--, rest = Math.floor(rest / 36)) {
    page[index] = digits[rest % 36] as number
  }
  return end
}
