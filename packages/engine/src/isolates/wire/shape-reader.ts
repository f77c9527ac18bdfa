// The keys of objects as they are read, remembered by a hash that the writer gives: texts are made once for each shape.
import { SHAPE_HEADER, damaged, wordsOf } from './value-format.ts'

interface Shape {
  readonly words: Int32Array
  readonly keys: readonly string[]
}

/** Shapes to remember, a power of two. Of two with the same place the later stays. */
const PLACES = 512

export class ShapeReader {
  readonly #memory: Int32Array
  readonly #shapes: (Shape | null)[] = Array.from({ length: PLACES }, () => null)

  constructor(memory: Int32Array) {
    this.#memory = memory
  }

  /** The keys whose words begin at `at` and end before `end`. @throws PayloadError */
  read(at: number, end: number): Shape {
    if (!(at >= 0 && at + SHAPE_HEADER <= end)) throw damaged()
    const length = this.#memory[at] as number
    if (length < SHAPE_HEADER || at + length > end) throw damaged()
    const place = (this.#memory[at + 1] as number) & (PLACES - 1)
    const known = this.#shapes[place]
    // the hash only says where to look: all words are compared, so that no shape is taken for another
    if (known && known.words.length === length && this.#stands(known.words, at)) return known
    return (this.#shapes[place] = parse(this.#memory.slice(at, at + length)))
  }

  #stands(words: Int32Array, at: number): boolean {
    // from 1: the length has been compared
    for (let index = 1; index < words.length; index++) if (this.#memory[at + index] !== words[index]) return false
    return true
  }
}

/** From a copy of the words: shared memory may change while it is looked at. */
function parse(words: Int32Array): Shape {
  const units = (words[2] as number) >>> 1
  const wide = ((words[2] as number) & 1) === 1
  const bytes = wide ? units * 2 : units
  if (SHAPE_HEADER + wordsOf(bytes) !== words.length) throw damaged()
  const text = Buffer.from(words.buffer, SHAPE_HEADER * 4, bytes).toString(wide ? 'utf16le' : 'latin1')
  const keys: string[] = []
  for (let at = 0; at < text.length;) {
    const from = at + 2
    at = from + (text.charCodeAt(at) | (text.charCodeAt(at + 1) << 8))
    if (at > text.length) throw damaged()
    keys.push(text.slice(from, at))
  }
  if (keys.length === 0) throw damaged()
  return { words: Int32Array.from(words), keys }
}
