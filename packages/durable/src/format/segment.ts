// A segment: tasks that were accepted together, as one value, so that accepting many costs one write. They are of one class and
// stand in the order of their numbers, each record behind its length and how far its number is from that in the key.
import { ENVELOPE_BYTES } from './draft.ts'
import type { Draft } from './draft.ts'
import { keys, placeOf } from './keys.ts'
import type { TaskPlace } from './keys.ts'
import { UnreadableError, isSegment } from './seal.ts'
import type { Seal } from './seal.ts'

/** Length (32 bits) and distance (16 bits) take just the room that a draft leaves for an envelope. */
const HEAD_BYTES = ENVELOPE_BYTES
const FURTHEST = 0xffff

/**
 * A segment holds so many bytes at most, or one record. It fills a page of the file, behind what LMDB puts first: so a page that
 * is damaged takes no more tasks with it than it would with each of them under a key of its own.
 */
const MOST_BYTES = 4096 - 24

export interface NumberedRecord {
  readonly sequence: number
  readonly record: Buffer
}

/** How many of the records, from `from` on, make one segment: at least one. @param records as `finishTask` has left them, of one class, by number */
export function segmentEnd(records: readonly Draft[], from: number): number {
  const furthest = (records[from]?.sequence ?? 0) + FURTHEST
  let end = from
  for (let bytes = ENVELOPE_BYTES; end < records.length; end++) {
    const { length, sequence } = records[end] as Draft
    bytes += HEAD_BYTES + length
    if (end > from && (bytes > MOST_BYTES || sequence > furthest)) break
  }
  return end
}

/**
 * The records from `from` up to `to` as one value. One alone is sealed as it is: so were all of them in stores of the first format.
 * @param place under whose key they stand: of the first of them, or of one before it that is gone
 */
export function packSegment(
  seal: Seal,
  place: TaskPlace,
  records: readonly Draft[],
  from = 0,
  to: number = records.length,
): Buffer {
  const key = keys.task('t', place)
  const draft = seal.begin()
  const only = to - from === 1 ? records[from] : undefined
  if (only?.sequence === place.sequence) {
    const { page, start, end } = only
    draft.bytes(page, start + ENVELOPE_BYTES, end)
    return seal.close(key, draft)
  }
  for (let next = from; next < to;) next = addRun(draft, place.sequence, records, next, to)
  return seal.closeSegment(key, draft)
}

/** Adds the records that stand one behind the other in their page as one piece. @returns the first that is not among them */
function addRun(draft: Draft, base: number, records: readonly Draft[], from: number, to: number): number {
  const { page, start } = records[from] as Draft
  let runEnd = start
  let next = from
  for (; next < to; next++) {
    const record = records[next] as Draft
    if (record.page !== page || record.start !== runEnd) break
    writeHead(record, record.sequence - base)
    runEnd = record.end
  }
  draft.bytes(page, start, runEnd)
  return next
}

function writeHead({ page, start, length }: Draft, distance: number): void {
  page[start] = length
  page[start + 1] = length >>> 8
  page[start + 2] = length >>> 16
  page[start + 3] = length >>> 24
  page[start + 4] = distance
  page[start + 5] = distance >>> 8
}

/** All records of a value that `packSegment` has made, those of tasks that are gone too. @throws UnreadableError */
export function readSegment(seal: Seal, key: string, sealed: Uint8Array): NumberedRecord[] {
  const base = placeOf(key)?.sequence
  if (base === undefined) throw new UnreadableError('its key is that of no task')
  const body = seal.open(key, sealed)
  if (!isSegment(sealed)) return [{ sequence: base, record: body }]
  const records: NumberedRecord[] = []
  let last = base - 1
  for (let at = 0; at < body.length;) {
    const recordAt = at + HEAD_BYTES
    const end = recordAt <= body.length ? recordAt + body.readUInt32LE(at) : Infinity
    if (end > body.length) throw new UnreadableError('its records are longer than it is')
    const sequence = base + body.readUInt16LE(at + 4)
    if (sequence <= last) throw new UnreadableError('its records are not in their order')
    records.push({ sequence, record: body.subarray(recordAt, end) })
    last = sequence
    at = end
  }
  if (records.length === 0) throw new UnreadableError('it is a segment without a record')
  return records
}

/** Which records of a segment are those of tasks that are gone: a bit for each. @param key see `keys.gone` */
export function writeGone(seal: Seal, key: string, gone: Uint8Array): Buffer {
  const draft = seal.begin()
  draft.bytes(gone)
  return seal.close(key, draft)
}

/** @param mark as `writeGone` made it; none: no task is gone @throws UnreadableError */
export function readGone(seal: Seal, key: string, mark: Uint8Array | undefined, records: number): Uint8Array {
  if (mark === undefined) return new Uint8Array((records + 7) >> 3)
  const gone = seal.open(key, mark)
  if (gone.length !== (records + 7) >> 3)
    throw new UnreadableError('which of its tasks are gone is not what it should be')
  return Uint8Array.from(gone)
}

export function isGone(gone: Uint8Array, index: number): boolean {
  return ((gone[index >> 3] ?? 0) & (1 << (index & 7))) !== 0
}
