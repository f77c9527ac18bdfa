// The keys of objects as they are written, remembered from object to object: most payloads of a task look alike.
import { SHAPE_HEADER, wordsOf } from './value-format.ts'

/** Keys in their order, as a path from the root: each key leads to the next node. */
export class ShapeNode {
  readonly #before: ShapeNode | null
  readonly #name: string
  /** The key that followed last time, and where it led: the first guess. */
  key = ''
  next: ShapeNode | null = null
  others: Map<string, ShapeNode> | null = null
  /** The keys up to here as they are written; made when an object ends here for the first time. */
  words: Int32Array | null = null
  /** In which payload they were written last, and where: objects of one shape share its keys. */
  payload = 0
  at = 0

  /** @param name the key by which the node is reached from the one before it */
  constructor(before: ShapeNode | null, name: string) {
    this.#before = before
    this.#name = name
  }

  /** The keys on the way here. */
  get keys(): string[] {
    return this.#before === null ? [] : [...this.#before.keys, this.#name]
  }
}

/** Nodes to remember; objects with ever new keys must not fill the memory. */
const MAX_NODES = 4096

export class ShapeWriter {
  #root = new ShapeNode(null, '')
  #nodes = 0

  /** Where the keys of every object begin. */
  get root(): ShapeNode {
    return this.#root
  }

  /** To be called between payloads. */
  forgetWhenFull(): void {
    if (this.#nodes < MAX_NODES) return
    this.#root = new ShapeNode(null, '')
    this.#nodes = 0
  }

  /** The node behind a key that is not the guess. */
  follow(node: ShapeNode, key: string): ShapeNode {
    if (node.next === null) {
      node.key = key
      return (node.next = this.#node(node, key))
    }
    node.others ??= new Map()
    let next = node.others.get(key)
    if (next === undefined) node.others.set(key, (next = this.#node(node, key)))
    return next
  }

  #node(before: ShapeNode, name: string): ShapeNode {
    this.#nodes++
    return new ShapeNode(before, name)
  }
}

/** Number of words, hash, units and width, then each key behind its length in two units. */
export function shapeWords(keys: readonly string[]): Int32Array {
  const units = keys.map((key) => String.fromCharCode(key.length & 0xff, key.length >>> 8) + key).join('')
  const wide = /[^\0-\xff]/.test(units)
  const text = Buffer.from(units, wide ? 'utf16le' : 'latin1')
  const words = new Int32Array(SHAPE_HEADER + wordsOf(text.length))
  Buffer.from(words.buffer).set(text, SHAPE_HEADER * 4)
  words[0] = words.length
  words[2] = (units.length << 1) | (wide ? 1 : 0)
  words[1] = hashOf(words.subarray(2))
  return words
}

function hashOf(words: Int32Array): number {
  let hash = 0
  for (const word of words) {
    hash = Math.imul(hash ^ word, 0x9e37_79b1)
    hash ^= hash >>> 15
  }
  return hash
}
