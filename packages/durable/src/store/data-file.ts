// The file that LMDB maps, looked at without LMDB: whether it is one and whole, since a damaged one would end the process
// instead of giving an error; and room made in it ahead, since LMDB does not survive a disk that fills up under it.
import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs'
import { endianness } from 'node:os'
import { corruptStore, foreignStore } from './store-errors.ts'

/** Of the structures at the beginning of both first pages, from the page's beginning on. */
const MAGIC_AT = 24
const VERSION_AT = 28
const PAGE_SIZE_AT = 48
const LAST_PAGE_AT = 144
const TRANSACTION_AT = 152
const META_BYTES = 160

const MAGIC = 0xbeefc0de
const DATA_VERSION = 2

/** Room is made in steps of at least so many bytes, and of this share of the file. */
const LEAST_STEP = 4 << 20
const MOST_STEP = 64 << 20

/** Room that no group of changes needs more than, beside what its size and its number ask for. */
const SPARE_BYTES = 1 << 20
const BYTES_PER_CHANGE = 8192

interface MetaPage {
  readonly pageSize: number
  readonly lastPage: bigint
  readonly transaction: bigint
}

/**
 * Looks at the file before LMDB does. A file of no length is a store to be made.
 * @throws StoreError when it is foreign, damaged or cut short
 */
export function checkDataFile(path: string, directory: string): void {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    if (size === 0 || endianness() !== 'LE') return
    const first = metaPage(file, 0)
    const pageSize = first?.pageSize ?? 4096
    const second = metaPage(file, pageSize)
    if (first === undefined && second === undefined) {
      throw foreignStore(directory, `${path} is not a file of LMDB, or both of its first pages are damaged`)
    }
    if (first === undefined || second === undefined) {
      throw corruptStore(directory, `page ${first === undefined ? 0 : 1} of ${path} is not what it should be`)
    }
    const latest = first.transaction > second.transaction ? first : second
    const needed = (latest.lastPage + 1n) * BigInt(pageSize)
    if (BigInt(size) < needed) {
      throw corruptStore(directory, `${path} has been cut short: ${size} of ${needed} bytes are there`)
    }
  } finally {
    closeSync(file)
  }
}

function metaPage(file: number, at: number): MetaPage | undefined {
  const bytes = Buffer.alloc(META_BYTES)
  if (readSync(file, bytes, 0, META_BYTES, at) < META_BYTES) return undefined
  const pageSize = bytes.readUInt32LE(PAGE_SIZE_AT)
  const isMeta = bytes.readUInt32LE(MAGIC_AT) === MAGIC && bytes.readUInt32LE(VERSION_AT) === DATA_VERSION
  // the second page does not repeat the size of pages in every version
  if (!isMeta || (at === 0 && (pageSize < 256 || pageSize > 65_536))) return undefined
  return {
    pageSize,
    lastPage: bytes.readBigUInt64LE(LAST_PAGE_AT),
    transaction: bytes.readBigUInt64LE(TRANSACTION_AT),
  }
}

/** Makes room in the file ahead of what is written to it. */
export class DataFileRoom {
  readonly #file: number
  #size: number
  readonly #zeros: Buffer = Buffer.alloc(LEAST_STEP)

  constructor(path: string) {
    this.#file = openSync(path, 'r+')
    this.#size = fstatSync(this.#file).size
  }

  get size(): number {
    return this.#size
  }

  /**
   * @param usedBytes of the file, by LMDB
   * @throws the system's error when there is no more room; then nothing has been written to what is used
   */
  makeFor(usedBytes: number, changes: number, bytes: number): void {
    const needed = usedBytes + SPARE_BYTES + changes * BYTES_PER_CHANGE + 2 * bytes
    if (needed <= this.#size) return
    const step = Math.min(MOST_STEP, Math.max(LEAST_STEP, this.#size >> 3))
    const target = Math.max(needed, this.#size + step)
    try {
      this.#extendTo(target)
    } catch (error) {
      // no room for a whole step is not yet no room for these changes
      if (this.#size < needed) throw error
    }
  }

  close(): void {
    closeSync(this.#file)
  }

  /** With zeros that are written: a hole would be no room. */
  #extendTo(target: number): void {
    // LMDB may have extended it as well
    this.#size = Math.max(this.#size, fstatSync(this.#file).size)
    while (this.#size < target) {
      this.#size += writeSync(this.#file, this.#zeros, 0, Math.min(this.#zeros.length, target - this.#size), this.#size)
    }
    fsyncSync(this.#file)
  }
}
