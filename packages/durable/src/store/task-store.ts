// The tasks of a store: accepted as segments, read and taken out one by one. A segment goes when its last task does; until then
// a mark beside it says which tasks are gone, and when most are, those that are left are written anew.
import { Pages } from '../format/draft.ts'
import type { Draft } from '../format/draft.ts'
import { keys, placeOf, rangeOf } from '../format/keys.ts'
import type { TaskPlace } from '../format/keys.ts'
import { readTask } from '../format/records.ts'
import type { StoredTask } from '../format/records.ts'
import { MissingKeyError, UnreadableError } from '../format/seal.ts'
import type { Seal } from '../format/seal.ts'
import { isGone, packSegment, readGone, readSegment, segmentEnd, writeGone } from '../format/segment.ts'
import type { NumberedRecord } from '../format/segment.ts'
import { Segment, SegmentIndex } from './segment-index.ts'
import { missingKeyOf } from './store-errors.ts'
import type { Store, StoreChange, StoreEntry, StoreRange } from './store.ts'

/** A task is gone. */
export interface TaskGone {
  readonly gone: TaskPlace
}

export type Change = StoreChange | TaskGone

/** Records of tasks that are accepted, as `finishTask` has left them, by class. */
export type AcceptedRecords = readonly [Draft[], Draft[], Draft[], Draft[]]

const noneAccepted: AcceptedRecords = [[], [], [], []]

/** A task that stands in the store. Of a segment that cannot be read there is one, in the place of its first. */
export interface TaskEntry {
  /** Names its place, in the order of the walk. */
  readonly key: string
  readonly place: TaskPlace
  /** As `readTask` takes it; or why it cannot be read. */
  readonly record: Buffer | UnreadableError
  /** What stands in the store: the segment as a whole. */
  readonly stored: Uint8Array
}

interface StoredSegment {
  readonly key: string
  readonly value: Uint8Array
  /** Which of its tasks are gone; undefined: none. */
  readonly mark: Uint8Array | undefined
}

/** @throws UnreadableError */
export function readEntry({ place, record }: TaskEntry): StoredTask {
  if (record instanceof UnreadableError) throw record
  return readTask(record, place.priority)
}

export class TaskStore {
  readonly #store: Store
  readonly #seal: Seal
  readonly #index = new SegmentIndex()
  readonly #pages = new Pages()

  constructor(store: Store, seal: Seal) {
    this.#store = store
    this.#seal = seal
  }

  get directory(): string {
    return this.#store.directory
  }

  /** Undefined when there is no such task; also when its segment cannot be read, unless it is the first in it. */
  get(place: TaskPlace): TaskEntry | undefined {
    const [segment] = this.#upTo(place)
    return segment && this.#tasksOf(segment).find((each) => each.place.sequence === place.sequence)
  }

  /** Tasks by their keys, in the order of the walk or the other way round; each segment is read once. */
  *entries(range: StoreRange): Generator<TaskEntry> {
    const { from, to, reverse = false } = range
    const [before] = this.#segments({ from: rangeOf('t').from, to: `${from}\0`, reverse: true })
    for (const segment of this.#segments({ from: before?.key ?? from, to, reverse })) {
      const tasks = this.#tasksOf(segment).filter(({ key }) => key >= from && key < to)
      yield* reverse ? tasks.toReversed() : tasks
    }
  }

  /** All or none of the changes, one call after the other. @throws StoreError */
  async write(changes: readonly Change[], accepted: AcceptedRecords = noneAccepted): Promise<void> {
    const touched = new Set<Segment>()
    try {
      await this.#store.write(this.#plan(changes, accepted, touched))
    } catch (error) {
      // what is on disk now is not known: it is looked at again
      for (const segment of touched) this.#index.forget(segment)
      throw error
    }
  }

  /** The segment that may have the task, then those before it. */
  #upTo({ priority, sequence }: TaskPlace): Generator<StoredSegment> {
    const to = `${keys.task('t', { priority, sequence })};`
    return this.#segments({ from: rangeOf('t', priority).from, to, reverse: true })
  }

  /** Segments with their marks, both as they are at one moment: they stand beside each other. */
  *#segments(range: StoreRange): Generator<StoredSegment> {
    let segment: StoreEntry | undefined
    let mark: StoreEntry | undefined
    for (const entry of this.#store.entries(range)) {
      if (placeOf(entry.key) === undefined) mark = entry
      else if (range.reverse === true) yield withMark(entry, mark)
      else {
        if (segment !== undefined) yield withMark(segment, mark)
        segment = entry
      }
    }
    if (segment !== undefined) yield withMark(segment, mark)
  }

  /** Those that are not gone. */
  #tasksOf({ key, value, mark }: StoredSegment): TaskEntry[] {
    const place = placeOf(key)
    if (place === undefined) return []
    const { priority } = place
    try {
      const records = readSegment(this.#seal, key, value)
      const gone = readGone(this.#seal, keys.gone(key), mark, records.length)
      return records
        .filter((_, index) => !isGone(gone, index))
        .map(({ sequence, record }) => {
          const its = { priority, sequence }
          return { key: keys.task('t', its), place: its, record, stored: value }
        })
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error
      return [{ key, place, record: error, stored: value }]
    }
  }

  #plan(changes: readonly Change[], accepted: AcceptedRecords, touched: Set<Segment>): StoreChange[] {
    const planned: StoreChange[] = []
    const gone: TaskPlace[] = []
    for (const change of changes) {
      if ('key' in change) planned.push(change)
      else gone.push(change.gone)
    }
    for (const priority of [0, 1, 2, 3] as const) this.#planAccepted(priority, accepted[priority], planned, touched)
    const lessened = new Set<Segment>()
    for (const place of gone) this.#planGone(place, planned, lessened)
    for (const segment of lessened) {
      touched.add(segment)
      this.#planLessened(segment, planned, touched)
    }
    return planned
  }

  #planAccepted(
    priority: TaskPlace['priority'],
    records: Draft[],
    planned: StoreChange[],
    touched: Set<Segment>,
  ): void {
    sortByNumber(records)
    for (let from = 0, to = 0; from < records.length; from = to) {
      to = segmentEnd(records, from)
      const numbers = records.slice(from, to).map(({ sequence }) => sequence)
      const place = { priority, sequence: numbers[0] as number }
      const segment = new Segment(place, numbers)
      this.#index.add(segment)
      touched.add(segment)
      planned.push({ key: keys.task('t', place), value: packSegment(this.#seal, place, records, from, to) })
    }
  }

  #planGone(place: TaskPlace, planned: StoreChange[], lessened: Set<Segment>): void {
    const segment = this.#index.find(place) ?? this.#load(place)
    if (segment?.remove(place.sequence) === true) lessened.add(segment)
    else if (segment === undefined && this.get(place)?.record instanceof UnreadableError) {
      // which tasks it has is not known: it goes as a whole
      planned.push(...removalOf(keys.task('t', place)))
    }
  }

  /** Undefined when no segment that can be read has the task. @throws StoreError when a key is missing */
  #load(place: TaskPlace): Segment | undefined {
    const [stored] = this.#upTo(place)
    const base = stored && placeOf(stored.key)
    if (stored === undefined || base === undefined) return undefined
    const { key, value, mark } = stored
    try {
      const numbers = readSegment(this.#seal, key, value).map(({ sequence }) => sequence)
      const gone = readGone(this.#seal, keys.gone(key), mark, numbers.length)
      const segment = new Segment(base, numbers, gone)
      if (!segment.has(place.sequence)) return undefined
      this.#index.add(segment)
      return segment
    } catch (error) {
      if (error instanceof MissingKeyError) throw missingKeyOf(this.directory, error.keyId, error)
      if (error instanceof UnreadableError) return undefined
      throw error
    }
  }

  #planLessened(segment: Segment, planned: StoreChange[], touched: Set<Segment>): void {
    const key = keys.task('t', segment.place)
    const mark = keys.gone(key)
    if (segment.left === 0) {
      this.#index.forget(segment)
      planned.push(...removalOf(key))
      return
    }
    const rest = segment.left * 2 <= segment.numbers.length ? this.#rewritten(segment, touched) : undefined
    if (rest === undefined) planned.push({ key: mark, value: writeGone(this.#seal, mark, segment.gone) })
    else planned.push({ key, value: rest }, { key: mark, value: undefined })
  }

  /** Those that are left of it, as it stands on disk; undefined when it is not there yet, or cannot be read. */
  #rewritten({ place, numbers, gone }: Segment, touched: Set<Segment>): Buffer | undefined {
    const key = keys.task('t', place)
    const value = this.#store.get(key)
    const records = value === undefined ? [] : this.#recordsOf(key, value)
    if (records.length !== numbers.length) return undefined
    const left = records.filter((_, index) => !isGone(gone, index))
    const drafts = left.map((each) => this.#copied(each))
    const segment = new Segment(
      place,
      left.map(({ sequence }) => sequence),
    )
    this.#index.replace(segment)
    touched.add(segment)
    return packSegment(this.#seal, place, drafts)
  }

  #recordsOf(key: string, value: Uint8Array): NumberedRecord[] {
    try {
      return readSegment(this.#seal, key, value)
    } catch (error) {
      if (error instanceof UnreadableError) return []
      throw error
    }
  }

  #copied({ sequence, record }: NumberedRecord): Draft {
    const draft = this.#pages.begin()
    draft.sequence = sequence
    draft.bytes(record)
    draft.complete()
    return draft
  }
}

function withMark({ key, value }: StoreEntry, mark: StoreEntry | undefined): StoredSegment {
  return { key, value, mark: mark?.key === keys.gone(key) ? mark.value : undefined }
}

/** Of a segment, and of its mark. */
function removalOf(key: string): StoreChange[] {
  return [
    { key, value: undefined },
    { key: keys.gone(key), value: undefined },
  ]
}

/** Numbers are given out in the order of submission, but a submission within another one is written first. */
function sortByNumber(records: Draft[]): void {
  let last = -1
  for (const { sequence } of records) {
    if (sequence < last) {
      records.sort((a, b) => a.sequence - b.sequence)
      return
    }
    last = sequence
  }
}
