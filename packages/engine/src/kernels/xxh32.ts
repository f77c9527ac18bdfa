// XXH32 with seed 0, after version 0.2.0 of the "xxHash fast digest algorithm" specification.

const PRIME_1 = 0x9e3779b1
const PRIME_2 = 0x85ebca77
const PRIME_3 = 0xc2b2ae3d
const PRIME_4 = 0x27d4eb2f
const PRIME_5 = 0x165667b1
const STRIPE = 16

export function xxh32(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const striped = bytes.length - (bytes.length % STRIPE)
  let hash = striped > 0 ? mixStripes(view, striped) : PRIME_5
  hash = (hash + bytes.length) | 0
  let at = striped
  for (; at + 4 <= bytes.length; at += 4) {
    hash = Math.imul(rotateLeft(hash + Math.imul(view.getUint32(at, true), PRIME_3), 17), PRIME_4)
  }
  for (; at < bytes.length; at++) {
    hash = Math.imul(rotateLeft(hash + Math.imul(view.getUint8(at), PRIME_5), 11), PRIME_1)
  }
  return avalanche(hash)
}

function mixStripes(view: DataView, end: number): number {
  let a = (PRIME_1 + PRIME_2) | 0
  let b = PRIME_2 | 0
  let c = 0
  let d = -PRIME_1 | 0
  for (let at = 0; at < end; at += STRIPE) {
    a = mixLane(a, view.getUint32(at, true))
    b = mixLane(b, view.getUint32(at + 4, true))
    c = mixLane(c, view.getUint32(at + 8, true))
    d = mixLane(d, view.getUint32(at + 12, true))
  }
  return rotateLeft(a, 1) + rotateLeft(b, 7) + rotateLeft(c, 12) + rotateLeft(d, 18)
}

function mixLane(lane: number, word: number): number {
  return Math.imul(rotateLeft(lane + Math.imul(word, PRIME_2), 13), PRIME_1)
}

function avalanche(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_2)
  hash = Math.imul(hash ^ (hash >>> 13), PRIME_3)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Of the low 32 bits of any sum of a few words: a double holds it exactly. */
function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by))
}
