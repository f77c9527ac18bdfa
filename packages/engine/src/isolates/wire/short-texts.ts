// Texts of up to eight bytes, remembered by the two words in which they stand: states, units, codes and the like come
// again and again, and to find one costs a tenth of making it.

/** Longest text that is looked up. */
export const SHORT_TEXT = 8

/** Texts to remember, a power of two. Of two with the same place the later stays. */
const PLACES = 256

export class ShortTexts {
  /** First word, second word and length of the text at each place. */
  readonly #keys = new Int32Array(PLACES * 3)
  readonly #texts: string[] = Array.from({ length: PLACES }, () => '')

  /** The text whose bytes are these words, lowest byte first. */
  textOf(first: number, second: number, length: number): string {
    const mixed = Math.imul(first ^ Math.imul(second, 0x85eb_ca6b), 0x9e37_79b1)
    const place = (mixed >>> 16) & (PLACES - 1)
    const key = place * 3
    const keys = this.#keys
    if (keys[key] === first && keys[key + 1] === second && keys[key + 2] === length) return this.#texts[place] as string
    keys[key] = first
    keys[key + 1] = second
    keys[key + 2] = length
    // from the words and not from where they were read: shared memory may have changed
    return (this.#texts[place] = make(first, second, length))
  }
}

function make(first: number, second: number, length: number): string {
  const four = String.fromCharCode(first & 0xff, (first >>> 8) & 0xff, (first >>> 16) & 0xff, first >>> 24)
  if (length <= 4) return four.slice(0, length)
  const more = String.fromCharCode(second & 0xff, (second >>> 8) & 0xff, (second >>> 16) & 0xff, second >>> 24)
  return four + more.slice(0, length - 4)
}
